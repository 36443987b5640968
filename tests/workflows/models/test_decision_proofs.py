"""What the database itself refuses of a decision: its checklist, its reason, its power."""

import dataclasses
import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection

from portal.core import clock
from portal.core.door import acting
from tests.factories import dossiers as files
from tests.factories.accounts import as_worker
from tests.factories.workflows import Life, agent, applicant, empower
from tests.workflows.models.test_proofs import sql
from workflows.models import Decision
from workflows.services import checking, deciding, opinions
from workflows.services.moves import MoveRefused

pytestmark = pytest.mark.django_db
SPOUSE = "spouse-of-french-first"


def at_commit():
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def forge(life, monkeypatch, outcome, checks):
    """Propose with these rows whatever the service thinks of them."""
    monkeypatch.setattr(checking, "_faults", lambda line, checked: [])
    monkeypatch.setattr(checking, "_contradictions", lambda case, outcome, rows: [])
    draft = dataclasses.replace(life.draft(outcome), checks=checks)
    with life.desk() as act:
        seen = life.case.last_step
        deciding.propose(case_id=life.id, draft=draft, actor=life.reviewer, at=act.now, seen=seen)
        at_commit()


def test_a_grant_with_a_check_not_met_is_refused(monkeypatch):
    life = Life().acknowledged()

    with pytest.raises(IntegrityError, match="a grant has every applicable check met"):
        forge(life, monkeypatch, "grant", life.draft("refuse").checks)


def test_a_refusal_with_every_check_met_is_refused(monkeypatch):
    life = Life().acknowledged()

    with pytest.raises(IntegrityError, match="a refusal has at least one check not met"):
        forge(life, monkeypatch, "refuse", life.draft("grant").checks)


def test_a_proposal_without_all_its_checks_is_refused(monkeypatch):
    life = Life().acknowledged()
    monkeypatch.setattr(checking, "keep", lambda rows, proposal: None)

    with pytest.raises(IntegrityError, match="7 checks of the procedure have no answer"):
        forge(life, monkeypatch, "grant", life.draft("grant").checks)


ADD_CHECK = """
insert into workflows_checkresult (id, dossier_id, applicant_id, prefecture_code, case_id,
    proposal_id, position, code, answer, by_rule, note)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, {case}, id, 9, 'late', 'met',
    false, '' from workflows_proposal
"""


def test_a_check_is_written_with_its_proposal_and_never_later(move_clock):
    life = Life().acknowledged().proposed("refuse")
    move_clock(dt.timedelta(minutes=1))

    with pytest.raises(IntegrityError, match="at no other moment"):
        sql(life, ADD_CHECK.format(case="case_id"))


def test_a_check_belongs_to_the_case_of_its_proposal():
    life, other = Life().acknowledged().proposed("refuse"), Life()

    with pytest.raises(IntegrityError, match="a_check_is_of_its_case"):
        sql(life, ADD_CHECK.format(case=f"'{other.id}'::uuid"))


@pytest.mark.parametrize("change", ["answer = 'met'", "note = 'x'", "by_rule = true"])
def test_a_check_is_never_changed(change):
    life = Life().acknowledged().proposed("refuse")

    with pytest.raises(DatabaseError, match="is never changed"):
        sql(life, f"update workflows_checkresult set {change}")


def test_the_paper_of_a_check_is_evidence_of_the_same_dossier():
    owner = applicant()
    numbers = {"passport_number": "ZZ000778", "foreigner_number": "9900000778"}
    other = files.filed(owner, commune="75115", postcode="75015", **numbers)
    with acting(owner.pk):
        foreign = other.evidence.order_by("pk").first().file_id
    life = Life().acknowledged()
    statement = ADD_CHECK.format(case="case_id").replace("note)", "note, paper_id)")

    life.proposed("refuse")
    with pytest.raises(IntegrityError, match="evidence of the same dossier"):
        sql(life, statement.replace("'' from", f"'', '{foreign}'::uuid from"))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("closure_code = ''", "is never changed"),
        ("title_reason = 'x'", "is never changed"),
        ("title_computed_on = now()", "is never changed"),
    ],
)
def test_the_reason_and_the_rule_of_a_proposal_are_never_rewritten(change, rule):
    life = Life().acknowledged().proposed("close")

    with pytest.raises(DatabaseError, match=rule):
        sql(life, f"update workflows_proposal set {change}")


