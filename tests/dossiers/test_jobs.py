"""The reminders as the worker sends them: once, whatever is run twice or was missed."""

import datetime as dt

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from dossiers import jobs
from dossiers.models import CompletionReminder
from tests.factories.workflows import Life

pytestmark = pytest.mark.django_db


def run_the_day(as_role):
    """The daily run, then each job that it left in the queue, each twice."""
    with as_role("worker"):
        jobs.remind_completions()
        queued = ProcrastinateJob.objects.filter(task_name="dossiers.remind_completion")
        for line in queued.order_by("id"):
            jobs.remind_completion(**line.args)
            jobs.remind_completion(**line.args)


def test_a_reminder_is_sent_once_by_the_worker_and_again_nearer(as_role, move_clock):
    life = Life().completion_asked(days=30)
    move_clock(dt.timedelta(days=21))
    for _ in range(2):
        run_the_day(as_role)
    move_clock(dt.timedelta(days=7))
    run_the_day(as_role)

    with life.desk():
        days = CompletionReminder.objects.order_by("-days_before")
        assert list(days.values_list("days_before", flat=True)) == [10, 3]


def test_nobody_is_reminded_before_the_time(as_role, move_clock):
    life = Life().completion_asked(days=30)
    move_clock(dt.timedelta(days=5))

    run_the_day(as_role)

    with life.desk():
        assert not CompletionReminder.objects.exists()
