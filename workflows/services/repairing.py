"""A stored clock that differs from its rule is put right, and the difference is written down."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portal.core import journal
from workflows.enums import BEFORE_DECISION
from workflows.models import Case
from workflows.services import alarms, silence
from workflows.services.moves import lock_case
from workflows.services.timing import recount, set_due

_CLOCKS = ("implicit_refusal_on", "due_on", "due_rule", "due_article")


@transaction.atomic
def repair(case_id: UUID, *, at: datetime) -> bool:
    """Count the clocks of one case again; a difference is saved and leaves a journal line.

    A refusal noted too early is taken back, and the person reads it. A day that is now near
    alarms at once. Returns whether something was wrong; running it twice repairs once.
    """
    case = lock_case(case_id)
    if case.state not in BEFORE_DECISION:
        return False
    before = _clocks(case)
    was_early = recount(case)
    set_due(case, at=at)
    after = _clocks(case)
    if before != after:
        case.save(update_fields=_CLOCKS)
        _write_down(case, before, after)
    if was_early:
        silence.take_back(case, at=at)
    if before != after:
        alarms.raise_near(at=at, case_id=case.pk)
    return before != after or was_early


def _clocks(case: Case) -> dict[str, str]:
    return {name: str(getattr(case, name) or "") for name in _CLOCKS}


def _write_down(case, before, after):
    journal.record(
        "case.clock_drift",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts={
            name: {"stored": before[name], "computed": after[name]}
            for name in _CLOCKS
            if before[name] != after[name]
        },
    )
