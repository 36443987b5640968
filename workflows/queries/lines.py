"""A line of a list of the desk: due, who, what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from dossiers import api as dossiers
from workflows.enums import CaseState
from workflows.models import Case
from workflows.queries.progress import what_is_next

SOON = timedelta(days=7)


@dataclass(frozen=True)
class CaseLine:
    """One case in a list; lateness is said in words as well as in colour."""

    id: UUID
    number: str
    who: str
    what: str
    next_act: str
    state: str
    state_label: str
    due_on: date | None
    is_late: bool
    is_soon: bool
    filed_at: datetime
    silence_has_run_out: bool


def lines_of(cases: Iterable[Case], today: date) -> list[CaseLine]:
    """Cases as lines; titles come from the catalogue, without a query."""
    titles = {facts.code: facts.title for facts in dossiers.procedures()}
    return [
        CaseLine(
            id=case.pk,
            number=case.dossier_number,
            who=case.holder_name,
            what=titles.get(case.procedure_code, case.procedure_code),
            next_act=what_is_next(case),
            state=str(case.state),
            state_label=str(CaseState(case.state).label),
            due_on=case.due_on,
            is_late=bool(case.due_on and case.due_on < today),
            is_soon=bool(case.due_on and today <= case.due_on <= today + SOON),
            filed_at=case.filed_at,
            silence_has_run_out=case.implicit_refusal_flagged_on is not None,
        )
        for case in cases
    ]
