"""Every morning: cases without an agent, agents who are away or gone, loads too far apart."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portal.accounts import api as accounts
from workflows import deadlines
from workflows.enums import ReleasedWhy
from workflows.models import Case
from workflows.queries.workload import held_with_closeness, loads_of, not_yet_opened, surplus_of
from workflows.services.assigning import assign_waiting, move_from

ASSIGN = "assign"


@dataclass(frozen=True)
class Handover:
    """One case that should change hands: from whom (nobody: 0), and why."""

    case_id: UUID
    agent_id: int
    why: str


def what_should_move(at: datetime) -> list[Handover]:
    """Everything that today asks for, office by office, what is due first coming first."""
    offices = (
        Case.objects.in_review()
        .order_by("prefecture_code")
        .values_list("prefecture_code")
        .distinct()
    )
    found: list[Handover] = []
    for (code,) in offices:
        found += _leaving(code, at)
        found += _waiting(code)
        found += _uneven(code, at)
    return list({one.case_id: one for one in reversed(found)}.values())[::-1]


@transaction.atomic
def hand_over(handover: Handover, *, at: datetime) -> None:
    """Do one; what was done meanwhile, or is no longer needed, is left alone."""
    if handover.why == ASSIGN:
        assign_waiting(case_id=handover.case_id, at=at)
    elif handover in _still(handover, at):
        move_from(case_id=handover.case_id, agent_id=handover.agent_id, why=handover.why, at=at)


def _still(handover, at):
    """The plan of the case's office, read again: a job may come hours after it was planned."""
    code = (
        Case.objects.filter(pk=handover.case_id)
        .order_by("pk")
        .values_list("prefecture_code", flat=True)
        .get()
    )
    if handover.why == ReleasedWhy.EVENED:
        return _uneven(code, at)
    return _leaving(code, at)


def _waiting(code):
    cases = Case.objects.in_review().filter(prefecture_code=code, reviewer=None)
    rows = cases.most_urgent_first().values_list("pk", flat=True)
    return [Handover(pk, 0, ASSIGN) for pk in rows]


def _leaving(code, at):
    """Cases of those who have no post here any more, are too close, or are away for long."""
    day = deadlines.legal_day(at)
    here = set(accounts.reviewers_of(code, day))
    away = set(accounts.away_for_long(code, day, settings.ABSENT_DAYS_BEFORE_HANDOVER))
    found = []
    for pk, agent_id, is_close in held_with_closeness(code):
        if agent_id not in here:
            found.append(Handover(pk, agent_id, ReleasedWhy.LEFT.value))
        elif is_close:
            found.append(Handover(pk, agent_id, ReleasedWhy.CONFLICT.value))
        elif agent_id in away:
            found.append(Handover(pk, agent_id, ReleasedWhy.AWAY.value))
    return found


def _uneven(code, at):
    loads = loads_of(code, accounts.reviewers_present(code, deadlines.legal_day(at)))
    return [
        Handover(pk, agent_id, ReleasedWhy.EVENED.value)
        for agent_id, number in surplus_of(loads).items()
        for pk in not_yet_opened(code, agent_id)[:number]
    ]
