"""Batches started as an agent starts them, and their jobs run as the worker runs them."""

import datetime as dt
import uuid

from procrastinate.contrib.django.models import ProcrastinateJob

from portal.accounts.api import Role
from portal.core import clock
from portal.core.door import acting
from tests.factories.workflows import GROUNDS, Life
from workflows import jobs
from workflows.models import Batch, BatchRow
from workflows.services import batching

ITEM = {
    "kind": "field",
    "code": "passport_number",
    "why": "Le numéro ne se lit pas.",
    "reason_code": "",
    "example": "",
}
CLOSURE = GROUNDS | {"closure_code": "close-not-supplied"}
"""What the form of a closure gives to the batch."""


def steps_seen(*lives: Life) -> dict:
    """Each case with its present step, as a page shows it."""
    return {life.id: life.case.last_step for life in lives}


def _give(lives, person) -> None:
    """A reviewer acts on their own cases only."""
    if Role.REVIEWER.value in person.roles:
        for life in lives:
            if life.office in person.prefectures:
                life.reviewer = person


def in_one_hand(*lives: Life) -> list[Life]:
    """These cases, all given to the first one's reviewer."""
    _give(lives, lives[0].reviewer)
    return list(lives)


def closing(*lives: Life, person=None, key=None, seen=None) -> Batch:
    """The same closure proposed for these cases by the first one's reviewer."""
    person = person or lives[0].reviewer
    _give(lives, person)
    with lives[0].desk(person):
        return batching.start(
            kind="propose_closure",
            wanted=seen or steps_seen(*lives),
            facts=CLOSURE,
            key=key or uuid.uuid4(),
            actor=person,
        )


def giving_away(*lives: Life, person) -> Batch:
    """These cases taken from their agents by a supervisor."""
    with lives[0].desk(person):
        return batching.start(
            kind="give_away",
            wanted=steps_seen(*lives),
            facts={"reason": "Surcharge."},
            key=uuid.uuid4(),
            actor=person,
        )


def asking(*lives: Life, items=(ITEM,), days: int = 30) -> Batch:
    """The same completion asked of these cases by the first one's reviewer."""
    _give(lives, lives[0].reviewer)
    with lives[0].desk() as act:
        due_on = clock.legal_day(act.now) + dt.timedelta(days=days)
        return batching.start(
            kind="ask_completion",
            wanted=steps_seen(*lives),
            facts={
                "items": list(items),
                "message": "",
                "due_on": due_on.isoformat(),
                "round_reason": "",
            },
            key=uuid.uuid4(),
            actor=lives[0].reviewer,
        )


def queued() -> list[dict]:
    """The arguments of each row's job, in the order in which they were enqueued."""
    found = ProcrastinateJob.objects.filter(task_name="workflows.run_batch_row").order_by("id")
    return [line.args for line in found]


def run_all(as_role) -> None:
    """Each queued job of a row, by the worker's own role."""
    with as_role("worker"):
        for arguments in queued():
            jobs.run_batch_row(**arguments)


def results(batch: Batch, office: str = "75") -> list[tuple]:
    """(state, reasons) of each row, in order, as the office sees them."""
    with acting(None, prefectures=[office]):
        rows = BatchRow.objects.filter(batch=batch).order_by("number")
        return [(row.state, row.reasons) for row in rows]
