"""Consulting a partner service before a decision; the legal clock runs on."""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.api import User
from portal.correspondence import api as correspondence
from workflows import deadlines
from workflows.enums import OpinionKind
from workflows.models import Case, Opinion, Step
from workflows.models.base import about
from workflows.queries.decisions import summons_context
from workflows.services.moves import MoveRefused, advance, lock_case, refuse_unless_possible


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
    hearing_on: date | None = None,
    hearing_place: str = "",
) -> Step:
    """Ask one service one question, with a day by which it should answer.

    The residence board hears the person: the summons is written and told in the same act.
    Raises MoveRefused for a hearing sooner than fifteen days after it (public sheet F2209),
    CaseHasMoved before anything is written, when an opinion is awaited already.
    """
    case, opinion_id = lock_case(case_id), uuid4()
    refuse_unless_possible(case, "ask_opinion", seen)
    letter = None
    if kind == OpinionKind.RESIDENCE_BOARD:
        letter = _summons(case, hearing_on, hearing_place, at)
    Opinion.objects.create(
        **about(case),
        id=opinion_id,
        case=case,
        kind=kind,
        question=question,
        due_on=due_on,
        hearing_on=hearing_on,
        asked_by=actor,
    )
    if letter is not None:
        correspondence.tell(case.applicant, "board_summons", dossier_id=case.dossier_id)
    return advance(
        case_id=case_id,
        move="ask_opinion",
        actor=actor,
        at=at,
        seen=seen,
        words={"partner": str(OpinionKind(kind).label)},
        letter=letter,
        opinion_id=opinion_id,
    )


def _summons(case: Case, hearing_on: date | None, place: str, at: datetime):
    """The letter that calls the person before the board; it names nobody but them."""
    first = deadlines.first_hearing_on(deadlines.legal_day(at))
    if hearing_on is None or hearing_on < first:
        raise MoveRefused(
            _(
                "La commission ne peut entendre la personne qu’à partir du %(day)s, quinze jours "
                "après sa convocation. Rien n’est envoyé."
            )
            % {"day": date_format(first, "j F Y")}
        )
    return correspondence.issue_letter(
        "board_summons",
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        context=summons_context(case, hearing_on, place),
        language="fr",
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
