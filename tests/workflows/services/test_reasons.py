"""Why silence refused: asked once in time, written by one, signed by another, told in a letter."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence import rendering
from portal.correspondence.api import Letter, timeline
from tests.factories.workflows import Life, agent, filed_dossier
from workflows import deadlines
from workflows.api import silence_of
from workflows.models import Alarm, ReasonsRequest
from workflows.queries.alarms import open_alarms
from workflows.queries.reasons import reasons_owed
from workflows.services import alarms, reasons, withdrawing
from workflows.services.moves import MoveRefused

pytestmark = pytest.mark.django_db


def silent(days=100):
    """A case filed so long ago that silence has refused it."""
    filed_at = clock.now() - dt.timedelta(days=days)
    return Life(dossier=filed_dossier(filed_at=filed_at)).acknowledged().silent()


def asking(life, person=None, *, days=0):
    person = person or life.applicant
    with acting_for(person) as act:
        return reasons.ask(case_id=life.id, actor=person, at=act.now + dt.timedelta(days=days))


def signing(life, person=None, *, seen="last"):
    person = person or life.signatory
    with acting_for(person) as act:
        if seen == "last":
            seen = ReasonsRequest.objects.get(case_id=life.id).written_at
        return reasons.sign(case_id=life.id, actor=person, at=act.now, seen=seen)


def view(life):
    with acting(life.applicant.pk) as act:
        return silence_of(life.dossier.pk, act.now)


def test_asking_twice_asks_once_and_is_owed_in_a_month():
    life = silent()

    first, second = asking(life), asking(life)

    assert first.pk == second.pk
    assert first.due_on == deadlines.add_months(clock.today(), 1)
    assert first.silence_on == life.case.implicit_refusal_flagged_on
    with acting(life.applicant.pk):
        kinds = [line.kind for line in timeline(life.dossier.pk)]
    assert kinds.count("case_reasons_asked") == 1
    assert JournalLine.objects.filter(act="case.reasons_asked").count() == 1


def test_only_the_person_asks():
    life = silent()

    for person in (life.reviewer, life.supervisor):
        with pytest.raises(PermissionDenied):
            asking(life, person)


def test_reasons_are_asked_within_the_time_to_contest():
    in_time, late = silent(), silent()
    born_on = in_time.case.implicit_refusal_flagged_on
    last_on = deadlines.contest_window(born_on, ()).last_on
    days = (last_on - clock.today()).days

    assert asking(in_time, days=days).pk
    with pytest.raises(MoveRefused, match="rien n’a été demandé"):
        asking(late, days=days + 10)


def test_without_a_refusal_of_silence_there_is_nothing_to_ask():
    lives = [Life().acknowledged(), silent().proposed("refuse").signed()]

    for life in lives:
        with pytest.raises(MoveRefused):
            asking(life)
    with lives[0].desk():
        assert not ReasonsRequest.objects.exists()


def test_two_people_answer_and_the_time_to_contest_begins_again():
    life = silent().reasons_asked().reasons_written()
    before = view(life)

    request = signing(life)

    after = view(life)
    assert before.answered_on is None
    assert before.contest_until == deadlines.add_months(before.silence_on, 2)
    assert after.answered_on == clock.today()
    assert after.contest_until == deadlines.add_months(clock.today(), 2)
    with acting(life.applicant.pk):
        letter = Letter.objects.get(kind="reasons")
        line = timeline(life.dossier.pk)[0]
        text = rendering.page(letter)
    assert (line.kind, line.letter_id, request.letter_id) == (
        "case_reasons_given",
        letter.pk,
        letter.pk,
    )
    for said in ("Études suivies.", "L. 422-1", "art. L. 232-4", "tribunal administratif"):
        assert said in text


def test_who_wrote_them_does_not_sign_them():
    life = silent().reasons_asked()
    both = life.reviewer = agent(Role.REVIEWER.value, Role.SIGNATORY.value)
    life.reasons_written(both)

    with pytest.raises(PermissionDenied):
        signing(life, both)

    assert signing(life).signer_id == life.signatory.pk


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.SUPERVISOR, Role.COUNTER_AGENT])
def test_a_reviewer_of_the_office_writes(role):
    life = silent().reasons_asked()

    with pytest.raises(PermissionDenied):
        life.reasons_written(agent(role.value))


def test_what_was_written_again_is_read_again_before_it_leaves():
    life = silent().reasons_asked().reasons_written()
    with life.desk():
        seen = ReasonsRequest.objects.get().written_at

    with pytest.raises(MoveRefused, match="relisez"):
        signing(life, seen=seen - dt.timedelta(seconds=1))
    with pytest.raises(MoveRefused):
        signing(silent().reasons_asked(), seen=None)

    assert signing(life, seen=seen).answered_at is not None
    with pytest.raises(MoveRefused):
        signing(life, seen=seen)


def sending_back(life, person=None, *, note="Citez la pièce."):
    person = person or life.signatory
    with acting_for(person) as act:
        seen = ReasonsRequest.objects.get(case_id=life.id).written_at
        return reasons.send_back(case_id=life.id, note=note, actor=person, at=act.now, seen=seen)


def test_reasons_sent_back_are_written_again_before_they_are_signed():
    life = silent().reasons_asked().reasons_written()

    sent_back = sending_back(life)

    assert (sent_back.sent_back_note, sent_back.grounds_fact) == (
        "Citez la pièce.",
        "Études suivies.",
    )
    assert JournalLine.objects.filter(act="case.reasons_sent_back").count() == 1
    for act in (signing, sending_back):
        with pytest.raises(MoveRefused, match="relisez"):
            act(life)
    life.reasons_written()
    answered = signing(life)
    assert (answered.sent_back_note, answered.signer_id) == ("", life.signatory.pk)


def test_who_wrote_them_does_not_send_them_back():
    life = silent().reasons_asked()
    both = life.reviewer = agent(Role.REVIEWER.value, Role.SIGNATORY.value)
    life.reasons_written(both)

    for person in (both, life.supervisor):
        with pytest.raises(PermissionDenied):
            sending_back(life, person)


@pytest.mark.parametrize(
    "change",
    [
        "sent_back_note = 'x'",
        "sent_back_at = now(), sent_back_by_id = %s",
        "sent_back_at = now(), sent_back_by_id = written_by_id, sent_back_note = 'x'",
    ],
)
def test_the_database_refuses_half_a_note(change):
    life = silent().reasons_asked().reasons_written()
    change = change.replace("%s", str(life.signatory.pk))

    with (
        pytest.raises(IntegrityError, match="reasons_sent_back_say_why"),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update workflows_reasonsrequest set {change}")


def test_a_request_that_was_withdrawn_owes_no_reasons(as_role):
    life = silent().reasons_asked()
    with acting_for(life.applicant) as act:
        withdrawing.withdraw(case_id=life.id, actor=life.applicant, at=act.now)

    assert view(life) is None
    assert raised(as_role, 40) == 0
    with life.desk():
        assert reasons_owed(life.supervisor, clock.today()) == []


def test_a_decision_that_came_since_makes_the_request_void():
    life = silent().reasons_asked().proposed("refuse").signed()

    with pytest.raises(MoveRefused, match="Aucune demande"):
        life.reasons_written()
    assert view(life) is None


def raised(as_role, days):
    with as_role("worker"), acting(None, scope="system") as act:
        return alarms.raise_answers(at=act.now + dt.timedelta(days=days))


def test_reasons_that_are_owed_soon_alarm_once_until_they_are_given(as_role):
    life = silent().reasons_asked()
    with life.desk():
        due_on = ReasonsRequest.objects.get().due_on
    days = (due_on - clock.today()).days

    assert (raised(as_role, days - 4), raised(as_role, days - 3), raised(as_role, days)) == (
        0,
        1,
        0,
    )
    with life.desk():
        assert Alarm.objects.get().rule == "reasons"
        assert open_alarms().count() == 1

    life.reasons_written().reasons_signed()
    with life.desk():
        assert open_alarms().count() == 0


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("set grounds_law = 'x'", "written_reasons_are_in_law_and_in_fact"),
        ("set answered_at = now()", "answered_reasons_are_written_signed_and_sent"),
        ("set due_on = due_on + 1", "is never changed"),
        ("set silence_on = silence_on + 1", "is never changed"),
    ],
)
def test_the_database_refuses_half_an_answer(statement, why):
    life = silent().reasons_asked()

    with (
        pytest.raises((DatabaseError, IntegrityError), match=why),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update workflows_reasonsrequest {statement}")


def test_the_database_wants_two_people_and_keeps_what_was_answered():
    life = silent().reasons_asked().reasons_written()
    signed_by_the_writer = (
        "update workflows_reasonsrequest set signer_id = written_by_id, answered_at = now(),"
        " letter_id = gen_random_uuid()"
    )
    with (
        pytest.raises(IntegrityError, match="who_signs_the_reasons_has_not_written_them"),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(signed_by_the_writer)
    life.reasons_signed()

    with (
        pytest.raises(DatabaseError, match="never changed"),
        life.desk(),
        connection.cursor() as cursor,
        transaction.atomic(),
    ):
        cursor.execute("update workflows_reasonsrequest set grounds_fact = 'autre'")
