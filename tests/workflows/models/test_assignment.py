"""What the database itself says of assignments, whatever the code above it does."""

import pytest
from django.db import DatabaseError, IntegrityError, connection

from portal.accounts.api import set_contacts
from portal.accounts.enums import Role
from portal.core.door import acting
from tests.factories.accounts import as_worker
from tests.factories.workflows import Life, agent

pytestmark = pytest.mark.django_db

ASSIGN = """
insert into workflows_assignment (id, dossier_id, applicant_id, prefecture_code, case_id, agent_id,
    why, made_by_id, ended_why, note)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, id, %s, 'routed', null, '', ''
    from workflows_case
"""
PROPOSE = """
insert into workflows_proposal (id, dossier_id, applicant_id, prefecture_code, case_id, outcome,
    grounds_law, grounds_fact, submission_number, proposed_by_id, settled_how, sent_back_note)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, id, 'close', 'x', 'y', 1, %s,
    '', '' from workflows_case
"""
DECIDE = """
insert into workflows_decision (id, dossier_id, applicant_id, prefecture_code, case_id, proposal_id,
    step_id, outcome, proposer_id, signer_id, signer_name, signer_quality)
select gen_random_uuid(), p.dossier_id, p.applicant_id, p.prefecture_code, p.case_id, p.id,
    (select id from workflows_step where case_id = p.case_id and number = 1), p.outcome,
    p.proposed_by_id, %s, '', '' from workflows_proposal p
"""
STEP = """
insert into workflows_step (id, dossier_id, applicant_id, prefecture_code, case_id, number, move,
    source, target, role, office_code, reason, submission_number, clears, actor_id)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, id, 3, 'acknowledge',
    'received', 'under_review', 'reviewer', prefecture_code, '', 1, false, %s from workflows_case
"""
END = "update workflows_assignment set until = portal_now(), ended_why = 'closed'"


def sql(life, *statements):
    """Run statements with the office's rights, and check what waits for the commit."""
    with life.desk(), connection.cursor() as cursor:
        for statement, *values in statements:
            cursor.execute(statement, values)
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def close_to(life, person):
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(person, at=act.now, emails=[life.applicant.email])


def test_a_case_has_one_open_assignment():
    life = Life()

    with pytest.raises(IntegrityError, match="a_case_has_one_open_assignment"):
        sql(life, (ASSIGN, agent().pk))


def test_a_case_names_nobody_without_an_open_assignment():
    life = Life()

    with pytest.raises(IntegrityError, match="a_reviewer_has_an_open_assignment"):
        sql(life, (END,))
    sql(life, (END,), ("update workflows_case set reviewer_id = null",))
    with pytest.raises(IntegrityError, match="a_reviewer_has_an_open_assignment"):
        sql(life, ("update workflows_case set reviewer_id = %s", agent().pk))


def test_the_name_on_the_case_is_not_changed_alone():
    life = Life()

    with pytest.raises(IntegrityError, match="open_assignment"):
        sql(life, ("update workflows_case set reviewer_id = %s", agent().pk))


def test_an_open_assignment_is_written_on_its_case():
    life = Life()

    with pytest.raises(IntegrityError, match="an_open_assignment_is_its_cases_reviewer"):
        sql(life, ("update workflows_case set reviewer_id = null",))


def test_an_assignment_and_its_case_change_together():
    life = Life()

    sql(life, (END,), ("update workflows_case set reviewer_id = null",))

    assert life.case.reviewer_id is None


@pytest.mark.parametrize(("role", "office"), [(Role.REVIEWER, "34"), (Role.SIGNATORY, "75")])
def test_a_case_goes_to_a_reviewer_of_its_office(role, office):
    life = Life()

    with pytest.raises(IntegrityError, match="goes to a reviewer of its office"):
        sql(life, (END,), (ASSIGN, agent(role.value, office=office).pk))


@pytest.mark.parametrize(
    "change",
    [
        "agent_id = made_by_id",
        "why = 'taken'",
        "since = since - interval '1 day'",
        "case_id = gen_random_uuid()",
    ],
)
def test_an_assignment_is_never_rewritten(change):
    life = Life()

    with pytest.raises(IntegrityError, match="never changed"):
        sql(life, (f"update workflows_assignment set {change}",))


def test_an_assignment_that_ended_stays_ended():
    life = Life()
    sql(life, (END,), ("update workflows_case set reviewer_id = null",))

    with pytest.raises(IntegrityError, match="never changed"):
        sql(life, ("update workflows_assignment set until = null, ended_why = ''",))
    with pytest.raises(DatabaseError, match="permission denied"):
        sql(life, ("delete from workflows_assignment",))


@pytest.mark.parametrize("statement", [STEP, PROPOSE])
def test_nobody_else_reviews_a_case(statement):
    life = Life()

    with pytest.raises(IntegrityError, match="assigned to somebody else"):
        sql(life, (statement, agent().pk))


def test_nobody_receives_the_case_of_somebody_close_to_them():
    life = Life()
    close = agent()
    close_to(life, close)

    with pytest.raises(IntegrityError, match="share an address, a phone or an e-mail"):
        sql(life, (END,), (ASSIGN, close.pk))


def test_nobody_proposes_for_somebody_close_to_them():
    life = Life()
    close_to(life, life.reviewer)

    with pytest.raises(IntegrityError, match="share an address, a phone or an e-mail"):
        sql(life, (PROPOSE, life.reviewer.pk))


def test_nobody_signs_for_somebody_close_to_them():
    life = Life().acknowledged().proposed("refuse")
    close_to(life, life.signatory)

    with pytest.raises(IntegrityError, match="share an address, a phone or an e-mail"):
        sql(life, (DECIDE, life.signatory.pk))


def test_nobody_makes_a_step_for_somebody_close_to_them():
    life = Life()
    close_to(life, life.reviewer)

    with pytest.raises(IntegrityError, match="share an address, a phone or an e-mail"):
        sql(life, (STEP, life.reviewer.pk))


def test_only_a_case_in_review_has_a_reviewer():
    life = Life().acknowledged().proposed("refuse").signed()

    with pytest.raises(IntegrityError, match="only_a_case_in_review_has_a_reviewer"):
        sql(life, ("update workflows_case set reviewer_id = %s", life.reviewer.pk))


def test_assignments_are_seen_by_their_office_and_their_person_only():
    life = Life()

    def count(actor, offices=()):
        with acting(actor, prefectures=offices), connection.cursor() as cursor:
            cursor.execute("select count(*) from workflows_assignment")
            return cursor.fetchone()[0]

    assert count(life.reviewer.pk, ["75"]) > 0
    assert count(life.applicant.pk) > 0
    assert count(agent(office="34").pk, ["34"]) == 0
    assert count(None) == 0
