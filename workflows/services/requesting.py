"""Asking the person for what is missing, and taking the review up again afterwards."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce

from dossiers import api as dossiers
from dossiers.enums import CompletionOutcome
from portal.accounts.api import User
from portal.territory import api as territory
from workflows import deadlines
from workflows.enums import CaseState
from workflows.models import Case, ClockPause, Step
from workflows.models.base import about
from workflows.services.assigning import look_for_conflict
from workflows.services.moves import advance, lock_case
from workflows.services.relocating import follow_completion
from workflows.services.silence import take_back
from workflows.services.timing import recount, set_due


@transaction.atomic
def ask_completion(
    *,
    case_id: UUID,
    items: Iterable[dict],
    message: str,
    due_on: date,
    actor: User,
    at: datetime,
    seen: int,
    round_reason: str = "",
) -> Step:
    """List everything missing, once, with a deadline; silence stops counting meanwhile.

    CRPA L.114-5: the pause lasts until the papers come, at the latest until the deadline. When
    nothing asked is essential, the absence of a piece must not suspend the review (CRPA
    L.114-5-1): the case stays where it is and no clock pauses. After a grant that waits, only
    what is not essential may be asked again. Raises MoveRefused or CompletionRefused; then
    nothing is asked and nobody is told.
    """
    case = lock_case(case_id)
    request = dossiers.ask_completion(
        dossier_id=case.dossier_id,
        items=items,
        message=message,
        due_on=due_on,
        at=at,
        round_reason=round_reason,
    )
    if not request.holds_review:
        return advance(case_id=case_id, move="ask_supply", actor=actor, at=at, seen=seen)
    ClockPause.objects.create(
        **about(case),
        case=case,
        completion_request_id=request.pk,
        starts_on=deadlines.legal_day(at),
        due_on=due_on,
    )
    step = advance(
        case_id=case_id,
        move="ask_completion",
        actor=actor,
        at=at,
        seen=seen,
        request_id=request.pk,
    )
    _recount(case_id, at=at)
    return step


@transaction.atomic
def extend_pause(*, dossier_id: UUID, extended_to: date, at: datetime) -> None:
    """The person was given more time: the pause and the date of silence follow (CRPA L.114-5).

    A request that does not hold the review has no pause: only the day that is due may change.
    """
    case = lock_case(Case.objects.values_list("pk", flat=True).get(dossier_id=dossier_id))
    if case.state != CaseState.COMPLETION_REQUESTED:
        set_due(case, at=at)
        case.save(update_fields=["due_on", "due_rule", "due_article"])
        return
    case.pauses.filter(closed_at=None).update(extended_to=extended_to)
    recount(case)
    case.due_on = extended_to
    case.save(update_fields=["implicit_refusal_on", "implicit_refusal_flagged_on", "due_on"])


@transaction.atomic
def receive_completion(
    *, case_id: UUID, actor: User | None, at: datetime, submission_number: int
) -> Step:
    """The papers came: the clock runs again and the review goes on where it was.

    What was asked without stopping the review leaves the case where it is. When the papers say
    another home, the review goes on at the office of that home, in the same transaction (CRPA
    L.114-2, L.114-3).
    """
    case = lock_case(case_id)
    end_pause(case, at=at)
    is_held = case.state == CaseState.COMPLETION_REQUESTED
    step = advance(
        case_id=case_id,
        move="receive_completion" if is_held else "receive_supply",
        actor=actor,
        at=at,
        submission_number=submission_number,
    )
    _recount(case_id, at=at)
    show_as_filed(case)
    look_for_conflict(lock_case(case_id), at=at)
    follow_completion(case_id=case_id, former_number=case.submission_number, at=at)
    return step


@transaction.atomic
def let_completion_expire(*, case_id: UUID, at: datetime) -> Step | None:
    """The deadline has passed: the request closes, the review goes on with what there is.

    A deadline that ends on a Saturday, a Sunday or a holiday leaves the next working day.
    Nothing is closed nor refused by itself. Running it twice does it once.
    """
    case = lock_case(case_id)
    today = deadlines.legal_day(at)
    awaited = case.pauses.annotate(ends_on=Coalesce("extended_to", "due_on"))
    pause = awaited.filter(closed_at=None, ends_on__lt=today).first()
    if case.completion_request_id is None or pause is None or _is_open(case, pause, today):
        return None
    dossiers.close_completion(
        request_id=case.completion_request_id, outcome=CompletionOutcome.EXPIRED, at=at
    )
    return receive_completion(
        case_id=case_id, actor=None, at=at, submission_number=case.submission_number
    )


def _is_open(case: Case, pause: ClockPause, today: date) -> bool:
    """A last day without post or counter goes on to the next working day, for the person."""
    last = pause.last_day
    holidays = territory.public_holidays(case.prefecture_code, last.year, last.year + 1)
    return today <= deadlines.next_working_day(last, holidays)


def end_pause(case: Case, *, at: datetime) -> None:
    """The clock runs again from today, at the latest from the deadline that was set."""
    case.pauses.filter(closed_at=None).update(supplied_on=deadlines.legal_day(at), closed_at=at)


def show_as_filed(case: Case) -> None:
    """The name that lists and summons bear follows what the person has just filed."""
    names = dossiers.dossier_summary(case.dossier_id).names
    Case.objects.filter(pk=case.pk).update(holder_name=names[:200])


def _recount(case_id: UUID, *, at: datetime) -> None:
    case = lock_case(case_id)
    was_early = recount(case)
    set_due(case, at=at)
    case.save(update_fields=["implicit_refusal_on", "due_on", "due_rule", "due_article"])
    if was_early:
        take_back(case, at=at)
