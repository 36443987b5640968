"""A job commits with its act or not at all, and runs with its actor's rights read anew."""

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import TaskNotFound

from portal.core import door, jobs


def test_enqueue_is_refused_outside_a_transaction(transactional_db):
    with pytest.raises(RuntimeError):
        jobs.enqueue("core.retry", job_id=1)


def test_enqueue_refuses_a_name_that_no_job_has(db):
    with pytest.raises(TaskNotFound), transaction.atomic():
        jobs.enqueue("nobody.does_this", job_id=1)


def test_a_job_disappears_with_the_act_that_failed(db):
    def act():
        with door.acting(7):
            jobs.enqueue("core.retry", job_id=1)
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        act()

    assert not ProcrastinateJob.objects.exists()


def test_a_job_carries_its_actor_and_identifiers_only(db):
    with door.acting(7, prefectures=["34"]):
        jobs.enqueue("core.retry", job_id=1)

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("core.retry", {"_act": {"actor": 7}, "job_id": 1})


def test_several_jobs_are_enqueued_at_once_each_with_its_lock(db, django_assert_num_queries):
    with door.acting(7), django_assert_num_queries(1):
        jobs.enqueue_many("core.retry", [{"_lock": "a", "job_id": 1}, {"_lock": "b", "job_id": 2}])

    found = [(job.lock, job.args) for job in ProcrastinateJob.objects.order_by("id")]
    assert found == [
        ("a", {"_act": {"actor": 7}, "job_id": 1}),
        ("b", {"_act": {"actor": 7}, "job_id": 2}),
    ]


def test_several_jobs_are_refused_outside_a_transaction(transactional_db):
    with pytest.raises(RuntimeError):
        jobs.enqueue_many("core.retry", [{"job_id": 1}])


def context():
    with connection.cursor() as cursor:
        cursor.execute("select portal_actor(), portal_prefectures(), portal_scope()")
        return cursor.fetchone()


def test_a_system_job_runs_in_the_systems_scope(db):
    seen = []
    task = jobs.job("tests.look", system=True)(lambda: seen.append(context()))

    task()

    assert seen == [(None, [], "system")]
    assert door.current() is None


def test_a_job_that_is_not_atomic_opens_its_own_transactions(db):
    seen = []

    def look():
        assert door.current() is None
        with jobs.opened():
            seen.append(context())

    jobs.job("tests.open", atomic=False, system=True)(look)()

    assert seen == [(None, [], "system")]


def test_opened_is_refused_outside_a_job(db):
    with pytest.raises(RuntimeError), jobs.opened():
        pass


def a_job_left_doing(as_role, *, heartbeat, attempts=0):
    """A job in the hands of a worker that was last heard so long ago; None: it is forgotten."""
    with door.acting(None):
        number = jobs.enqueue("core.retry", job_id=0, _lock="tests")
    with as_role("worker"), connection.cursor() as cursor:
        if heartbeat:
            cursor.execute(
                "insert into procrastinate_workers (last_heartbeat)"
                " values (now() - %s::interval) returning id",
                [heartbeat],
            )
        worker = cursor.fetchone()[0] if heartbeat else None
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s, attempts = %s"
            " where id = %s",
            [worker, attempts, number],
        )
    return number


@pytest.mark.parametrize("heartbeat", ["2 minutes", None])
def test_the_job_of_a_worker_that_died_is_done_again(as_role, heartbeat):
    number = a_job_left_doing(as_role, heartbeat=heartbeat)

    with as_role("worker"):
        jobs.rescue_jobs_of_the_dead()

    job = ProcrastinateJob.objects.get(pk=number)
    assert (job.status, job.attempts) == ("todo", 1)


def test_the_job_of_a_worker_that_lives_is_left_to_it(as_role):
    number = a_job_left_doing(as_role, heartbeat="5 seconds")

    with as_role("worker"):
        jobs.rescue_jobs_of_the_dead()

    assert ProcrastinateJob.objects.get(pk=number).status == "doing"


def test_a_job_that_kills_each_of_its_workers_ends_among_the_failed(as_role):
    number = a_job_left_doing(as_role, heartbeat=None, attempts=12)

    with as_role("worker"):
        jobs.rescue_jobs_of_the_dead()

    assert ProcrastinateJob.objects.get(pk=number).status == "failed"


def test_only_jobs_done_long_ago_are_forgotten(as_role):
    with door.acting(None):
        numbers = [jobs.enqueue("core.retry", job_id=n) for n in range(4)]
    old_done, new_done, old_failed, old_waiting = numbers
    with as_role("worker"), connection.cursor() as cursor:
        for number, status in (
            (old_done, "succeeded"),
            (new_done, "succeeded"),
            (old_failed, "failed"),
        ):
            cursor.execute(
                "update procrastinate_jobs set status = %s where id = %s", [status, number]
            )
        cursor.execute(
            "update procrastinate_events set at = now() - interval '40 days'"
            " where job_id = any(%s)",
            [[old_done, old_failed, old_waiting]],
        )
        jobs.forget_jobs_done()

    left = ProcrastinateJob.objects.filter(pk__in=numbers).values_list("pk", flat=True)
    assert sorted(left) == sorted([new_done, old_failed, old_waiting])


def test_a_failed_job_is_tried_again_when_an_operator_asks(as_role):
    number = a_job_left_doing(as_role, heartbeat=None, attempts=12)

    with as_role("worker"):
        jobs.rescue_jobs_of_the_dead()
        jobs.retry_failed(job_id=number)
        jobs.retry_failed(job_id=number)

    assert ProcrastinateJob.objects.get(pk=number).status == "todo"
