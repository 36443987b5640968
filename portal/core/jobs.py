"""The only place that knows the job queue: a job commits with its act or not at all."""

import contextlib
import functools
from contextvars import ContextVar
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core import door

_context: ContextVar[dict | None] = ContextVar("portal_job", default=None)

# A worker says every ten seconds that it lives.
_PRESUMED_DEAD = timedelta(seconds=60)
# A job that kills its worker each time must end among the failed ones, where it is seen.
_RUNS_AT_MOST = 12
_FORGET_DONE = """
delete from procrastinate_jobs as job where status = 'succeeded' and not exists (
    select from procrastinate_events as event
    where event.job_id = job.id and event.at > now() - interval '30 days')
"""


def job(name, *, queue="default", attempts=8, system=False, atomic=True, cron=None):
    """Declare a job. Its arguments are identifiers; it must be safe to run twice.

    The actor who enqueued it acts again, with their posts read anew; `system` gives the
    worker's wide scope instead. `atomic=False` leaves transactions to the job, which opens
    them with `opened()` so that none stays open during network calls. A failure is tried
    again after 4, 16, 64... seconds. `cron` repeats the job by itself.
    """

    def declare(function):
        @functools.wraps(function)
        def run(*, _act=None, timestamp=None, **identifiers):
            context = {"actor_id": (_act or {}).get("actor"), "scope": "system" if system else ""}
            token = _context.set(context)
            try:
                if not atomic:
                    return function(**identifiers)
                with opened():
                    return function(**identifiers)
            finally:
                _context.reset(token)

        retry = RetryStrategy(max_attempts=attempts, exponential_wait=4)
        task = app.task(name=name, queue=queue, retry=retry)(run)
        if cron:
            app.periodic(cron=cron, periodic_id=name)(task)
        return task

    return declare


@contextlib.contextmanager
def opened():
    """One transaction of the running job, through the door, for the job's actor."""
    context = _context.get()
    if context is None:
        raise RuntimeError("Only a running job opens its own transactions.")
    with door.acting_for_id(context["actor_id"], scope=context["scope"]) as act:
        yield act


def enqueue(name, *, _in_seconds=None, _lock=None, _queueing_lock=None, **identifiers):
    """Insert the job in the current transaction: no commit, no job. Returns its number.

    Jobs go by name, so that services never import the jobs that call them. Raises
    RuntimeError outside a transaction.
    """
    options = {
        "lock": _lock,
        "queueing_lock": _queueing_lock,
        "schedule_in": {"seconds": _in_seconds} if _in_seconds else None,
    }
    return _deferrer(name, options).defer(**_signed(identifiers))


def enqueue_many(name, many) -> int:
    """Insert one job for each dict of identifiers, in one statement. Returns their number.

    A dict may carry its `_lock`: jobs of one lock run one after the other. Raises RuntimeError
    outside a transaction.
    """
    jobs = [
        _deferrer(name, {"lock": one.pop("_lock", None)}).make_new_job(**_signed(one))
        for one in map(dict, many)
    ]
    if jobs:
        app.job_manager.batch_defer_jobs(jobs)
    return len(jobs)


def is_asked(name, **identifiers) -> bool:
    """Whether the same job waits, runs, or failed for good and waits for an operator."""
    return (
        ProcrastinateJob.objects.filter(task_name=name, args__contains=identifiers)
        .filter(status__in=("todo", "doing", "failed"))
        .exists()
    )


def _deferrer(name, options):
    if not connection.in_atomic_block:
        raise RuntimeError("Enqueue inside the transaction of the act it follows.")
    chosen = {key: value for key, value in options.items() if value}
    return app.configure_task(name, allow_unknown=False, **chosen)


def _signed(identifiers: dict) -> dict:
    """The arguments of a job, with the actor of the present act."""
    act = door.current()
    return {"_act": {"actor": act.actor_id if act else None}, **identifiers}


def troubled_jobs(limit: int = 100) -> list[dict]:
    """Jobs that failed for good, then jobs that failed and will be tried again, newest first.

    Arguments are identifiers, so an operator may read them.
    """
    troubled = ProcrastinateJob.objects.filter(
        Q(status="failed") | Q(status="todo", attempts__gt=0)
    ).order_by("status", "-id")
    return [
        {
            "id": line.id,
            "name": line.task_name,
            "queue": line.queue_name,
            "attempts": line.attempts,
            "failed": line.status == "failed",
            "next_at": line.scheduled_at,
            "about": {key: value for key, value in line.args.items() if key != "_act"},
        }
        for line in troubled[:limit]
    ]


@job("core.retry", queue="default", attempts=1, atomic=False)
def retry_failed(*, job_id: int, **_later_arguments) -> None:
    """Put a job that failed for good back in the queue; another state is left alone."""
    # the queue keeps the machine's time, which no demonstration moves
    failed = ProcrastinateJob.objects.annotate(present=Now()).filter(pk=job_id, status="failed")
    for line in failed:
        app.job_manager.retry_job_by_id(line.id, retry_at=line.present)


@job("core.rescue", queue="default", attempts=1, atomic=False, cron="* * * * *")
def rescue_jobs_of_the_dead(**_later_arguments) -> None:
    """Give back to the queue what a worker was doing when it died: no job is lost with it.

    The lock of such a job would also hold back for ever every later job of that lock.
    """
    with transaction.atomic():
        lost = ProcrastinateJob.objects.annotate(present=Now()).filter(
            Q(worker=None) | Q(worker__last_heartbeat__lt=Now() - _PRESUMED_DEAD), status="doing"
        )
        for line in lost.select_for_update(of=("self",), skip_locked=True).order_by("id"):
            if line.attempts < _RUNS_AT_MOST:
                app.job_manager.retry_job_by_id(line.id, retry_at=line.present)
            else:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "select procrastinate_finish_job_v1(%s, 'failed', false)", [line.id]
                    )


@job("core.forget_done", queue="default", attempts=1, cron="7 2 * * *")
def forget_jobs_done(**_later_arguments) -> None:
    """Delete the rows of jobs that succeeded long ago; those that failed stay to be seen."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_DONE)
