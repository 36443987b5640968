"""The clocks of a case, stored with the rule that gave them."""

from datetime import datetime

from dossiers import api as dossiers
from workflows import deadlines
from workflows.deadlines import DueDate
from workflows.enums import BEFORE_DECISION, CaseState
from workflows.models import Case

_OFFICE_WORKS = {
    CaseState.RECEIVED,
    CaseState.UNDER_REVIEW,
    CaseState.DECISION_PROPOSED,
}


def next_due(case: Case, *, at: datetime) -> DueDate | None:
    """What is due next, by which rule: what the queue is ordered by and the page explains."""
    if case.state == CaseState.FILED:
        return DueDate(deadlines.legal_day(case.filed_at), "routing", "CRPA L.114-2")
    if case.state == CaseState.COMPLETION_REQUESTED:
        due_on = case.pauses.get(closed_at=None).last_day
        return DueDate(due_on, "completion", "CRPA L.114-5")
    if case.state == CaseState.OPINION_REQUESTED:
        opinion_due = case.opinions.get(settled_at=None).due_on
        decide = decision_due(case)
        return DueDate(opinion_due, "opinion", "") if opinion_due < decide.on else decide
    if case.state in _OFFICE_WORKS:
        return decision_due(case)
    if case.state == CaseState.GRANTED:
        return _supply_of(case, at)
    return None


def _supply_of(case: Case, at: datetime) -> DueDate:
    """A grant that waits: the day set for the supply; once it came, today, to look at it."""
    today = deadlines.legal_day(at)
    if not case.supply_awaited:
        return DueDate(today, "follow-grant", "")
    asked = dossiers.open_completion(case.dossier_id)
    if asked is None:
        return DueDate(today, "supply-read", "CRPA L.114-5-1")
    return DueDate(asked.last_day, "supply", "CRPA L.114-5-1")


def decision_due(case: Case) -> DueDate:
    """The day given by a judgment; else that of silence: both are stored with the case."""
    if case.reexamine_by:
        return DueDate(case.reexamine_by, "judgment", "CJA L.911-2")
    return DueDate(case.implicit_refusal_on, case.clock_rule, case.clock_article)


def set_due(case: Case, *, at: datetime) -> None:
    """Write the next day with its rule and article; the caller saves.

    The day of a judgment ends with the review.
    """
    if case.state not in BEFORE_DECISION:
        case.reexamine_by = None
    due = next_due(case, at=at)
    case.due_on = due.on if due else None
    case.due_rule = due.rule if due else ""
    case.due_article = due.article if due else ""


def recount(case: Case) -> bool:
    """Set the date of implicit refusal from the rule and every pause; the caller saves.

    From the filing, or from the day a decision was withdrawn or annulled with the pauses since.

    True when a refusal that was noted turns out not to have been born: the caller tells it
    (`silence.take_back`).
    """
    limit = deadlines.TimeLimit(
        case.clock_rule, case.clock_article, months=case.clock_months, days=case.clock_days
    )
    pauses = case.pauses.order_by("starts_on", "id")
    if case.clock_restarted_on:
        pauses = pauses.filter(starts_on__gte=case.clock_restarted_on)
    due = deadlines.implicit_refusal(
        starts_on=case.clock_restarted_on or deadlines.legal_day(case.filed_at),
        limit=limit,
        pauses=[
            deadlines.pause_of_request(
                asked_on=pause.starts_on, due_on=pause.last_day, supplied_on=pause.supplied_on
            )
            for pause in pauses
        ],
    )
    case.implicit_refusal_on = due.on
    return bool(case.implicit_refusal_flagged_on and due.on > case.implicit_refusal_flagged_on)
