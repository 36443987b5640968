"""The run of a day: once, in batches, going on where it stopped, catching up what was missed."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from django.db.models import F
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core.door import acting
from portal.core.models import JournalLine
from tests.factories.workflows import Life
from workflows import jobs
from workflows.models import Alarm, Case, ClockRun
from workflows.services import daily, repairing, running

pytestmark = pytest.mark.django_db


def run(as_role, *, days=0, steps=1000):
    """So many batches of the run of a day; returns the run."""
    with as_role("worker"), acting(None, scope="system") as act:
        at = act.now + dt.timedelta(days=days)
        while steps and daily.step(at=at):
            steps -= 1
        return ClockRun.objects.order_by("-legal_day").first()


def queued(name):
    lines = ProcrastinateJob.objects.filter(task_name=name).order_by("id")
    return [line.args for line in lines]


def do_everything(as_role):
    with as_role("worker"):
        for args in queued("workflows.repair_clocks"):
            jobs.repair_clocks(**args)
        for args in queued("workflows.do_due"):
            jobs.do_due(**args)
        for args in queued("workflows.write_digest"):
            jobs.write_digest(**args)


def test_a_run_says_which_day_and_how_many(as_role):
    Life().acknowledged()
    Life()

    found = run(as_role, days=88)

    assert found.ended_at is not None
    assert found.counts["recount"] == 2
    assert found.counts["drift"] == 0
    assert found.counts["alarm"] == 2
    assert found.counts["digest"] == 1


def test_the_run_of_a_day_happens_once(as_role):
    Life().acknowledged()

    first, second = run(as_role, days=90), run(as_role, days=90)

    assert (first.pk, first.counts) == (second.pk, second.counts)
    assert len(queued("workflows.do_due")) == 1
    assert ClockRun.objects.count() == 1


def test_a_run_that_died_goes_on_where_it_was(as_role, monkeypatch):
    monkeypatch.setattr(daily, "RECOUNT_BATCH", 1)
    for _ in range(3):
        Life().acknowledged()

    broken = run(as_role, days=90, steps=2)
    assert (broken.stage, broken.counts["recount"], broken.ended_at) == ("recount", 2, None)

    whole = run(as_role, days=90)
    assert (whole.counts["recount"], whole.counts["flag_silence"]) == (3, 3)
    assert len(queued("workflows.do_due")) == 3


def test_missed_days_are_caught_up_in_one_run(as_role):
    life = Life().acknowledged()
    first = run(as_role, days=80)

    late = run(as_role, days=95)
    do_everything(as_role)

    assert late.first_day == first.legal_day + dt.timedelta(days=1)
    assert late.counts["flag_silence"] == 1
    with life.desk():
        assert Alarm.objects.count() == 1


def test_a_stored_date_that_drifted_is_repaired_and_written_down(as_role):
    life, right = Life().acknowledged(), Life().acknowledged()
    was = life.case.implicit_refusal_on
    with life.desk():
        Case.objects.filter(pk=life.id).update(implicit_refusal_on=was + dt.timedelta(days=9))

    found = run(as_role)
    do_everything(as_role)

    assert found.counts["drift"] == 1
    assert life.case.implicit_refusal_on == was
    line = JournalLine.objects.get(act="case.clock_drift")
    assert line.subject_id == str(life.id)
    assert line.facts["implicit_refusal_on"]["computed"] == was.isoformat()
    assert right.case.implicit_refusal_on == was
    assert run(as_role, days=1).counts["drift"] == 0


def drifted(number):
    """So many cases whose stored day of silence is nine days late."""
    lives = sorted((Life().acknowledged() for _ in range(number)), key=lambda life: life.id)
    with lives[0].desk():
        late = F("implicit_refusal_on") + dt.timedelta(days=9)
        assert Case.objects.update(implicit_refusal_on=late) == number
    return lives


def test_a_rule_that_changes_gives_a_job_a_batch_and_not_a_job_a_case(as_role, monkeypatch):
    monkeypatch.setattr(daily, "RECOUNT_BATCH", 3)
    drifted(5)

    found = run(as_role)

    assert found.counts["drift"] == 5
    assert len(queued("workflows.repair_clocks")) == 2
    do_everything(as_role)
    assert JournalLine.objects.filter(act="case.clock_drift").count() == 5
    assert run(as_role, days=1).counts["drift"] == 0


def test_a_case_that_cannot_be_repaired_keeps_nobody_else_waiting(as_role, monkeypatch):
    lives = drifted(3)
    repair = repairing.repair

    def refuse_the_first(case_id, *, at):
        repair(case_id, at=at)
        if case_id == lives[0].id:
            raise ValueError("invented")

    run(as_role)
    monkeypatch.setattr(repairing, "repair", refuse_the_first)
    (one_job,) = queued("workflows.repair_clocks")
    with as_role("worker"), pytest.raises(ValueError, match="invented"):
        jobs.repair_clocks(**one_job)
    lines = JournalLine.objects.filter(act="case.clock_drift").values_list("subject_id", flat=True)
    assert set(lines) == {str(life.id) for life in lives[1:]}

    monkeypatch.setattr(repairing, "repair", repair)
    do_everything(as_role)
    assert lines.all().count() == 3


def test_a_repair_that_brings_a_day_near_alarms_at_once(as_role):
    life = Life().acknowledged()
    far = life.case.due_on + dt.timedelta(days=300)
    with life.desk():
        Case.objects.filter(pk=life.id).update(due_on=far)

    with as_role("worker"), acting(None, scope="system") as act:
        repairing.repair(life.id, at=act.now + dt.timedelta(days=88))

    with life.desk():
        assert Alarm.objects.get().due_on == life.case.due_on


def test_the_run_reads_the_cases_in_batches(as_role, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    lives = [Life().acknowledged() for _ in range(3)]

    with as_role("worker"), acting(None, scope="system") as act:
        at = act.now + dt.timedelta(days=90)
        first = running.due_after("flag_silence", running.NOWHERE, at=at, size=2)
        rest = running.due_after("flag_silence", first[-1], at=at, size=2)

    assert first + rest == sorted(life.id for life in lives)


def test_a_run_costs_the_same_statements_for_one_case_and_for_three(as_role, statements):
    for _ in range(3):
        Life().acknowledged()

    with statements(40):
        run(as_role)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("update workflows_clockrun set stage = 'x'", "what is settled"),
        ("update workflows_clockrun set legal_day = legal_day + 1", "is never changed|settled"),
    ],
)
def test_a_run_that_ended_is_never_rewritten(as_role, statement, why):
    run(as_role)

    with (
        pytest.raises(Exception, match=why),
        as_role("worker"),
        acting(None, scope="system"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_day_has_one_run(as_role):
    found = run(as_role)

    with (
        pytest.raises(IntegrityError, match="legal_day"),
        as_role("worker"),
        acting(None, scope="system"),
    ):
        ClockRun.objects.create(
            legal_day=found.legal_day, first_day=found.legal_day, stage="recount"
        )
