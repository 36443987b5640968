"""What persons stated of their filed requests, and what the office found, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dossiers.enums import OUTCOMES, StatementKind
from dossiers.models import Dossier, Statement

AT_MOST = 50


@dataclass(frozen=True)
class StatementView:
    """One statement as its pages show it."""

    id: UUID
    dossier_id: UUID
    kind: str
    label: str
    text: str
    made_at: datetime
    settled_at: datetime | None
    outcome: str
    note: str
    number: str = ""

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """How it may end."""
        return [(one.value, one.label) for one in OUTCOMES[StatementKind(self.kind)]]


def had_a_card(dossier: Dossier) -> bool:
    """Whether the request comes after a card: a first one has no card that could be missing."""
    return dossier.procedure.family != "first"


def statements_of(dossier_id: UUID, kind: str | None = None) -> list[StatementView]:
    """Every statement of a dossier, newest first; one statement of the database."""
    rows = Statement.objects.filter(dossier_id=dossier_id).order_by("-made_at", "pk")
    return [_view(row) for row in (rows.filter(kind=kind) if kind else rows)]


def waiting_in(offices: Iterable[str]) -> list[StatementView]:
    """What waits for an answer in these offices, the oldest first."""
    rows = (
        Statement.objects.unsettled()
        .filter(prefecture_code__in=list(offices), dossier__withdrawn_at=None)
        .select_related("dossier")
        .order_by("made_at", "pk")[:AT_MOST]
    )
    return [_view(row, number=row.dossier.number or "") for row in rows]


def _view(row: Statement, number: str = "") -> StatementView:
    return StatementView(
        id=row.pk,
        dossier_id=row.dossier_id,
        kind=row.kind,
        label=row.get_kind_display(),
        text=row.text,
        made_at=row.made_at,
        settled_at=row.settled_at,
        outcome=row.get_outcome_display(),
        note=row.note,
        number=number,
    )
