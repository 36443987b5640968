"""The person has moved, declared or in a completion: the case goes where the rule says."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from dossiers import api as dossiers
from portal.correspondence import api as correspondence
from workflows.deadlines import legal_day
from workflows.enums import BEFORE_DECISION, SYSTEM, TRANSFERABLE, CaseState
from workflows.models import Case, Step
from workflows.models.base import about
from workflows.queries.routes import find_route, reason_of
from workflows.services.assigning import look_for_conflict
from workflows.services.moves import lock_case
from workflows.services.rerouting import reroute, send_to
from workflows.services.transferring import transfer


@transaction.atomic
def follow_address(*, case_id: UUID, submission_number: int, at: datetime) -> Step | None:
    """Review what was filed last, at the office of the new address (CESEDA R.431-20).

    The portal transmits by itself: the clock runs on from the first filing, and what was
    proposed or asked of a partner is void, as for any transmission. In the same office only
    the service may change, and the reviewer if their addresses are now one. A granted title
    whose card is not handed over follows too, with its decision as it is. Once all is ended
    nothing moves: the person reads why.
    """
    case = lock_case(case_id)
    if case.state in BEFORE_DECISION:
        Case.objects.filter(pk=case.pk).update(submission_number=submission_number)
        look_for_conflict(case, at=at)
        return _go_where_the_rule_says(case, at)
    step = None
    if case.state in TRANSFERABLE:
        look_for_conflict(case, at=at)
        step = _go_where_the_rule_says(case, at)
    if step is None:
        _say_that_it_stays(case)
    return step


@transaction.atomic
def follow_completion(*, case_id: UUID, former_number: int, at: datetime) -> Step | None:
    """What was just supplied may say another home: the case follows it, as for a declared move.

    An office chosen by hand against the rule keeps a case whose place has not changed.
    """
    case = lock_case(case_id)
    if case.submission_number == former_number:
        return None
    if case.state not in {*BEFORE_DECISION, *TRANSFERABLE}:
        return None
    before, after = (
        dossiers.place_filed(case.dossier_id, number)
        for number in (former_number, case.submission_number)
    )
    if before == after:
        return None
    return _go_where_the_rule_says(case, at)


def _go_where_the_rule_says(case: Case, at: datetime) -> Step | None:
    facts = dossiers.dossier_summary(case.dossier_id)
    found = find_route(case, facts, on=legal_day(at))
    if found.office is None:
        return None
    if found.office == case.prefecture_code:
        if case.state in TRANSFERABLE:
            return None
        Case.objects.filter(pk=case.pk).update(service_id=found.service, routing_rule=found.rule)
        return None
    if case.state == CaseState.FILED:
        return send_to(case=case, move="route", actor=None, at=at, route=found)
    office, why = found.office, reason_of(found, facts)
    if case.state in TRANSFERABLE:
        return transfer(case_id=case.pk, prefecture_code=office, reason=why, at=at)
    return reroute(
        case_id=case.pk, prefecture_code=office, reason=why, actor=None, at=at, seen=None
    )


def _say_that_it_stays(case: Case) -> None:
    """One line: another home of the same office, or nothing is left to hand over."""
    correspondence.add_line("case_stays_where_decided", by_role=SYSTEM, **about(case))
