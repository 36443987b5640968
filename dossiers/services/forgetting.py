"""Drafts left for long: said to the vault, which ends their files; then their answers go too."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from dossiers.queries.ending import said_to_end_on, touched
from dossiers.services.drafting import empty
from dossiers.services.telling import WHAT_IS_LOST
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence
from portal.vault import api as vault

_AT_ONCE = 1000
FIRST, LAST = 15, 3
"""How many days before its end the person is told, each time: our own rule."""
MAILS = {FIRST: "draft_ends_in_15_days", LAST: "draft_ends_in_3_days"}


class DraftIsAlive(DomainRefusal):
    """Somebody came back to it, or filed it, or its person was not warned: nothing of it goes."""


def say_left_drafts(at: datetime) -> int:
    """Tell the vault, and each person, which drafts nobody comes back to: 15 days before they
    go, then 3 days before.

    What was said before is corrected: a draft that somebody came back to, or filed, is alive.
    However late this runs, both times are whole: the day of the end moves. Returns how many
    people were told.
    """
    _correct()
    days = vault.days_kept(vault.Situation.DRAFT, clock.legal_day(at))
    if days is None:
        return 0
    return _warn(_near_their_end(at), LAST, days, at) + _warn(_left(at, days), FIRST, days, at)


def _left(at, days):
    """Drafts that would go within the first warning's time, and whose person was not told."""
    last_day = _since(clock.legal_day(at) + timedelta(days=FIRST), days)
    left = touched(Dossier.objects.drafts().filter(ends_on=None)).filter(
        updated_at__date__lte=last_day, touched_at__date__lte=last_day
    )
    return left.order_by("updated_at", "id").values_list("pk", flat=True)[:_AT_ONCE]


def _near_their_end(at):
    """Drafts whose person was told once, and that now go within three days."""
    near = Dossier.objects.drafts().filter(
        last_warning=FIRST, ends_on__lte=clock.legal_day(at) + timedelta(days=LAST)
    )
    return near.order_by("ends_on", "id").values_list("pk", flat=True)[:_AT_ONCE]


def _warn(found, warning, days, at) -> int:
    """Write the day of the end where the vault and the person read it, and the mails: all or none.

    The rows are locked and read again first: who comes back at this moment is not told.
    """
    ends_on = clock.legal_day(at) + timedelta(days=warning)
    before = {FIRST: None, LAST: FIRST}[warning]
    left = list(
        Dossier.objects.drafts()
        .filter(pk__in=list(found), last_warning=before, updated_at__lt=at)
        .select_for_update(of=("self",))
        .select_related("applicant")
        .order_by("pk")
    )
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in left]).update(
        ends_on=ends_on, last_warning=warning, warned_at=at
    )
    since = _since(ends_on, days)
    vault.keep_many_from(vault.Situation.DRAFT, [(dossier.pk, since) for dossier in left])
    return correspondence.tell_many(
        [(dossier.applicant, dossier.pk) for dossier in left],
        MAILS[warning],
        sentence=WHAT_IS_LOST,
    )


def _since(ends_on: date, days: int) -> date:
    """The last day of work on a draft that goes on this day: the vault ends what is older."""
    return ends_on - timedelta(days=days + 1)


def agree_to_end(*, dossier_id: UUID, situation: str, at: datetime) -> None:
    """Let the files of a dossier go, and with a left draft its answers.

    Raises DraftIsAlive, which undoes it: the draft served since, or was never given up, or its
    person was not warned twice, or what is said to be a discarded draft was filed.
    """
    dossier = Dossier.objects.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    if dossier is None:
        return
    is_draft = dossier.filed_at is None and dossier.withdrawn_at is None
    if situation == vault.Situation.DRAFT:
        if not is_draft or not _is_announced(dossier, at):
            raise DraftIsAlive(_("Ce brouillon a servi depuis : il est gardé."))
        empty(dossier, at)
    elif is_draft or (situation == vault.Situation.DISCARDED and dossier.filed_at):
        raise DraftIsAlive(_("Ce dossier n’a pas été abandonné : il est gardé."))


def _is_announced(dossier, at) -> bool:
    """Whether the person was warned twice, did not come back since, and the day has come."""
    ends_on = said_to_end_on(dossier)
    return ends_on is not None and dossier.last_warning == LAST and clock.legal_day(at) >= ends_on


def _correct() -> None:
    """Open again what is no longer a draft left since its person was warned."""
    said = vault.running(vault.Situation.DRAFT)
    warned = Dossier.objects.drafts().filter(warned_at__isnull=False)
    back = touched(warned).filter(touched_at__gte=F("warned_at"))
    back = list(back.values_list("pk", flat=True))
    still = set(warned.values_list("pk", flat=True)) - set(back)
    for pk, _day in said:
        if pk not in still:
            vault.keep_open(pk)
    Dossier.objects.filter(pk__in=back).update(ends_on=None, last_warning=None, warned_at=None)
