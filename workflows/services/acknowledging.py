"""Declaring a dossier complete."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portal.accounts.api import User
from portal.correspondence import api as correspondence
from workflows.models import Step
from workflows.services.moves import advance, lock_case


@transaction.atomic
def acknowledge(*, case_id: UUID, actor: User, at: datetime, seen: int) -> Step:
    """Nothing is missing: the review begins and the person is told. Raises MoveRefused."""
    case = lock_case(case_id)
    step = advance(case_id=case_id, move="acknowledge", actor=actor, at=at, seen=seen)
    correspondence.tell(case.applicant, "dossier_acknowledged", dossier_id=case.dossier_id)
    return step