INSERT_PROPOSAL = """
insert into workflows_proposal (id, dossier_id, applicant_id, prefecture_code, case_id, outcome,
    grounds_law, grounds_fact, submission_number, proposed_by_id, settled_how, sent_back_note,
    closure_code, title_article, title_category, title_reason, title_starts_on, title_ends_on,
    title_computed_on)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, id, {values}
from workflows_case
"""
GRANTED = "'grant', 'a', 'b', 1, {me}, '', '', '', '', '', '', '2027-01-01', '2027-12-31'"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        (
            "'close', 'a', 'b', 1, {me}, '', '', '', '', '', '', null, null, null",
            "a_closure_has_its_coded_reason",
        ),
        (
            "'refuse', 'a', 'b', 1, {me}, '', '', 'close-x', '', '', '', null, null, null",
            "a_closure_has_its_coded_reason",
        ),
        (
            "'refuse', 'a', 'b [… x]', 1, {me}, '', '', '', '', '', '', null, null, null",
            "what_a_ground_leaves_to_write_is_written",
        ),
        (GRANTED + ", '2028-12-31'", "a_title_of_another_length_says_why"),
    ],
)
def test_an_unreasoned_proposal_is_refused(values, constraint):
    life = Life().acknowledged()

    with pytest.raises(IntegrityError, match=constraint):
        sql(life, INSERT_PROPOSAL.format(values=values.format(me=life.reviewer.pk)))


def forge_signature(life, monkeypatch, power):
    """Sign with this power, whatever the guards think of it."""
    monkeypatch.setattr("workflows.services.deciding.power_to_sign", lambda case, person: power)
    monkeypatch.setattr("workflows.services.moves._check_power", lambda case, plan, actor: None)
    life.signed()


@pytest.mark.parametrize(
    "facts",
    [
        {"acts": ("grant",)},
        {"families": ("first",)},
        {"until": dt.date(2021, 1, 1)},
        {"starts_on": dt.date(2090, 1, 1)},
    ],
)
def test_a_signature_that_no_delegation_covers_is_refused(monkeypatch, facts):
    life = Life().acknowledged().proposed("refuse")
    power = empower(life.signatory, "75", **facts)

    with pytest.raises(IntegrityError, match="no delegation in force covers this signature"):
        forge_signature(life, monkeypatch, power)


def test_the_delegation_of_another_person_or_office_signs_nothing(monkeypatch):
    life = Life().acknowledged().proposed("refuse")
    for power in (
        empower(agent("signatory"), "75"),
        empower(agent("signatory", office="34"), "34"),
    ):
        with pytest.raises(IntegrityError, match="holds_the_delegation|no delegation in force"):
            forge_signature(life, monkeypatch, power)


