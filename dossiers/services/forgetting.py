"""Drafts left for long: said to the vault, which ends their files; then their answers go too."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from dossiers.services.drafting import empty
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence
from portal.vault import api as vault

_AT_ONCE = 1000
NOTICE_DAYS = 30
"""How long before its end the person is told: our own rule."""


class DraftIsAlive(DomainRefusal):
    """Somebody came back to it, or filed it: nothing of it goes."""


def say_left_drafts(at: datetime) -> int:
    """Tell the vault, and each person, which drafts nobody comes back to, a month before they go.

    What was said before is corrected: a draft that somebody came back to, or filed, is alive.
    However late this runs, the month is whole. Returns how many drafts were said to be left.
    """
    today, said = clock.legal_day(at), dict(vault.running(vault.Situation.DRAFT))
    _correct(said)
    days = vault.days_kept(vault.Situation.DRAFT, today)
    if days is None:
        return 0
    begun = today - timedelta(days=max(days - NOTICE_DAYS, 0))
    left = (
        _touched(Dossier.objects.drafts())
        .filter(updated_at__date__lt=begun, touched_at__date__lt=begun)
        .exclude(pk__in=list(said))
        .select_related("applicant")
        .order_by("updated_at", "id")[:_AT_ONCE]
    )
    vault.keep_many_from(vault.Situation.DRAFT, [(dossier.pk, begun) for dossier in left])
    return correspondence.tell_many(
        [(dossier.applicant, dossier.pk) for dossier in left], "draft_ends_soon"
    )


def agree_to_end(*, dossier_id: UUID, situation: str, since: date, at: datetime) -> None:
    """Let the files of a dossier go, and with a left draft its answers.

    Raises DraftIsAlive, which undoes it: the draft served since, or was never given up, or what
    is said to be a discarded draft was filed.
    """
    dossier = Dossier.objects.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    if dossier is None:
        return
    is_draft = dossier.filed_at is None and dossier.withdrawn_at is None
    if situation == vault.Situation.DRAFT:
        touched = _touched(Dossier.objects.filter(pk=dossier_id)).get().touched_at
        if not is_draft or clock.legal_day(touched) > since:
            raise DraftIsAlive(_("Ce brouillon a servi depuis : il est gardé."))
        empty(dossier, at)
    elif is_draft or (situation == vault.Situation.DISCARDED and dossier.filed_at):
        raise DraftIsAlive(_("Ce dossier n’a pas été abandonné : il est gardé."))


def _correct(said: dict[UUID, date]) -> None:
    """Open again what is no longer a draft left since the day that was said."""
    drafts = _touched(Dossier.objects.drafts().filter(pk__in=list(said)))
    touched = dict(drafts.values_list("id", "touched_at"))
    for pk, since in said.items():
        if pk not in touched or clock.legal_day(touched[pk]) > since:
            vault.keep_open(pk)


def _touched(dossiers):
    """With the last moment at which the person wrote in them, or sent a file."""
    sent = Max("evidence__file__created_at")
    return dossiers.annotate(touched_at=Greatest("updated_at", Coalesce(sent, "updated_at")))
