from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.catalogue.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Not,
    evidence_for,
    holds,
    is_answered,
    meant,
    missing,
    prune,
    visible_fields,
    visible_steps,
)
from dossiers.catalogue.loader import catalogue

VALUES = {
    "choice": lambda field: st.sampled_from([option.value for option in field.options]),
    "yes_no": lambda field: st.booleans(),
    "integer": lambda field: st.integers(0, 20),
    "money": lambda field: st.integers(0, 5000),
    "date": lambda field: st.dates(date(1950, 1, 1), date(2040, 1, 1)).map(date.isoformat),
    "list": lambda field: st.just([]),  # entries are tried in test_reference.py
}


def answers_to(procedure):
    """Some answers, hidden fields and strange names included."""
    known = {
        field.name: VALUES.get(field.kind, lambda _: st.sampled_from(["", "Kowa", "75115"]))(field)
        for field in procedure.all_fields()
    }
    return st.fixed_dictionaries({}, optional={**known, "unheard_of": st.just("x")})


procedures_with_answers = st.sampled_from(sorted(catalogue())).flatmap(
    lambda code: st.tuples(st.just(catalogue()[code]), answers_to(catalogue()[code]))
)


def shown(procedure, answers):
    kept = prune(procedure, answers)
    return {field.name for step in procedure.steps for field in visible_fields(step, kept)}


@given(procedures_with_answers)
def test_pruning_twice_is_pruning_once(drawn):
    procedure, answers = drawn
    once = prune(procedure, answers)
    assert prune(procedure, once) == once


@given(procedures_with_answers)
def test_pruning_keeps_every_visible_answer_and_nothing_else(drawn):
    procedure, answers = drawn
    visible = shown(procedure, answers)
    assert prune(procedure, answers) == {
        name: value for name, value in answers.items() if name in visible
    }


@given(procedures_with_answers)
def test_pruning_leaves_the_answers_given_alone(drawn):
    procedure, answers = drawn
    before = dict(answers)
    prune(procedure, answers)
    assert answers == before


@given(procedures_with_answers)
def test_a_hidden_field_is_never_required(drawn):
    procedure, answers = drawn
    visible = shown(procedure, answers)
    asked = missing(procedure, answers)
    assert {field.name for _, field in asked} <= visible
    assert all(field.required for _, field in asked)
    assert all(field in step.fields for step, field in asked)


@given(procedures_with_answers)
def test_what_is_answered_is_not_missing(drawn):
    procedure, answers = drawn
    for _, field in missing(procedure, answers):
        assert not is_answered(answers.get(field.name))


@given(procedures_with_answers)
def test_hidden_answers_change_neither_the_evidence_nor_the_pages(drawn):
    procedure, answers = drawn
    kept = prune(procedure, answers)
    assert evidence_for(procedure, answers) == evidence_for(procedure, kept)
    assert visible_steps(procedure, answers) == visible_steps(procedure, kept)


@given(procedures_with_answers)
def test_one_proof_of_address_for_each_housing(drawn):
    procedure, answers = drawn
    kept = prune(procedure, answers)
    codes = {rule.code for rule in evidence_for(procedure, answers)}
    # what is confirmed online asks for no paper at all
    housing = kept.get("housing") if procedure.evidence else None
    assert ("proof-of-address" in codes) is (housing == "own")
    assert ("host-letter" in codes) is (housing == "hosted")
    assert ("hotel-proof" in codes) is (housing == "hotel")
    assert ("domiciliation-certificate" in codes) is (housing == "domiciled")


