"""The clocks of every day, in batches that can stop anywhere and go on where they were."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from portal.core.jobs import enqueue, enqueue_many
from workflows import deadlines
from workflows.models import ClockRun
from workflows.queries.alarms import offices_with_alarms
from workflows.queries.drift import recount_batch
from workflows.services import alarms
from workflows.services.running import DUE, NOWHERE, due_after

RECOUNT_BATCH = 5_000
_ONE_DAY = timedelta(days=1)


@transaction.atomic
def step(*, at: datetime) -> bool:
    """Do the next batch of today's run. Returns whether something is left to do.

    The run's row is held while the batch works and keeps its place with the same commit: a
    run that dies goes on where it was, two workers share one run, a day runs once. Days that
    nobody ran are caught up, since everything due until today is looked for.
    """
    run = _run_of(deadlines.legal_day(at))
    if run.ended_at:
        return False
    stage = run.stage
    number, after = _WORK[stage](run, at)
    run.counts[stage] = run.counts.get(stage, 0) + number
    run.after = after
    if after is None:
        _next_stage(run, at)
    run.save(update_fields=["counts", "after", "stage", "ended_at"])
    return run.ended_at is None


def _run_of(today: date) -> ClockRun:
    if not ClockRun.objects.filter(legal_day=today).exists():
        ended = ClockRun.objects.exclude(ended_at=None).filter(legal_day__lt=today)
        last = ended.order_by("-legal_day").values_list("legal_day", flat=True).first()
        run = ClockRun(
            legal_day=today, first_day=last + _ONE_DAY if last else today, stage=STAGES[0]
        )
        # another worker may begin the same day at the same moment
        ClockRun.objects.bulk_create([run], ignore_conflicts=True)
    return ClockRun.objects.select_for_update(of=("self",)).get(legal_day=today)


def _next_stage(run, at):
    place = STAGES.index(run.stage) + 1
    if place < len(STAGES):
        run.stage = STAGES[place]
    else:
        run.stage, run.ended_at = "", at


def _recount(run, at) -> tuple[int, UUID | None]:
    """One job a batch in which something drifted: a rule that changes makes every case drift."""
    after = run.after or NOWHERE
    found = recount_batch(after, RECOUNT_BATCH)
    if found.drifted:
        enqueue("workflows.repair_clocks", after=str(after), until=str(found.last))
    run.counts["drift"] = run.counts.get("drift", 0) + len(found.drifted)
    return found.number, found.last if found.number == RECOUNT_BATCH else None


def _raise_alarms(run, at):
    return alarms.raise_near(at=at) + alarms.raise_answers(at=at), None


def _due(name):
    def enqueue_batch(run, at):
        found = due_after(name, run.after or NOWHERE, at=at)
        enqueue_many("workflows.do_due", [{"task": name, "record_id": str(pk)} for pk in found])
        return len(found), found[-1] if found else None

    return enqueue_batch


def _write_digests(run, at):
    offices = offices_with_alarms()
    day = run.legal_day.isoformat()
    enqueue_many(
        "workflows.write_digest", [{"prefecture": code, "legal_day": day} for code in offices]
    )
    return len(offices), None


_WORK: dict[str, Callable] = {
    "recount": _recount,
    "alarm": _raise_alarms,
    **{name: _due(name) for name in DUE},
    "digest": _write_digests,
}
STAGES = tuple(_WORK)
