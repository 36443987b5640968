"""The machine as a whole: what can be reached, what can be left, what is said."""

import inspect

import pytest

from workflows import events, guards
from workflows.enums import SYSTEM, CaseState
from workflows.machine import CaseMachine
from workflows.models import Case
from workflows.queries.progress import NEXT_ACTOR, SENTENCES
from workflows.table import CLEARING, edges, moves, rule_of

NAMES = sorted({name for name, _s, _t, _p in moves()})
FINAL = {CaseState.ARCHIVED}


def test_every_state_can_be_reached_from_filing():
    reached, before = {CaseState.FILED.value}, set()
    while reached != before:
        before = set(reached)
        reached |= {target for source, target in edges() if source in before}

    assert reached == set(CaseState.values)


def test_every_state_but_the_last_has_a_way_out():
    left = {source for source, target in edges() if source != target}

    assert set(CaseState.values) - left == FINAL


def test_every_state_can_reach_the_archive():
    ending, before = {CaseState.ARCHIVED.value}, set()
    while ending != before:
        before = set(ending)
        ending |= {source for source, target in edges() if target in before}

    assert ending == set(CaseState.values)


@pytest.mark.parametrize("name", NAMES)
def test_every_move_has_words_a_person_and_a_reason_to_be(name):
    plans = [plan for found, _s, _t, plan in moves() if found == name]

    assert inspect.getdoc(getattr(CaseMachine, name))
    for plan in plans:
        assert str(plan.custom["label"])
        assert plan.permission is rule_of(name)
        assert plan.permission.roles
        assert all(str(condition.reason) for condition in plan.conditions)


def announcing(event):
    return {name for name, _s, _t, plan in moves() if plan.custom.get("announces") is event}


def test_exactly_two_moves_announce_a_visit_and_one_gives_it_again_elsewhere():
    assert announcing(events.visit_due) == {"mark_card_ready", "require_biometrics"}
    assert announcing(events.visit_moved) == {"transfer_visit"}
    assert set(CLEARING) == announcing(events.visit_due) | announcing(events.visit_moved)


def test_a_visit_moves_from_a_state_that_one_of_the_two_led_to():
    led_to = {
        target: plan.custom["purpose"]
        for name, _s, target, plan in moves()
        if name in announcing(events.visit_due)
    }
    moved = {
        source: plan.custom["purpose"]
        for name, source, _t, plan in moves()
        if name == "transfer_visit"
    }

    assert moved == led_to


def test_nobody_but_the_portal_transfers_a_granted_case():
    assert rule_of("transfer").roles == rule_of("transfer_visit").roles == (SYSTEM,)


def test_a_visit_only_follows_a_grant():
    """Take the granted state away: no state from which a visit is announced can be reached."""
    reached, before = {CaseState.FILED.value}, set()
    while reached != before:
        before = set(reached)
        reached |= {
            target for source, target in edges() if source in before and target != CaseState.GRANTED
        }

    assert not reached & {source for name, source, _t, _p in moves() if name in CLEARING}


def test_a_grant_needs_somebody_who_signs():
    entrances = {
        name
        for name, source, target, _p in moves()
        if target == CaseState.GRANTED and source != target
    }

    assert entrances == {"grant"}
    assert rule_of("grant").roles == ("signatory",)
    assert SYSTEM not in rule_of("refuse").roles + rule_of("close").roles


def test_every_state_speaks_to_the_person():
    assert set(SENTENCES) == set(NEXT_ACTOR) == set(CaseState)


def test_every_guard_is_used():
    used = {guard for _n, _s, _t, plan in moves() for guard in plan.conditions}
    used |= {plan.custom["under"] for _n, _s, _t, plan in moves() if "under" in plan.custom}
    written = {fact for fact in vars(guards).values() if hasattr(fact, "reason")}

    assert used == written


def test_the_state_is_only_changed_by_a_move():
    case = Case()

    with pytest.raises(AttributeError):
        case.state = CaseState.GRANTED
