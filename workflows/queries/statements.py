"""What persons stated, as the desk reads it: a task with its page, until it has its answer."""

from dataclasses import dataclass

from django.urls import reverse

from dossiers import api as dossiers
from portal.accounts.api import User
from workflows.models import Case
from workflows.rules import may_answer_appeals


@dataclass(frozen=True)
class Task:
    """One statement, and the page of its answer for who may give it."""

    statement: dossiers.StatementView
    settle_url: str = ""
    case_url: str = ""


def may_settle(case: Case, person: User) -> bool:
    """Its reviewer, or once the review has ended any reviewer far from the person."""
    return bool(may_answer_appeals(case, person))


def statements_shown(case: Case, person: User) -> list[Task]:
    """Every statement of a case."""
    may = may_settle(case, person)
    return [
        Task(one, _settle_url(case, one) if may and one.settled_at is None else "")
        for one in dossiers.statements_of(case.dossier_id)
    ]


def tasks_of(person: User) -> list[Task]:
    """What waits for an answer in the offices of this agent, with the case of each."""
    waiting = dossiers.waiting_in(person.prefectures)
    cases = {
        case.dossier_id: case
        for case in Case.objects.visible_to(person).filter(
            dossier_id__in=[one.dossier_id for one in waiting]
        )
    }
    return [
        Task(one, case_url=reverse("desk:case", args=[cases[one.dossier_id].pk]))
        for one in waiting
        if one.dossier_id in cases
    ]


def _settle_url(case, statement) -> str:
    return reverse("desk:settle_statement", args=[case.pk, statement.id])
