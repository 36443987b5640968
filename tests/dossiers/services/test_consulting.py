"""The register is asked by a job: one answer for all that is wrong, counted, shown, then erased."""

import datetime as dt
import threading
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from dossiers import jobs
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.together import Compatibility
from dossiers.enums import LookupState
from dossiers.models import RegisterLookup
from dossiers.queries.register import last_lookup
from dossiers.services import consulting, keeping_apart
from dossiers.services.drafting import discard_draft, start_draft
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.register.api import RegisterUnavailable
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, file_now

KNOWN = {"foreigner_number": "9900000001", "birth_date": dt.date(1999, 5, 4)}
UNKNOWN = KNOWN | {"foreigner_number": "9912345678"}
WRONG = KNOWN | {"foreigner_number": "123"}
MISMATCH = KNOWN | {"birth_date": dt.date(1999, 5, 5)}
LATER = dt.timedelta(seconds=9)

one_test = pytest.mark.django_db
at_once = pytest.mark.django_db(transaction=True)


def ask(dossier, **asked):
    with acting(dossier.applicant_id) as act:
        owner = SimpleNamespace(pk=dossier.applicant_id)
        return consulting.ask(dossier_id=dossier.pk, applicant=owner, at=act.now, **asked)


def answer(lookup, as_role):
    """What the worker does with the question."""
    with as_role("worker"):
        jobs.ask_register(lookup_id=str(lookup.pk))
        jobs.ask_register(lookup_id=str(lookup.pk))


def stored(lookup):
    with acting(lookup.applicant_id):
        return RegisterLookup.objects.get(pk=lookup.pk)


def read(dossier):
    with acting(dossier.applicant_id) as act:
        return last_lookup(dossier, act.now, "fr")


@one_test
def test_what_the_register_knows_is_read_after_its_moment(applicant, register, as_role, move_clock):
    dossier = draft(applicant)
    lookup = ask(dossier, **KNOWN)
    answer(lookup, as_role)

    assert read(dossier).is_waiting
    move_clock(LATER)
    found = read(dossier)

    kept = stored(lookup)
    assert found.state == LookupState.FOUND
    assert {"label": "Nom de naissance", "value": "EXEMPLE"} in found.rows
    assert (kept.foreigner_number, kept.birth_date) == ("", None)
    with acting(applicant.pk):
        lines = JournalLine.objects.filter(subject_id=str(lookup.pk)).order_by("id")
        assert [line.act for line in lines] == ["register.asked", "register.answered"]
        assert "EXEMPLE" not in str([line.facts for line in lines])


@one_test
@pytest.mark.parametrize("asked", [UNKNOWN, WRONG, MISMATCH])
def test_all_that_is_wrong_is_one_answer_at_one_moment(
    applicant, register, as_role, move_clock, asked
):
    dossier = draft(applicant)
    lookup = ask(dossier, **asked)
    answer(lookup, as_role)

    before, kept = read(dossier), stored(lookup)
    move_clock(LATER)
    after = read(dossier)

    assert before.is_waiting
    assert (after.state, after.rows) == (LookupState.NOTHING, ())
    assert (kept.shown_at - kept.asked_at, kept.facts) == (consulting.FLOOR, None)


@one_test
def test_found_or_not_the_answer_is_read_at_the_same_moment(applicant, register, as_role):
    dossier, other = draft(applicant), draft(applicant, "duplicate")
    moments = []
    for where, asked in ((dossier, KNOWN), (other, MISMATCH)):
        lookup = ask(where, **asked)
        answer(lookup, as_role)
        kept = stored(lookup)
        moments.append(kept.shown_at - kept.asked_at)

    assert moments == [consulting.FLOOR, consulting.FLOOR]


@one_test
def test_a_slow_answer_waits_for_a_whole_number_of_floors():
    asked_at = clock.now()

    shown = consulting._shown_from(asked_at, asked_at + 2.1 * consulting.FLOOR)

    assert shown == asked_at + 3 * consulting.FLOOR


@one_test
def test_ten_questions_without_a_result_end_the_hour_for_the_account_alone(
    applicant, register, as_role, move_clock
):
    first, second = draft(applicant), draft(applicant, "duplicate")
    for n in range(10):
        answer(ask((first, second)[n % 2], **UNKNOWN), as_role)

    with pytest.raises(DomainRefusal, match="Dix recherches"):
        ask(first, **KNOWN)

    ask(draft(UserFactory()), **KNOWN)
    move_clock(dt.timedelta(minutes=61))
    ask(first, **KNOWN)


