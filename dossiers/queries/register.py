"""Where the person's last question to the register stands, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime

from dossiers.enums import LookupState
from dossiers.models import Dossier, RegisterLookup
from dossiers.models.register import PATIENCE
from dossiers.queries.proposals import facts_in_words


@dataclass(frozen=True)
class LookupView:
    """What the page says: `state` is None before any question, and when all is erased."""

    state: LookupState | None
    asked_at: datetime | None = None
    rows: tuple[dict, ...] = ()

    @property
    def is_waiting(self) -> bool:
        return self.state == LookupState.WAITING


def last_lookup(dossier: Dossier, at: datetime, language: str) -> LookupView:
    """The last question of this draft. Nothing of an answer is told before its moment."""
    lookup = RegisterLookup.objects.of(dossier).first()
    if lookup is None:
        return LookupView(None)
    if lookup.state == LookupState.WAITING and at - lookup.asked_at >= PATIENCE:
        return LookupView(LookupState.UNREACHABLE, lookup.asked_at)
    if lookup.state == LookupState.WAITING or lookup.shown_at > at:
        return LookupView(LookupState.WAITING, lookup.asked_at)
    if lookup.state != LookupState.FOUND:
        return LookupView(LookupState(lookup.state), lookup.asked_at)
    if not RegisterLookup.objects.of(dossier).to_propose(at).filter(pk=lookup.pk).exists():
        return LookupView(None)
    rows = facts_in_words(dossier, lookup.facts, language)
    return LookupView(LookupState.FOUND, lookup.asked_at, tuple(rows))
