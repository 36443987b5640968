"""Completion requests and their clock: asked once, supplied or expired, never closed alone."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection

from dossiers.api import CompletionRequest, repeated_requests
from dossiers.services.completing import send_completion
from dossiers.services.drafting import Typed, save_answers
from dossiers.services.extending import extend_completion
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.correspondence.api import timeline
from portal.territory.api import public_holidays
from portal.vault import api as vault
from tests.factories.workflows import Life
from workflows import deadlines
from workflows.api import case_of
from workflows.enums import CaseState
from workflows.models import ClockPause
from workflows.services import requesting, running

pytestmark = pytest.mark.django_db


def supplied(life, *, days=10, number=2):
    with acting(life.applicant.pk) as act:
        requesting.receive_completion(
            case_id=life.id,
            actor=life.applicant,
            at=act.now + dt.timedelta(days=days),
            submission_number=number,
        )


def silence_from_filing(life, pause_days=0):
    filed_on = deadlines.legal_day(life.case.filed_at)
    return filed_on + dt.timedelta(days=90 + pause_days)


def test_filing_stores_the_date_of_silence_with_its_rule():
    case = Life().case

    assert case.implicit_refusal_on == deadlines.legal_day(case.filed_at) + dt.timedelta(days=90)
    assert case.clock_rule == "implicit-refusal-90-days"
    assert "R.432-2" in case.clock_article


def test_a_request_pauses_silence_until_its_deadline_then_until_the_supply():
    life = Life().acknowledged().completion_asked(days=30)
    assert life.case.implicit_refusal_on == silence_from_filing(life, 30)

    supplied(life, days=10)

    case = life.case
    assert case.implicit_refusal_on == silence_from_filing(life, 10)
    assert (case.state, case.submission_number) == (CaseState.UNDER_REVIEW, 2)
    assert (case.due_on, case.due_rule, case.due_article) == (
        case.implicit_refusal_on,
        case.clock_rule,
        case.clock_article,
    )


def test_the_review_goes_on_where_it_was():
    life = Life().completion_asked()
    supplied(life)
    assert life.case.state == CaseState.RECEIVED


def test_a_second_request_waits_for_the_first():
    life = Life().completion_asked()

    with pytest.raises(DomainRefusal):
        life.completion_asked()

    with life.desk():
        assert ClockPause.objects.count() == 1
        assert CompletionRequest.objects.count() == 1


def test_the_person_reads_what_is_awaited_and_until_when():
    life = Life().completion_asked()

    with acting(life.applicant.pk):
        view = case_of(life.dossier.pk)

    assert view.sentence.startswith("Nous vous attendons")
    assert (view.next_actor, view.due_on) == ("applicant", life.case.due_on)


def test_a_name_put_right_in_a_completion_is_the_one_shown_afterwards():
    life = Life()
    life._do(
        life.reviewer,
        requesting.ask_completion,
        items=[{"kind": "field", "code": "birth_name", "why": "Illisible."}],
        message="",
        due_on=dt.date(2100, 1, 1),
    )

    with acting(life.applicant.pk) as act:
        common = {"dossier_id": life.dossier.pk, "applicant": life.applicant, "at": act.now}
        save_answers(typed={"birth_name": Typed(value="CORRIGÉE")}, **common)
        send_completion(language="fr", **common)

    assert "CORRIGÉE" in life.case.holder_name


def run_clocks(life, days):
    """The daily run, as the worker would see this office so many days later."""
    with acting(None, prefectures=[life.office]) as act:
        at = act.now + dt.timedelta(days=days)
        tasks = list(running.what_is_due(at))
        for task in tasks:
            running.run(task, at=at)
        return [task.name for task in tasks]


def last_day_for(life):
    """The deadline, or the working day after it."""
    due_on = life.case.due_on
    days = public_holidays(life.office, due_on.year, due_on.year + 1)
    while due_on.isoweekday() > 5 or due_on in days:
        due_on += dt.timedelta(days=1)
    return due_on


def test_nothing_expires_before_the_day_after_the_deadline():
    life = Life().completion_asked(days=30)

    assert run_clocks(life, days=30) == []
    assert life.case.state == CaseState.COMPLETION_REQUESTED


@pytest.mark.parametrize("days", range(30, 37))
def test_a_deadline_without_post_or_counter_leaves_the_next_working_day(days):
    life = Life().acknowledged().completion_asked(days=days)
    last, filed_on = last_day_for(life), deadlines.legal_day(life.case.filed_at)

    run_clocks(life, days=(last - filed_on).days)
    assert life.case.state == CaseState.COMPLETION_REQUESTED

    run_clocks(life, days=(last - filed_on).days + 1)
    assert life.case.state == CaseState.UNDER_REVIEW
    # the clock of the administration stood until the day that was set, and no longer
    assert life.case.implicit_refusal_on == silence_from_filing(life, days)


def test_a_deadline_that_passed_closes_the_request_and_nothing_else():
    life = Life().acknowledged().completion_asked(days=30)
    last, filed_on = last_day_for(life), deadlines.legal_day(life.case.filed_at)
    days = (last - filed_on).days + 1

    assert run_clocks(life, days=days) == ["expire"]

    case = life.case
    assert (case.state, case.outcome) == (CaseState.UNDER_REVIEW, "")
    assert case.implicit_refusal_on == silence_from_filing(life, 30)
    with life.desk():
        assert CompletionRequest.objects.get().outcome == "expired"
    assert run_clocks(life, days=days) == []


def extended(life):
    with acting(life.applicant.pk) as act:
        return extend_completion(
            dossier_id=life.dossier.pk, applicant=life.applicant, reason="", at=act.now
        )


def test_more_time_moves_the_pause_the_deadline_and_the_date_of_silence():
    life = Life().acknowledged().completion_asked(days=30)

    extended(life)

    case = life.case
    assert case.implicit_refusal_on == silence_from_filing(life, 45)
    with life.desk():
        pause = ClockPause.objects.get()
        assert (pause.last_day, case.due_on) == (pause.due_on + dt.timedelta(days=15),) * 2
    assert run_clocks(life, days=31) == []
    assert run_clocks(life, days=46) == ["expire"]
    assert life.case.implicit_refusal_on == silence_from_filing(life, 45)


def test_who_answers_before_an_extended_deadline_ends_the_pause_that_day():
    life = Life().acknowledged().completion_asked(days=30)
    extended(life)

    supplied(life, days=40)

    assert life.case.implicit_refusal_on == silence_from_filing(life, 40)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("update workflows_clockpause set extended_to = due_on", "an_extended_pause_lasts_longer"),
        ("update workflows_clockpause set due_on = due_on + 1", "is never changed"),
    ],
)
def test_the_database_keeps_the_pause_that_was_set(statement, refusal):
    life = Life().completion_asked()

    with (
        pytest.raises(DatabaseError, match=refusal),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_database_extends_a_pause_once():
    life = Life().completion_asked()
    extended(life)

    with (
        pytest.raises(DatabaseError, match="a pause is extended once"),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update workflows_clockpause set extended_to = extended_to + 1")


def test_a_second_round_says_why_and_is_counted():
    life = Life().completion_asked(days=30)
    run_clocks(life, days=40)  # past any run of days without post
    ask = {
        "items": [{"kind": "field", "code": "passport_number", "why": "Illisible."}],
        "message": "",
        "due_on": life.case.implicit_refusal_on,
    }

    with pytest.raises(DomainRefusal, match="dites pourquoi il en faut un autre"):
        life._do(life.reviewer, requesting.ask_completion, **ask)
    assert life.case.state == CaseState.RECEIVED
    life.completion_asked(days=60)

    with life.desk():
        second = CompletionRequest.objects.get(round=2)
        assert second.round_reason == "La réponse ne suffit pas encore."
        assert repeated_requests("75") == 1


def test_silence_that_ran_out_is_a_date_and_the_review_goes_on():
    life = Life().acknowledged()

    assert run_clocks(life, days=90) == ["flag_silence"]
    assert run_clocks(life, days=91) == []

    case = life.case
    assert case.implicit_refusal_flagged_on == case.implicit_refusal_on
    assert case.state == CaseState.UNDER_REVIEW
    with acting(life.applicant.pk):
        newest = timeline(life.dossier.pk)[0]
    assert newest.kind == "case_silence"
    assert "ce silence vaut refus" in newest.title
    assert life.proposed("grant").signed().case.state == CaseState.IN_PRODUCTION


def test_an_ended_case_is_archived_after_its_retention():
    life = Life().acknowledged().proposed("refuse").signed()

    assert run_clocks(life, days=5 * 365) == []
    assert run_clocks(life, days=5 * 366 + 2) == ["archive"]
    assert life.case.state == CaseState.ARCHIVED


def test_the_time_of_the_files_of_an_archived_case_runs_from_its_end(as_role):
    life = Life().acknowledged().proposed("refuse").signed()

    run_clocks(life, days=5 * 366 + 2)

    with as_role("worker"), acting(None, scope="system"):
        ended_on = deadlines.legal_day(life.case.ended_at)
        assert vault.running(vault.Situation.REFUSED) == [(life.dossier.pk, ended_on)]


def test_the_files_of_a_case_that_is_not_archived_never_end_by_themselves(as_role):
    life = Life().acknowledged().proposed("refuse").signed()

    with as_role("worker"), acting(None, scope="system") as act:
        day = deadlines.legal_day(act.now)
        for situation in (vault.Situation.REFUSED, vault.Situation.DISCARDED):
            vault.keep_from(life.dossier.pk, situation, day)
            with pytest.raises(DomainRefusal, match="gardé"):
                vault.expire(life.dossier.pk, vault.Removal.EXPIRED)
        vault.expire(life.dossier.pk, vault.Removal.ORDERED)
