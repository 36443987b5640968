"""The office answers what a person stated; nothing of the review waits for it."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dossiers import api as dossiers
from portal.accounts.api import User
from workflows.queries.statements import may_settle
from workflows.services.moves import lock_case


@transaction.atomic
def settle(
    *, case_id: UUID, statement_id: UUID, outcome: str, note: str, actor: User, at: datetime
) -> None:
    """End the task with what was found. Raises PermissionDenied, DomainRefusal once answered."""
    case = lock_case(case_id)
    if not may_settle(case, actor):
        raise PermissionDenied("settle_statement")
    dossiers.settle_statement(
        statement_id=statement_id, outcome=outcome, note=note, actor=actor, at=at
    )