def test_the_web_writes_no_delegation():
    life = Life()
    wanted = "insert into workflows_signingdelegation (id) values (gen_random_uuid())"

    with pytest.raises(DatabaseError, match="permission denied"):
        sql(life, wanted)
    with pytest.raises(DatabaseError, match="permission denied"):
        sql(life, "update workflows_signingdelegation set ends_on = null")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("acts = '{grant}'", "is never changed"),
        ("quality = 'x'", "is never changed"),
        ("ends_on = '2021-01-01'", "only shortened"),
        ("ends_on = null", "only shortened"),
    ],
)
def test_a_delegation_is_only_shortened(change, words):
    person = agent()
    person = agent("signatory")
    empower(person, "75", until=clock.today() + dt.timedelta(days=30))

    with (
        pytest.raises(DatabaseError, match=words),
        acting(None, prefectures=["75"]),
        as_worker(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update workflows_signingdelegation set {change} where ends_on is not null")


def spouse(*, heard=True, move_clock=None):
    life = Life(procedure=SPOUSE).acknowledged()
    if heard:
        asked(life)
        move_clock(dt.timedelta(days=20))
        life._do(life.reviewer, opinions.receive_opinion, answer="unfavourable", text="Non.")
    return life.proposed("refuse")


def asked(life, days=20):
    with life.desk() as act:
        day = clock.legal_day(act.now)
    return life._do(
        life.reviewer,
        opinions.ask_opinion,
        kind="residence_board",
        question="Refus envisagé.",
        due_on=day + dt.timedelta(days=30),
        hearing_on=day + dt.timedelta(days=days),
        hearing_place="9 h, salle 1",
    )


def test_a_refusal_is_not_signed_before_the_board_is_heard(monkeypatch):
    life = spouse(heard=False)

    with pytest.raises(MoveRefused, match="commission du titre de séjour"):
        life.signed()
    monkeypatch.setattr("workflows.guards.the_board_was_heard.__code__", _always.__code__)
    with pytest.raises(IntegrityError, match="the residence board was not heard"):
        life.signed()


def _always(case):
    return True


def test_a_refusal_is_signed_once_the_board_is_heard(move_clock):
    life = spouse(move_clock=move_clock).signed()

    with life.desk():
        assert Decision.objects.get().outcome == "refuse"


def test_a_grant_needs_no_board():
    assert Life(procedure=SPOUSE).granted().case.state == "biometrics_due"


def test_a_board_hears_fifteen_days_after_its_summons():
    life = Life(procedure=SPOUSE).acknowledged()

    with pytest.raises(MoveRefused, match="quinze jours"):
        asked(life, days=13)
    asked(life)
    with pytest.raises(DatabaseError, match="never changed"):
        sql(life, "update workflows_opinion set hearing_on = hearing_on + 1")
    forged = INSERT_OPINION.format(hearing="current_date + 3", kind="residence_board")
    with pytest.raises(IntegrityError, match="fifteen_days_after_its_summons"):
        sql(life, forged)
    with pytest.raises(IntegrityError, match="the_residence_board_alone_hears_the_person"):
        sql(life, INSERT_OPINION.format(hearing="current_date + 30", kind="school"))


INSERT_OPINION = """
insert into workflows_opinion (id, dossier_id, applicant_id, prefecture_code, case_id, kind,
    question, due_on, hearing_on, asked_by_id, answer, text, settled_at)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, case_id, '{kind}', '',
    current_date, {hearing}, asked_by_id, 'none', '', now() from workflows_opinion
"""


def test_what_was_taken_back_is_never_given_again():
    life = Life().acknowledged().proposed("refuse").signed()
    life._do(life.supervisor, deciding.reopen, reason="Erreur.")

    for table, column in (
        ("workflows_decision", "revoked_at"),
        ("correspondence_letter", "revoked_at"),
    ):
        with pytest.raises(IntegrityError, match="is set once"):
            sql(life, f"update {table} set {column} = null where {column} is not null")


def test_a_file_removed_and_an_access_taken_back_stay_so():
    life = Life()
    for table, column in (("vault_accessgrant", "revoked_at"), ("vault_storedfile", "removed_at")):
        with life.desk(), connection.cursor() as cursor:
            cursor.execute("select tgname from pg_trigger where tgrelid = %s::regclass", [table])
            assert f"{column}_is_set_once" in {name for (name,) in cursor.fetchall()}
    sql(life, "update vault_accessgrant set revoked_at = now() where revoked_at is null")
    with pytest.raises(IntegrityError, match="is set once"):
        sql(life, "update vault_accessgrant set revoked_at = null")
