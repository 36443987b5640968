"""Appeals: received even late, answered by two people or accepted, with a clock of their own."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence import rendering
from portal.correspondence.api import Letter, timeline
from tests.factories.workflows import GROUNDS, Life, agent, filed_dossier
from workflows import deadlines
from workflows.api import appeals_of
from workflows.enums import CaseState
from workflows.models import Alarm, Appeal
from workflows.queries.alarms import open_alarms
from workflows.queries.appeals import open_appeals
from workflows.services import alarms, appealing, deciding
from workflows.services.moves import CaseHasMoved, MoveRefused

pytestmark = pytest.mark.django_db


def refused(outcome="refuse"):
    return Life().acknowledged().proposed(outcome).signed()


def silent():
    filed_at = clock.now() - dt.timedelta(days=100)
    return Life(dossier=filed_dossier(filed_at=filed_at)).acknowledged().silent()


def filing(life, person=None, *, kind="gracious", days=0):
    person = person or life.applicant
    with acting_for(person) as act:
        return appealing.file_appeal(
            case_id=life.id,
            kind=kind,
            text="Je conteste.",
            actor=person,
            at=act.now + dt.timedelta(days=days),
        )


def signing(life, person=None, *, seen="last"):
    person = person or life.signatory
    with acting_for(person) as act:
        appeal = Appeal.objects.get(case_id=life.id)
        seen = appeal.written_at if seen == "last" else seen
        return appealing.sign_rejection(appeal_id=appeal.pk, actor=person, at=act.now, seen=seen)


def accepting(life, person=None, *, seen=None):
    person = person or life.supervisor
    with acting_for(person) as act:
        appeal = Appeal.objects.get(case_id=life.id)
        return appealing.accept(
            appeal_id=appeal.pk,
            reason="Pièce retrouvée.",
            actor=person,
            at=act.now,
            seen=life.case.last_step if seen is None else seen,
        )


def view(life):
    with acting(life.applicant.pk) as act:
        return appeals_of(life.dossier.pk, act.now)


@pytest.mark.parametrize("make", [refused, lambda: refused("close"), silent])
@pytest.mark.parametrize("kind", ["gracious", "hierarchical"])
def test_a_refusal_a_closure_and_a_silence_are_contested_once_of_each_kind(make, kind):
    life = make()

    first, second = filing(life, kind=kind), filing(life, kind=kind)

    assert first.pk == second.pk
    assert first.due_on == deadlines.add_months(clock.today(), 2)
    assert first.is_late is False
    assert view(life).may_file is True


def test_the_receipt_says_the_dates():
    life = refused()
    appeal = filing(life)

    with acting(life.applicant.pk):
        letter = Letter.objects.get(kind="appeal_receipt")
        text, line = rendering.page(letter), timeline(life.dossier.pk)[0]
    assert letter.pk == appeal.receipt_id
    assert (line.kind, line.letter_id) == ("case_appeal_filed", letter.pk)
    for said in ("recours gracieux", "art. L. 411-7", "interrompt le délai"):
        assert said in text
    assert "après le délai" not in text


def test_a_late_appeal_is_received_and_said_to_be_late():
    life = refused()
    signed_on = deadlines.legal_day(life.case.decided_at)
    last = deadlines.add_months(signed_on, 2) + dt.timedelta(days=8)

    appeal = filing(life, days=(last - signed_on).days)

    assert appeal.is_late is True
    with acting(life.applicant.pk):
        text = rendering.page(Letter.objects.get(kind="appeal_receipt"))
    assert "après le délai de deux mois" in text
    assert "interrompt" not in text
    assert view(life).appeals[0].is_late is True


def test_only_the_person_contests_and_only_a_refusal():
    life = refused()
    for person in (life.reviewer, life.supervisor):
        with pytest.raises(PermissionDenied):
            filing(life, person)
    with pytest.raises(PermissionDenied):
        filing(life, kind="contentious")
    with pytest.raises(MoveRefused, match="pas de refus à contester"):
        filing(Life().acknowledged())
    with pytest.raises(MoveRefused):
        filing(silent().proposed("grant").signed())


def test_the_reasons_given_are_what_a_silence_is_contested_from():
    life = silent().reasons_asked().reasons_written().reasons_signed()

    assert filing(life).contested_on == clock.today()


def test_two_people_reject_and_the_court_is_open_for_two_months():
    life = refused().appealed().rejection_written()

    appeal = signing(life)

    assert (appeal.outcome, appeal.settled_by_id) == ("rejected", life.signatory.pk)
    with acting(life.applicant.pk):
        text = rendering.page(Letter.objects.get(kind="appeal"))
        newest = timeline(life.dossier.pk)[0]
    assert newest.kind == "case_appeal_rejected"
    assert GROUNDS["grounds_fact"] in text
    assert "saisir le tribunal administratif" in text
    assert life.case.state == CaseState.REFUSED
    with pytest.raises(MoveRefused, match="n’attend pas de réponse"):
        signing(life)


def test_who_wrote_the_rejection_does_not_sign_it():
    life = refused().appealed()
    both = agent(Role.REVIEWER.value, Role.SIGNATORY.value)
    life.rejection_written(both)

    with pytest.raises(PermissionDenied):
        signing(life, both)
    with pytest.raises(PermissionDenied):
        signing(life, life.supervisor)


def test_a_rejection_sent_back_is_not_signed_and_may_be_accepted_instead():
    life = refused().appealed().rejection_written()
    with acting_for(life.signatory) as act:
        appeal = Appeal.objects.get(case_id=life.id)
        sending = {"note": "Il a raison.", "at": act.now, "seen": appeal.written_at}
        appealing.send_rejection_back(appeal_id=appeal.pk, actor=life.signatory, **sending)

    with pytest.raises(MoveRefused, match="relisez"):
        signing(life)
    assert JournalLine.objects.filter(act="appeal.rejection_sent_back").count() == 1
    assert accepting(life).outcome == "accepted"


def test_a_rejection_written_again_is_read_again():
    life = refused().appealed()
    with pytest.raises(MoveRefused, match="relisez"):
        signing(life, seen=None)

    life.rejection_written()
    with life.desk():
        seen = Appeal.objects.get().written_at
    with pytest.raises(MoveRefused, match="relisez"):
        signing(life, seen=seen - dt.timedelta(seconds=1))


@pytest.mark.parametrize("outcome", ["refuse", "close"])
def test_an_accepted_appeal_reopens_the_case(outcome):
    life = refused(outcome).appealed()

    appeal = accepting(life)

    assert appeal.outcome == "accepted"
    assert life.case.state == CaseState.UNDER_REVIEW
    assert view(life).may_file is False
    with acting(life.applicant.pk):
        kinds = {line.kind for line in timeline(life.dossier.pk)}
        assert not Letter.objects.filter(kind="decision", revoked_at=None).exists()
    assert "case_appeal_accepted" in kinds


def test_an_acceptance_on_a_page_that_is_old_changes_nothing():
    life = refused().appealed()

    with pytest.raises(CaseHasMoved):
        accepting(life, seen=1)

    with life.desk():
        assert Appeal.objects.get().settled_at is None
    assert life.case.state == CaseState.REFUSED


def test_a_silence_has_no_decision_to_withdraw():
    life = silent().appealed()

    with pytest.raises(MoveRefused, match="proposez une décision"):
        accepting(life)
    with pytest.raises(PermissionDenied):
        accepting(life, life.reviewer)


def test_an_appeal_against_a_decision_that_was_withdrawn_has_no_object(as_role):
    life = refused().appealed()
    life._do(life.supervisor, deciding.reopen, reason="Erreur.")
    decided = silent().appealed().proposed("refuse").signed()

    for moot in (life, decided):
        with pytest.raises(MoveRefused, match="n’attend pas de réponse"):
            moot.rejection_written()
    assert "sans objet" in view(life).appeals[0].words
    assert raised(as_role, 200) == 0
    with life.desk():
        assert not open_appeals().exists()


def recording(life, person=None, number="2600001"):
    person = person or life.supervisor
    with acting_for(person) as act:
        return appealing.record_contentious(
            case_id=life.id, court_number=number, text="", actor=person, at=act.now
        )


def test_the_office_records_a_court_case_once():
    life = refused()

    assert recording(life).due_on is None
    with pytest.raises(DomainRefusal, match="déjà enregistré"):
        recording(life)
    with pytest.raises(PermissionDenied):
        recording(life, life.reviewer)
    with pytest.raises(MoveRefused):
        recording(Life())
    assert "2600001" in view(life).appeals[0].words


def raised(as_role, days):
    with as_role("worker"), acting(None, scope="system") as act:
        return alarms.raise_answers(at=act.now + dt.timedelta(days=days))


def test_an_appeal_whose_day_is_near_alarms_until_it_is_settled(as_role):
    life = refused().appealed()
    days = (deadlines.add_months(clock.today(), 2) - clock.today()).days

    assert [raised(as_role, days - left) for left in (4, 3, 0)] == [0, 1, 0]
    with life.desk():
        assert Alarm.objects.get().rule == "appeal-silence"
        assert open_alarms().count() == 1

    life.rejection_written()
    signing(life)
    with life.desk():
        assert open_alarms().count() == 0


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("set text = 'autre'", "is never changed"),
        ("set due_on = due_on + 30", "is never changed"),
        ("set outcome = 'rejected'", "a_settled_appeal_says_how_and_by_whom|reasoned"),
        (
            "set outcome = 'rejected', settled_at = now(), settled_by_id = written_by_id,"
            " letter_id = gen_random_uuid()",
            "who_signs_a_rejection_has_not_written_it",
        ),
        (
            "set outcome = 'rejected', settled_at = now(), settled_by_id = applicant_id,"
            " grounds_law = '', letter_id = gen_random_uuid()",
            "a_rejected_appeal_is_reasoned_signed_and_sent",
        ),
    ],
)
def test_the_database_keeps_appeals(statement, why):
    life = refused().appealed().rejection_written()

    with (
        pytest.raises((DatabaseError, IntegrityError), match=why),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update workflows_appeal {statement}")


def test_a_settled_appeal_is_never_changed():
    life = refused().appealed()
    accepting(life)

    with (
        pytest.raises(DatabaseError, match="never changed"),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update workflows_appeal set outcome = 'rejected'")