@pytest.mark.parametrize(
    ("operator", "operand", "answer", "expected"),
    [
        ("equals", "a", "a", True),
        ("equals", "a", "b", False),
        ("equals", True, True, True),
        ("equals", True, 1, False),
        ("equals", 1, True, False),
        ("equals", False, False, True),
        ("not_equals", "a", "b", True),
        ("not_equals", "a", "a", False),
        ("in", ("a", "b"), "b", True),
        ("in", ("a", "b"), "c", False),
        ("in", (1,), True, False),
        ("before", date(2026, 3, 1), "2026-02-28", True),
        ("before", date(2026, 3, 1), "2026-03-01", False),
        ("before", date(2026, 3, 1), date(2026, 2, 1), True),
        ("after", date(2026, 3, 1), "2026-03-02", True),
        ("after", date(2026, 3, 1), "2026-03-01", False),
        ("after", date(2026, 3, 1), "yesterday", False),
        ("filled", True, "a", True),
        ("filled", True, False, True),
        ("filled", False, "a", False),
    ],
)
def test_a_comparison(operator, operand, answer, expected):
    assert holds(Comparison("x", operator, operand), {"x": answer}) is expected


@pytest.mark.parametrize("nothing", [{}, {"x": None}, {"x": ""}])
def test_without_an_answer_only_not_filled_holds(nothing):
    day = date(2026, 1, 1)
    for operator, operand in [
        ("equals", "a"),
        ("not_equals", "a"),
        ("in", ("a",)),
        ("before", day),
        ("after", day),
        ("filled", True),
    ]:
        assert holds(Comparison("x", operator, operand), nothing) is False
    assert holds(Comparison("x", "filled", False), nothing) is True


@given(st.booleans(), st.booleans())
def test_combinations_are_those_of_logic(first, second):
    answers = {"a": first, "b": second}
    a, b = Comparison("a", "equals", True), Comparison("b", "equals", True)
    assert holds(AllOf((a, b)), answers) is (first and second)
    assert holds(AnyOf((a, b)), answers) is (first or second)
    assert holds(Not(a), answers) is (not first)
    assert [part.field for part in AllOf((a, Not(AnyOf((b,))))).comparisons()] == ["a", "b"]


def test_no_condition_always_holds():
    assert holds(None, {}) is True


def test_a_field_hidden_by_its_step_hides_what_depends_on_it(procedures):
    procedure = procedures["spouse-of-french-first"]
    answers = {
        "together_now": True,
        "apart_because": "other",
        "apart_explanation": "Une autre ville.",
    }

    assert prune(procedure, answers) == {"together_now": True}
    assert "apart_explanation" not in {
        field.name for field in visible_fields(procedure.step("marriage"), answers)
    }


def test_a_mistreated_spouse_is_not_asked_to_sign_with_the_other(procedures):
    procedure = procedures["spouse-of-french-first"]
    answers = {"together_now": False, "apart_because": "violence"}

    codes = {rule.code for rule in evidence_for(procedure, answers)}

    assert "breakup-proof" in codes
    assert "joint-statement" not in codes


@pytest.mark.parametrize(
    ("event", "asked"),
    [("lost", "loss-statement"), ("stolen", "theft-report"), ("damaged", "damage-photo")],
)
def test_what_happened_to_the_card_decides_the_evidence(procedures, event, asked):
    events = {"loss-statement", "theft-report", "damage-photo"}
    rules = evidence_for(procedures["duplicate"], {"event_kind": event})
    assert {rule.code for rule in rules} & events == {asked}


def test_a_meaning_finds_its_answer_and_a_date_comes_back_as_one(procedures):
    renewal = procedures["student-renewal"]
    answers = {"title_ends_on": "2027-02-28", "birth_name": "Diallo", "commune": ""}

    assert meant(renewal, answers, "title_ends_on") == date(2027, 2, 28)
    assert meant(renewal, answers, "birth_name") == "Diallo"
    assert meant(renewal, answers, "commune") is None
    assert meant(renewal, answers, "entered_on") is None


def test_an_empty_draft_misses_every_unconditional_required_field(procedures):
    renewal = procedures["student-renewal"]
    expected = {field.name for field in renewal.all_fields() if field.required and not field.when}
    assert {field.name for _, field in missing(renewal, {})} == expected
