"""Moving a case: who may, which facts, what is recorded, and what a refusal leaves."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.accounts.enums import Role
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.api import Letter, timeline
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed
from tests.factories.workflows import Life, agent
from workflows.enums import CaseState
from workflows.models import CardOrder, Case, Step
from workflows.services.moves import CaseHasMoved, MoveRefused, advance, lock_case

pytestmark = pytest.mark.django_db


def steps_of(life):
    with life.desk():
        steps = Step.objects.filter(case_id=life.id).order_by("number")
        return list(steps.values_list("move", "source", "target", "role"))


def move(life, person, name, **facts):
    with acting_for(person) as act:
        return advance(case_id=life.id, move=name, actor=person, at=act.now, **facts)


def test_filing_opens_the_case_and_routes_it():
    life = Life()

    assert steps_of(life) == [
        ("open", "", "filed", "system"),
        ("route", "filed", "received", "system"),
    ]
    assert (life.case.state, life.case.prefecture_code) == (CaseState.RECEIVED, "75")


def test_the_whole_life_of_a_renewal():
    life = Life().acknowledged().proposed().signed().card_ready().handed_over()

    assert [row[0] for row in steps_of(life)] == [
        "open",
        "route",
        "acknowledge",
        "propose",
        "grant",
        "start_production",
        "mark_card_ready",
        "hand_over",
    ]
    assert life.case.ended_at is not None


def test_a_grant_that_makes_no_card_is_recorded_and_calls_nobody():
    answers = {"wants_card": False, "title_ends_on": "2029-02-28"}
    dossier = filed(UserFactory(), "address-change", **answers)
    life = Life(office="69", dossier=dossier).acknowledged().proposed(months=None).signed()

    with life.desk():
        orders = CardOrder.objects.filter(case_id=life.id).count()
        letter = Letter.objects.get(kind="decision").context
    with acting(life.applicant.pk):
        said = [line.kind for line in timeline(life.dossier.pk)]
    assert [row[0] for row in steps_of(life)][-2:] == ["grant", "record"]
    assert (life.case.state, orders) == (CaseState.RECORDED, 0)
    assert life.case.ended_at is not None
    assert (letter["no_card"], letter["must_come_first"]) == (True, False)
    assert "case_record" in said


def test_the_database_makes_no_card_of_what_makes_none():
    life = Life().granted()

    with (
        life.desk(),
        pytest.raises(IntegrityError, match="a_card_is_made_where_the_procedure_makes_one"),
        transaction.atomic(),
    ):
        Case.objects.filter(pk=life.id).update(makes_card=False)


def test_the_whole_life_of_a_first_request_goes_through_biometrics():
    life = Life(procedure="spouse-of-french-first").granted()

    assert life.case.state == CaseState.BIOMETRICS_DUE
    assert life.prints_taken().case.state == CaseState.IN_PRODUCTION


def test_a_step_says_who_when_and_on_which_filing():
    life = Life().acknowledged()

    with life.desk() as act:
        step = Step.objects.get(case_id=life.id, move="acknowledge")
    assert (step.number, step.actor_id, step.role, step.office_code) == (
        3,
        life.reviewer.pk,
        "reviewer",
        "75",
    )
    assert (step.submission_number, step.at) == (1, act.now)


def test_a_move_writes_the_journal_and_the_timeline():
    life = Life().acknowledged()

    line = JournalLine.objects.get(act="case.acknowledge", dossier_id=life.dossier.pk)
    assert (line.actor_id, line.prefecture_code, line.facts["step"]) == (life.reviewer.pk, "75", 3)
    with acting(life.applicant.pk):
        newest = timeline(life.dossier.pk)[0]
    assert (newest.kind, newest.by_role) == ("case_acknowledge", "reviewer")
    assert life.reviewer.display_name not in newest.who


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.COUNTER_AGENT, Role.SUPERVISOR])
def test_only_a_reviewer_acknowledges(role):
    life = Life()

    with pytest.raises(PermissionDenied):
        move(life, agent(role.value), "acknowledge")

    assert steps_of(life)[-1][0] == "route"


def test_another_office_does_not_even_find_the_case():
    life = Life()

    with pytest.raises(Case.DoesNotExist):
        move(life, agent(office="34"), "acknowledge")


def test_nobody_acts_under_a_role_they_do_not_hold():
    life = Life()

    with pytest.raises(PermissionDenied):
        move(life, life.reviewer, "acknowledge", role="supervisor")


def test_the_portal_does_not_review():
    life = Life()

    with life.desk() as act, pytest.raises(PermissionDenied):
        advance(case_id=life.id, move="acknowledge", actor=None, at=act.now)


def test_an_agent_does_not_withdraw_for_the_person():
    life = Life()

    with pytest.raises(PermissionDenied):
        move(life, life.reviewer, "withdraw")


def test_a_wrong_state_says_who_moved_the_case():
    life = Life().acknowledged()

    with pytest.raises(CaseHasMoved) as refusal:
        move(life, life.reviewer, "acknowledge")

    (sentence,) = refusal.value.reasons
    assert "Déclarer le dossier complet" in sentence
    assert "Agent instructeur" in sentence
    assert life.reviewer.display_name not in sentence


def test_a_page_that_is_too_old_is_refused_even_when_the_move_is_possible():
    life = Life()
    before = len(steps_of(life))

    with pytest.raises(CaseHasMoved):
        move(life, life.reviewer, "acknowledge", seen=1)

    assert len(steps_of(life)) == before


def test_failing_facts_give_their_sentences():
    life = Life().acknowledged().proposed("refuse")

    with pytest.raises(MoveRefused) as refusal:
        move(life, life.signatory, "grant", title_starts_on=None, title_ends_on=None)

    assert refusal.value.reasons == ["La proposition n’est pas une décision favorable."]


def test_a_listener_that_fails_undoes_the_move(monkeypatch):
    life = Life().acknowledged().proposed("refuse")
    before = steps_of(life)

    def fail(**_):
        raise ZeroDivisionError

    monkeypatch.setattr("workflows.events.decision_served.announce", fail)
    with pytest.raises(ZeroDivisionError):
        life.signed()

    assert steps_of(life) == before
    assert life.case.state == CaseState.DECISION_PROPOSED


def test_a_move_takes_five_statements_and_no_savepoint():
    life = Life()
    move(life, life.reviewer, "acknowledge")  # the office's name and the posts are read once

    other = Life()
    with acting_for(other.reviewer) as act, CaptureQueriesContext(connection) as sent:
        advance(case_id=other.id, move="acknowledge", actor=other.reviewer, at=act.now)

    assert [query["sql"].split()[0].lower() for query in sent] == [
        "select",
        "update",
        "insert",
        "insert",
        "insert",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_case_moves_only_inside_a_transaction():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        advance(case_id=uuid4(), move="acknowledge", actor=None, at=None)


def test_the_case_and_its_dossier_are_held_in_one_statement_the_dossier_first():
    life = Life()

    with life.desk(), CaptureQueriesContext(connection) as sent:
        held = lock_case(life.id)

    assert held == life.case
    assert len(sent) == 1
    assert sent[0]["sql"].endswith("for no key update of d for update of c")
