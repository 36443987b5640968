"""What the database itself refuses, whatever the code above it does."""

from datetime import date

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InternalError,
    ProgrammingError,
    connection,
    transaction,
)

from portal.core.door import acting
from tests.factories.workflows import Life, agent, answered
from workflows.models import Case, Decision, Step
from workflows.services.moves import advance
from workflows.services.opinions import receive_opinion

pytestmark = pytest.mark.django_db


def sql(life, statement, *values):
    """Run one statement with the office's rights, and check what waits for the commit."""
    with life.desk(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def test_a_state_without_its_step_is_refused():
    life = Life()

    with pytest.raises(IntegrityError, match="the_state_is_proven_by_the_last_step"):
        sql(life, "update workflows_case set state = 'under_review', complete_at = now()")


def test_a_signed_move_without_its_decision_is_refused():
    life = Life().acknowledged().proposed()

    def forge():
        with life.desk(life.signatory) as act, connection.cursor() as cursor:
            dates = {"title_starts_on": date(2027, 1, 1), "title_ends_on": date(2027, 12, 31)}
            advance(case_id=life.id, move="grant", actor=life.signatory, at=act.now, **dates)
            cursor.execute("set constraints all immediate")

    with pytest.raises(IntegrityError, match="no decision signed by its actor"):
        forge()


def test_a_jump_is_refused():
    life = Life()

    with pytest.raises((InternalError, ProgrammingError), match="Invalid transition"):
        sql(life, "update workflows_case set state = 'card_ready'")


def test_a_case_begins_at_filing():
    life = Life()
    case = life.case

    with pytest.raises((InternalError, ProgrammingError), match="begins at filing"), life.desk():
        Case.objects.bulk_create([_twin(case)])


def _twin(case):
    values = {field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields}
    return Case(**values | {"id": "00000000-0000-0000-0000-000000000001", "state": "granted"})


@pytest.mark.parametrize("column", ["move", "source", "target", "reason", "role"])
def test_a_step_is_never_changed(column):
    life = Life()

    with pytest.raises(DatabaseError, match="is never changed"):
        sql(life, f"update workflows_step set {column} = 'x'")


def test_a_step_is_never_deleted():
    life = Life()

    with pytest.raises(DatabaseError, match="permission denied"):
        sql(life, "delete from workflows_step")


def test_the_time_of_a_step_is_the_databases():
    life = Life()

    with life.desk() as act:
        step = Step.objects.get(case_id=life.id, number=2)
    assert step.at == act.now


INSERT_STEP = """
insert into workflows_step (id, dossier_id, applicant_id, prefecture_code, case_id, number, move,
    source, target, role, office_code, reason, submission_number, clears, actor_id)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, id, %s, %s, %s, %s, %s,
    prefecture_code, '', 1, %s, %s from workflows_case
"""


def step(number, move, source, target, *, role="system", clears=False, actor=None):
    return [INSERT_STEP, number, move, source, target, role, clears, actor]


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        (step(3, "grant", "received", "granted"), "a_step_is_a_move_of_the_machine"),
        (step(3, "hurry", "received", "granted"), "a_step_is_a_move_of_the_machine"),
        (step(3, "grant", "decision_proposed", "granted"), "a_step_follows_the_step_before"),
        (step(9, "acknowledge", "received", "under_review"), "a_step_follows_the_step_before"),
        (step(2, "acknowledge", "received", "under_review"), "steps_of_a_case_are_numbered"),
        (
            step(3, "acknowledge", "received", "under_review", clears=True),
            "a_step_clears_as_its_move_says",
        ),
        (
            step(3, "acknowledge", "received", "under_review", role="signatory"),
            "a_step_without_a_person_is_the_portals",
        ),
    ],
)
def test_an_invented_step_is_refused(row, constraint):
    life = Life()

    with pytest.raises(IntegrityError, match=constraint):
        sql(life, *row)


def test_one_person_cannot_propose_and_sign_by_sql():
    life = Life().acknowledged().proposed("refuse")

    with pytest.raises(IntegrityError, match="who_signs_has_not_proposed"):
        sql(life, "update workflows_case set decided_by_id = proposed_by_id")


DECIDE = """
insert into workflows_decision (id, dossier_id, applicant_id, prefecture_code, case_id, proposal_id,
    step_id, outcome, proposer_id, signer_id, signer_name, signer_quality)
select gen_random_uuid(), p.dossier_id, p.applicant_id, p.prefecture_code, p.case_id, p.id,
    (select id from workflows_step where case_id = p.case_id and number = 1), p.outcome, %s, %s,
    '', '' from workflows_proposal p
"""


