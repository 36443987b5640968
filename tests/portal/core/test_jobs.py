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
