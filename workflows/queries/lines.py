"""A line of a list of the desk: due, who, what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from workflows import deadlines
from workflows.enums import CaseState
from workflows.models import Case
from workflows.queries.progress import what_is_next

SOON = timedelta(days=deadlines.SOON_DAYS)
URGENT = timedelta(days=deadlines.URGENT_DAYS)
_NOBODY = UUID(int=0)


@lru_cache(maxsize=2048)
def _day_in_words(day: date, language: str) -> str:
    """A day as it is written in lists; fifty lines share a few days."""
    return date_format(day, "j F Y")


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
    due_words: str
    is_late: bool
    is_soon: bool
    is_urgent: bool
    address: str
    filed_at: datetime
    silence_has_run_out: bool
    with_whom: str


def lines_of(
    cases: Iterable[Case], today: date, *, page: str = "desk:case", with_names: bool = False
) -> list[CaseLine]:
    """Cases as lines that lead to a page of theirs; what repeats is worked out once.

    `with_names` says who has each case: for a supervisor alone, whose team it is.
    """
    titles = {facts.code: facts.title for facts in dossiers.procedures()}
    labels = {state.value: str(state.label).capitalize() for state in CaseState}
    address, language = reverse(page, args=[_NOBODY]), get_language() or ""
    return [
        CaseLine(
            id=case.pk,
            number=case.dossier_number,
            who=case.holder_name,
            what=titles.get(case.procedure_code, case.procedure_code),
            next_act=what_is_next(case),
            state=str(case.state),
            state_label=labels[str(case.state)],
            due_on=case.due_on,
            due_words=_day_in_words(case.due_on, language) if case.due_on else "",
            is_late=bool(case.due_on and case.due_on < today),
            is_soon=bool(case.due_on and today <= case.due_on <= today + SOON),
            is_urgent=bool(case.due_on and today <= case.due_on <= today + URGENT),
            address=address.replace(str(_NOBODY), str(case.pk)),
            filed_at=case.filed_at,
            silence_has_run_out=case.implicit_refusal_flagged_on is not None,
            with_whom=_holder(case) if with_names else "",
        )
        for case in cases
    ]


def _holder(case):
    return str(case.reviewer) if case.reviewer_id else _("personne pour l’instant")
