"""The daily run by the worker's own role: it sees every office and repeats nothing."""

import datetime as dt

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories.workflows import Life
from workflows import jobs
from workflows.enums import CaseState
from workflows.models import CardOrder

pytestmark = pytest.mark.django_db


def run_the_day(as_role):
    """The daily run, then each job that it left in the queue."""
    with as_role("worker"):
        jobs.run_clocks()
        queued = ProcrastinateJob.objects.filter(task_name="workflows.do_due").order_by("id")
        for line in queued:
            jobs.do_due(**line.args)


def test_the_clocks_of_every_office_run_and_run_again(as_role, move_clock):
    here, there = Life(), Life(office="34", commune="34172")
    here.acknowledged().completion_asked(days=30)
    move_clock(dt.timedelta(days=91))

    for _ in range(2):
        run_the_day(as_role)

    assert here.case.state == CaseState.UNDER_REVIEW
    assert there.case.implicit_refusal_flagged_on is not None
    assert here.case.last_step == 5


def test_an_order_that_nobody_asks_about_is_asked_about_again(as_role, move_clock):
    life = Life().granted()
    move_clock(dt.timedelta(days=3))

    run_the_day(as_role)

    with life.desk():
        assert CardOrder.objects.get().asked_at is not None
