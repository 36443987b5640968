"""The person changed a request that is not decided yet: the review takes it in, whole."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portal.accounts.api import User
from workflows.models import Step
from workflows.services.assigning import look_for_conflict
from workflows.services.moves import advance, lock_case
from workflows.services.relocating import follow_completion
from workflows.services.requesting import show_as_filed


@transaction.atomic
def receive_amendment(*, case_id: UUID, actor: User, at: datetime, submission_number: int) -> Step:
    """The case is about the new filing from now on; clocks and open requests stay as they are.

    A proposal that waits is out of date: it is not signed until somebody has looked again. An
    act begun on the former page is refused in words. Another home sends the case where the rule
    says, in the same transaction (CESEDA R.431-20).
    """
    case = lock_case(case_id)
    step = advance(
        case_id=case_id,
        move="receive_amendment",
        actor=actor,
        at=at,
        submission_number=submission_number,
    )
    show_as_filed(case)
    look_for_conflict(lock_case(case_id), at=at)
    follow_completion(case_id=case_id, former_number=case.submission_number, at=at)
    return step
