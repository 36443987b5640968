"""Putting a case in an agent's hands, and taking it out of them: rows and journal, no choice."""

from datetime import datetime

from portal.core import journal
from workflows.enums import IN_REVIEW, ReleasedWhy
from workflows.models import Assignment, Case
from workflows.models.base import about


def hold(
    case: Case, agent_id: int, *, why: str, made_by=None, drawn_among=(), eligible=0, note=""
) -> Assignment:
    """The case, held by the caller, is this agent's from now on.

    The line of the journal keeps among whom the draw was made. The database refuses a second
    open assignment, an agent of another office and one who is close to the person.
    """
    made = Assignment.objects.create(
        **about(case), case=case, agent_id=agent_id, why=why, made_by=made_by, note=note
    )
    _write_reviewer(case, agent_id)
    _note(
        "case.assign",
        case,
        {"agent": agent_id, "why": str(why), "eligible": eligible, "among": list(drawn_among)},
    )
    return made


def release(case: Case, *, why: str, at: datetime) -> int | None:
    """Nobody has the case any more; returns who had it. Running it twice does it once."""
    former = case.reviewer_id
    if former is None:
        return None
    Assignment.objects.filter(open_case=case.pk).update(until=at, ended_why=why)
    _write_reviewer(case, None)
    _note("case.unassign", case, {"agent": former, "why": str(why)})
    return former


def release_when_done(case: Case, *, at: datetime) -> None:
    """A case that left the review is in nobody's hands; called by every move."""
    if case.state not in IN_REVIEW:
        release(case, why=ReleasedWhy.CLOSED, at=at)


def _write_reviewer(case, agent_id):
    case.reviewer_id = agent_id
    Case.objects.filter(pk=case.pk).update(reviewer_id=agent_id)


def _note(act, case, facts):
    journal.record(
        act,
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts=facts,
    )
