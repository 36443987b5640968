"""Who may make which move: every role, of this office and of another, on every move."""

from types import SimpleNamespace

import pytest

from portal.accounts.enums import POST_ROLES, Role
from workflows import guards
from workflows.enums import SYSTEM, Outcome
from workflows.rules import is_somebody_elses, may_give_away, role_for
from workflows.table import moves, rule_of

NAMES = sorted({name for name, _s, _t, _p in moves()})
WHO = {
    "route": {"supervisor", "system"},
    "ask_completion": {"reviewer"},
    "receive_completion": {"applicant", "system"},
    "ask_supply": {"reviewer"},
    "receive_supply": {"applicant"},
    "receive_amendment": {"applicant"},
    "confirm_supply": {"reviewer"},
    "acknowledge": {"reviewer"},
    "ask_opinion": {"reviewer"},
    "receive_opinion": {"reviewer"},
    "propose": {"reviewer"},
    "send_back": {"signatory"},
    "grant": {"signatory"},
    "refuse": {"signatory"},
    "close": {"signatory"},
    "start_production": {"system"},
    "require_biometrics": {"system"},
    "take_biometrics": {"counter_agent"},
    "mark_card_ready": {"system"},
    "record": {"system"},
    "hand_over": {"counter_agent"},
    "withdraw": {"applicant"},
    "reroute": {"reviewer", "supervisor", "system"},
    "reopen": {"supervisor"},
    "retract": {"signatory"},
    "archive": {"system"},
    "transfer": {"system"},
    "transfer_visit": {"system"},
}
OWNER, PROPOSER, ASSIGNED = 1, 2, 9
CASE = SimpleNamespace(
    applicant_id=OWNER,
    proposed_by_id=PROPOSER,
    reviewer_id=ASSIGNED,
    prefecture_code="75",
    contact_keys=["a", "b"],
    typists=[],
)


def person(*roles, pk=ASSIGNED, office="75", lives_by=()):
    return SimpleNamespace(
        pk=pk,
        roles=frozenset(map(str, roles)),
        prefectures=(office,),
        contact_keys=frozenset(lives_by),
    )


PEOPLE = {
    SYSTEM: None,
    "applicant": person(Role.APPLICANT, pk=OWNER),
    **{role.value: person(role) for role in POST_ROLES},
}


def test_the_table_names_every_move():
    assert sorted(WHO) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_exactly_these_roles_make_the_move(name):
    found = {who: role_for(rule_of(name), CASE, one) for who, one in PEOPLE.items()}

    assert found == {who: who if who in WHO[name] else None for who in PEOPLE}
    assert set(rule_of(name).roles) == WHO[name]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "route"])
@pytest.mark.parametrize("role", POST_ROLES)
def test_nobody_of_another_office_makes_it(name, role):
    assert role_for(rule_of(name), CASE, person(role, office="34")) is None


@pytest.mark.parametrize("name", NAMES)
def test_another_applicant_makes_no_move(name):
    assert role_for(rule_of(name), CASE, person(Role.APPLICANT, pk=3)) is None


@pytest.mark.parametrize("name", ["send_back", "grant", "refuse", "close"])
def test_who_proposed_does_not_answer_the_proposal(name):
    both = person(Role.REVIEWER, Role.SIGNATORY, pk=PROPOSER)

    assert role_for(rule_of(name), CASE, both) is None


def test_of_two_roles_the_one_that_may_is_written():
    both = person(Role.SIGNATORY, Role.REVIEWER)

    assert role_for(rule_of("acknowledge"), CASE, both) == "reviewer"
    assert role_for(rule_of("grant"), CASE, both) == "signatory"


@pytest.mark.parametrize("name", [name for name in NAMES if WHO[name] == {"reviewer"}])
def test_a_reviewer_to_whom_the_case_was_not_given_does_not_review_it(name):
    colleague = person(Role.REVIEWER, pk=4)

    assert role_for(rule_of(name), CASE, colleague) is None
    assert is_somebody_elses(rule_of(name), CASE, colleague)
    assert not is_somebody_elses(rule_of(name), CASE, person(Role.REVIEWER))
    assert not is_somebody_elses(rule_of(name), CASE, person(Role.REVIEWER, pk=4, office="34"))


def test_a_colleague_does_not_reroute_and_a_supervisor_does():
    both = person(Role.REVIEWER, Role.SUPERVISOR, pk=4)

    assert role_for(rule_of("reroute"), CASE, person(Role.REVIEWER, pk=4)) is None
    assert role_for(rule_of("reroute"), CASE, both) == "supervisor"


def test_who_shares_a_contact_does_not_send_the_case_elsewhere_nor_reopen_it():
    close = person(Role.SUPERVISOR, lives_by="b")

    for name in ("route", "reroute", "reopen"):
        assert role_for(rule_of(name), CASE, close) is None
    assert not may_give_away(CASE, close)
    assert may_give_away(CASE, person(Role.SUPERVISOR))


@pytest.mark.parametrize("name", ["send_back", "grant", "refuse", "close"])
def test_who_shares_a_contact_with_the_person_does_not_answer_the_proposal(name):
    assert role_for(rule_of(name), CASE, person(Role.SIGNATORY, lives_by="b")) is None
    assert role_for(rule_of(name), CASE, person(Role.SIGNATORY, lives_by="c")) == "signatory"


FACTS = {
    "completion_request_id": None,
    "opinion_id": None,
    "proposed_outcome": "",
    "proposed_submission": 1,
    "submission_number": 1,
    "prints_on_record": True,
    "card_ordered_at": None,
}


@pytest.mark.parametrize(
    ("fact", "holds", "fails"),
    [
        (guards.no_open_completion_request, {}, {"completion_request_id": 1}),
        (guards.a_completion_request_is_open, {"completion_request_id": 1}, {}),
        (guards.no_awaited_opinion, {}, {"opinion_id": 1}),
        (guards.an_opinion_is_awaited, {"opinion_id": 1}, {}),
        (guards.a_grant_is_proposed, {"proposed_outcome": Outcome.GRANT}, {}),
        (guards.a_refusal_is_proposed, {"proposed_outcome": Outcome.REFUSE}, {}),
        (guards.a_closure_is_proposed, {"proposed_outcome": Outcome.CLOSE}, {}),
        (guards.nothing_new_since_the_proposal, {}, {"submission_number": 2}),
        (guards.prints_are_usable, {}, {"prints_on_record": False}),
        (guards.prints_must_be_taken, {"prints_on_record": False}, {}),
        (guards.the_card_is_ordered, {"card_ordered_at": 1}, {}),
    ],
)
def test_a_fact_holds_or_not(fact, holds, fails):
    assert fact(SimpleNamespace(**FACTS | holds))
    assert not fact(SimpleNamespace(**FACTS | fails))
