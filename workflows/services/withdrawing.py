"""The applicant gives up the request; nothing is expected of anybody any more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portal.accounts.api import User
from workflows.models import Step
from workflows.services.deciding import void_proposal
from workflows.services.moves import advance, lock_case
from workflows.services.opinions import void_opinion
from workflows.services.requesting import end_pause


@transaction.atomic
def withdraw(*, case_id: UUID, actor: User, at: datetime) -> Step:
    """Stop the review, whatever it was waiting for. Raises MoveRefused once decided."""
    case = lock_case(case_id)
    void_proposal(case, at=at)
    void_opinion(case, at=at)
    end_pause(case, at=at)
    return advance(case_id=case_id, move="withdraw", actor=actor, at=at)