@at_once
def test_thirteen_drafts_at_once_get_ten_questions(monkeypatch):
    # Nobody may have so many under way; the lock must not count on it.
    monkeypatch.setattr(keeping_apart, "compatibility", Compatibility)
    person = UserFactory()
    with acting(person.pk) as act:
        begun = [
            start_draft(applicant=person, procedure_code=code, at=act.now) for code in catalogue()
        ]
    start, answers = threading.Barrier(len(begun)), []

    def press(dossier):
        start.wait(20)
        try:
            answers.append(ask(dossier, **UNKNOWN))
        except DomainRefusal:
            answers.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[dossier]) for dossier in begun]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (len(answers), answers.count(None)) == (len(begun), len(begun) - 10)
    with acting(person.pk):
        assert RegisterLookup.objects.count() == 10
        assert ProcrastinateJob.objects.filter(task_name="dossiers.ask_register").count() == 10


@one_test
def test_a_register_that_is_away_is_tried_again_then_given_up(applicant, as_role, move_clock):
    dossier = draft(applicant)
    lookup = ask(dossier, **KNOWN)
    with as_role("worker"), pytest.raises(RegisterUnavailable):
        jobs.ask_register(lookup_id=str(lookup.pk))

    assert read(dossier).is_waiting
    move_clock(dt.timedelta(seconds=70))
    assert read(dossier).state == LookupState.UNREACHABLE
    answer(lookup, as_role)

    assert stored(lookup).state == LookupState.UNREACHABLE
    assert stored(lookup).foreigner_number == ""


@one_test
def test_a_question_that_nobody_answered_gives_way_to_another(applicant, move_clock):
    dossier = draft(applicant)
    first = ask(dossier, **KNOWN)
    assert ask(dossier, **KNOWN).pk == first.pk

    move_clock(dt.timedelta(seconds=70))

    assert ask(dossier, **KNOWN).pk != first.pk
    assert stored(first).state == LookupState.UNREACHABLE


@one_test
@pytest.mark.parametrize("end", ["filed", "discarded", "a day later"])
def test_what_the_register_said_goes_with_the_draft_or_with_the_day(
    applicant, register, as_role, move_clock, end
):
    dossier = draft(applicant, evidence=True)
    lookup = ask(dossier, **KNOWN)
    answer(lookup, as_role)
    assert stored(lookup).facts

    if end == "filed":
        file_now(dossier, applicant)
    elif end == "discarded":
        with acting(applicant.pk) as act:
            discard_draft(dossier_id=dossier.pk, applicant=applicant, at=act.now)
    else:
        move_clock(dt.timedelta(hours=23))
        assert read(dossier).state is None
        with as_role("worker"):
            jobs.forget_register()

    assert (stored(lookup).facts, stored(lookup).state) == (None, "found")
    assert stored(lookup).erased_at


@one_test
def test_an_answer_that_comes_after_the_filing_is_not_kept(applicant, register, as_role):
    dossier = draft(applicant, evidence=True)
    lookup = ask(dossier, **KNOWN)
    file_now(dossier, applicant)

    answer(lookup, as_role)

    assert (stored(lookup).facts, stored(lookup).state) == (None, "unreachable")


@one_test
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "set state = 'nothing', foreigner_number = '', birth_date = null,"
            " shown_at = portal_now()",
            "the worker alone",
        ),
        ("set facts = '{}'", "what_the_register_knows"),
        ("set foreigner_number = ''", "what_was_typed"),
        ("set asked_at = asked_at - interval '1 day'", "never changed"),
    ],
)
def test_a_page_cannot_write_an_answer_nor_the_moment_of_a_question(applicant, statement, why):
    lookup = ask(draft(applicant), **KNOWN)

    with (
        pytest.raises(DatabaseError, match=why),
        transaction.atomic(),
        acting(applicant.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update dossiers_registerlookup {statement} where id = %s", [lookup.pk])


@one_test
def test_another_person_asks_nothing_about_ones_draft(applicant):
    dossier, stranger = draft(applicant), UserFactory()

    with (
        pytest.raises(DatabaseError, match="a_lookup_is_about_the_persons_own_dossier"),
        transaction.atomic(),
        acting(stranger.pk),
    ):
        RegisterLookup.objects.create(dossier_id=dossier.pk, applicant_id=stranger.pk, **KNOWN)
