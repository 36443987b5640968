"""Consulting a partner service before a decision; the legal clock runs on."""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from portal.accounts.api import User
from workflows.enums import OpinionKind
from workflows.models import Case, Opinion, Step
from workflows.models.base import about
from workflows.services.moves import advance, lock_case, refuse_unless_possible


@transaction.atomic
def ask_opinion(
    *,
    case_id: UUID,
    kind: str,
    question: str,
    due_on: date,
    actor: User,
    at: datetime,
    seen: int,
) -> Step:
    """Ask one service one question, with a day by which it should answer.

    Raises CaseHasMoved before anything is written, when an opinion is awaited already.
    """
    case, opinion_id = lock_case(case_id), uuid4()
    refuse_unless_possible(case, "ask_opinion", seen)
    Opinion.objects.create(
        **about(case),
        id=opinion_id,
        case=case,
        kind=kind,
        question=question,
        due_on=due_on,
        asked_by=actor,
    )
    return advance(
        case_id=case_id,
        move="ask_opinion",
        actor=actor,
        at=at,
        seen=seen,
        words={"partner": str(OpinionKind(kind).label)},
        opinion_id=opinion_id,
    )


@transaction.atomic
def receive_opinion(
    *, case_id: UUID, answer: str, text: str, actor: User, at: datetime, seen: int
) -> Step:
    """Put the answer on file, or that none came; the review goes on."""
    case = lock_case(case_id)
    case.opinions.filter(settled_at=None).update(answer=answer, text=text, settled_at=at)
    return advance(case_id=case_id, move="receive_opinion", actor=actor, at=at, seen=seen)


def void_opinion(case: Case, *, at: datetime) -> None:
    """An awaited opinion is no longer needed."""
    case.opinions.filter(settled_at=None).update(answer="none", settled_at=at)
