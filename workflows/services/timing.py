"""The clocks of a case, stored with the rule that gave them."""

from datetime import date, datetime

from workflows import deadlines
from workflows.enums import CaseState
from workflows.models import Case

_OFFICE_WORKS = {
    CaseState.RECEIVED,
    CaseState.UNDER_REVIEW,
    CaseState.DECISION_PROPOSED,
}


def next_due_on(case: Case, *, at: datetime) -> date | None:
    """The day by which the next act is due: what the queue is ordered by."""
    if case.state == CaseState.FILED:
        return deadlines.legal_day(case.filed_at)
    if case.state == CaseState.COMPLETION_REQUESTED:
        return case.pauses.get(closed_at=None).last_day
    if case.state == CaseState.OPINION_REQUESTED:
        opinion_due = case.opinions.get(settled_at=None).due_on
        return min(opinion_due, case.implicit_refusal_on)
    if case.state in _OFFICE_WORKS:
        return case.implicit_refusal_on
    if case.state == CaseState.GRANTED:
        return deadlines.legal_day(at)
    return None


def recount(case: Case) -> None:
    """Set the date of implicit refusal from the rule and every pause; the caller saves."""
    limit = deadlines.TimeLimit(
        case.clock_rule, case.clock_article, months=case.clock_months, days=case.clock_days
    )
    due = deadlines.implicit_refusal(
        starts_on=deadlines.legal_day(case.filed_at),
        limit=limit,
        pauses=[
            deadlines.pause_of_request(
                asked_on=pause.starts_on, due_on=pause.last_day, supplied_on=pause.supplied_on
            )
            for pause in case.pauses.order_by("starts_on", "id")
        ],
    )
    case.implicit_refusal_on = due.on
    if case.implicit_refusal_flagged_on and due.on > case.implicit_refusal_flagged_on:
        case.implicit_refusal_flagged_on = None