def test_a_decision_needs_two_people_and_names_the_true_author():
    life = Life().acknowledged().proposed("refuse")
    me, other = life.reviewer.pk, life.signatory.pk

    with pytest.raises(IntegrityError, match="two_people_make_a_decision"):
        sql(life, DECIDE, me, me)
    with pytest.raises(IntegrityError, match="a_decision_names_the_author_of_the_proposal"):
        sql(life, DECIDE, other, me)


def test_a_proposal_is_never_rewritten():
    life = Life().acknowledged().proposed("refuse")

    with pytest.raises(DatabaseError, match="is never changed"):
        sql(life, "update workflows_proposal set grounds_fact = 'autre'")


def test_an_incomplete_dossier_is_only_closed():
    life = Life()

    with pytest.raises(IntegrityError, match="an_incomplete_dossier_is_only_closed"):
        sql(life, "update workflows_case set proposed_outcome = 'grant'")


TABLES = [
    "workflows_assignment",
    "workflows_case",
    "workflows_step",
    "workflows_proposal",
    "workflows_checkresult",
    "workflows_decision",
    "workflows_opinion",
    "workflows_clockpause",
    "workflows_cardorder",
    "workflows_retraction",
    "workflows_observationinvitation",
]


@pytest.fixture
def full_life():
    life = Life().acknowledged().opinion_asked()
    with life.desk() as act:
        receive_opinion(
            case_id=life.id,
            answer="favourable",
            text="Oui.",
            actor=life.reviewer,
            at=act.now,
            seen=life.case.last_step,
        )
    return answered(life.completion_asked()).proposed().signed().retraction_proposed()


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_seen_by_their_office_and_their_person_only(full_life, table):
    def count(actor, offices=()):
        with acting(actor, prefectures=offices), connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table}")
            return cursor.fetchone()[0]

    assert count(full_life.reviewer.pk, ["75"]) > 0
    assert count(full_life.applicant.pk) > 0
    assert count(agent(office="34").pk, ["34"]) == 0
    assert count(None) == 0


@pytest.mark.parametrize("role", ["editing", "issuer"])
@pytest.mark.parametrize(
    "table",
    [
        "workflows_proposal",
        "workflows_checkresult",
        "workflows_decision",
        "workflows_signingdelegation",
        "workflows_opinion",
    ],
)
def test_the_editors_and_the_issuing_run_read_no_decision(full_life, as_role, role, table):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"select count(*) from {table}")


def test_a_decision_stays_as_it_was_signed(full_life):
    with pytest.raises(DatabaseError, match="is never changed"):
        sql(full_life, "update workflows_decision set signer_name = 'autre'")

    with full_life.desk():
        assert Decision.objects.get().signer_name == full_life.signatory.display_name


@pytest.mark.parametrize(
    "change",
    [
        "filed_at = filed_at + interval '1 day'",
        "clock_days = clock_days + 30",
        "clock_rule = 'other'",
        "dossier_number = '1'",
    ],
)
def test_the_filing_and_its_rule_of_silence_are_never_rewritten(change):
    life = Life()

    with pytest.raises(IntegrityError, match="never changed"):
        sql(life, f"update workflows_case set {change}")


@pytest.mark.parametrize("change", ["starts_on = starts_on - 1", "due_on = due_on + 30"])
def test_a_pause_of_the_clock_is_never_moved(change):
    life = Life().completion_asked()

    with pytest.raises(IntegrityError, match="never changed"):
        sql(life, f"update workflows_clockpause set {change}")


def test_an_opinion_that_was_given_is_never_rewritten():
    life = Life().acknowledged().opinion_asked()
    life._do(life.reviewer, receive_opinion, answer="unfavourable", text="Absent.")

    for change in ("answer = 'favourable'", "question = 'Autre ?'", "settled_at = null"):
        with pytest.raises(IntegrityError, match="never changed"):
            sql(life, f"update workflows_opinion set {change}")


def test_a_proposal_that_was_signed_stays_signed():
    life = Life().acknowledged().proposed().signed()

    with pytest.raises(IntegrityError, match="never changed"):
        sql(life, "update workflows_proposal set settled_at = null, settled_how = ''")
