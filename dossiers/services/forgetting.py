"""Drafts left for long: said to the vault, which ends their files; then their answers go too."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from dossiers.services.drafting import empty
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.vault import api as vault

_AT_ONCE = 1000


class DraftIsAlive(DomainRefusal):
    """Somebody came back to it, or filed it: nothing of it goes."""


def say_left_drafts(at: datetime) -> int:
    """Tell the vault since when the drafts that nobody comes back to are left.

    What was said before is corrected: a draft that somebody came back to, or filed, is alive.
    Returns how many drafts may go now.
    """
    today = clock.legal_day(at)
    _correct(vault.running(vault.Situation.DRAFT))
    days = vault.days_kept(vault.Situation.DRAFT, today)
    if days is None:
        return 0
    left = _touched(Dossier.objects.drafts()).filter(
        updated_at__date__lt=today - timedelta(days=days),
        touched_at__date__lt=today - timedelta(days=days),
    )
    lines = left.order_by("updated_at", "id").values_list("id", "touched_at")[:_AT_ONCE]
    return vault.keep_many_from(
        vault.Situation.DRAFT, [(pk, clock.legal_day(touched)) for pk, touched in lines]
    )


def forget(*, dossier_id: UUID, since: date, at: datetime) -> None:
    """Erase a left draft whose files go now. Raises DraftIsAlive: then they do not go."""
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_id)
    touched = _touched(Dossier.objects.filter(pk=dossier_id)).get().touched_at
    if dossier.filed_at or dossier.withdrawn_at or clock.legal_day(touched) > since:
        raise DraftIsAlive(_("Ce brouillon a servi depuis : il est gardé."))
    empty(dossier, at)


def _correct(lines):
    said = dict(lines)
    for pk, touched in _still_drafts(said):
        if clock.legal_day(touched) != said.pop(pk):
            vault.keep_from(pk, vault.Situation.DRAFT, clock.legal_day(touched))
    for pk in said:
        vault.keep_open(pk)


def _still_drafts(said) -> Iterator[tuple[UUID, datetime]]:
    found = _touched(Dossier.objects.drafts().filter(pk__in=list(said)))
    yield from found.order_by("id").values_list("id", "touched_at")


def _touched(dossiers):
    """With the last moment at which the person wrote in them, or sent a file."""
    sent = Max("evidence__file__created_at")
    return dossiers.annotate(touched_at=Greatest("updated_at", Coalesce(sent, "updated_at")))
