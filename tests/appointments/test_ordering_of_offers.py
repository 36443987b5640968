"""Near seats are offered in the same order as others are given, and asking changes no rank."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.ordering import (
    OVERBOOK,
    RESERVE,
    answer_by,
    give,
    in_order,
    may_be_offered,
)
from tests.appointments.test_ordering import FILED, people, seat, waiting

AT = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
NEAR, FAR = {"day": 5}, {"day": 20}


def run(persons, seats, *, at=AT, offering=True):
    ranked = in_order(persons, today=at.date(), seed="s")
    return give(ranked, seats, today=at.date(), at=at, offering=offering)


def offers(persons, seats, **said):
    return {
        one.ranked.waiting.clearance_id.partition("-")[2]: one.offered
        for one in run(persons, seats, **said)
        if one.offered
    }


def volunteer(name="a", **facts):
    return waiting(name, volunteer=True, **facts)


def days_ago(count):
    return {"filed_at": FILED - dt.timedelta(days=count)}


def test_volunteers_are_asked_in_order_each_for_one_seat():
    near = [seat(number, **NEAR, minutes=10 * number) for number in (1, 2)]
    persons = [volunteer("c"), volunteer("a", **days_ago(3)), volunteer("b", **days_ago(2))]

    assert offers(persons, near) == {"a": near[0], "b": near[1]}


def test_nobody_is_asked_who_did_not_say_so_is_asked_already_or_was_given_a_seat():
    near, far = seat(1, **NEAR), seat(1, **FAR)

    assert offers([waiting("a")], [near]) == {}
    assert offers([volunteer("a", is_asked=True)], [near]) == {}
    assert offers([volunteer("a", accepted=(near.slot_id, 1))], [near]) == {}
    assert offers([volunteer("a")], [near, far]) == {}
    assert offers([volunteer("a")], [near], offering=False) == {}
    assert offers([volunteer("a"), volunteer("b", **days_ago(1))], [near, far]) == {"a": near}


def test_the_days_and_needs_of_the_person_hold_for_offers():
    near = seat(1, **NEAR, interpreters=frozenset({"ti"}), step_free=False)
    same_day = frozenset({near.day})

    for facts in (
        {"declined": same_day},
        {"avoid": same_day},
        {"blocked": frozenset({near.half_day})},
        {"step_free": True},
        {"interpreter": "ar"},
        {"minutes_needed": 30},
        {"busy": ((near.starts_at, near.ends_at),)},
        {"service": "biometrics"},
    ):
        assert offers([volunteer("a", **facts)], [near]) == {}, facts
    assert offers([volunteer("a", interpreter="ti")], [near]) == {"a": near}


def test_a_declined_day_leaves_the_others():
    first, second = seat(1, **NEAR), seat(1, day=6)

    assert offers([volunteer("a", declined=frozenset({first.day}))], [first, second]) == {
        "a": second
    }


@pytest.mark.parametrize(
    ("facts", "is_offered"),
    [
        ({"day": 2, "minutes": -60}, True),
        ({"day": 2, "minutes": -61}, False),  # under a day to answer and to come
        ({"day": 11, "minutes": -61}, True),
        ({"day": 11, "minutes": -60}, False),  # ten days: a run gives it
        ({"day": 5, "kind": OVERBOOK}, False),
        ({"day": 4, "kind": RESERVE}, True),
        ({"day": 5, "held_for": "clearance-z"}, False),
    ],
)
def test_which_seats_are_offered(facts, is_offered):
    one = seat(1, **facts)

    assert may_be_offered(one, at=AT) is is_offered
    got = run([volunteer("a")], [one])[0]
    assert (got.offered == one) is is_offered


def test_a_reserve_is_offered_from_three_days_before():
    assert offers([volunteer("a")], [seat(1, day=5, kind=RESERVE)]) == {}


def test_a_seat_under_offer_is_for_its_person_who_said_yes():
    held = seat(1, **NEAR, held_for="clearance-a")
    urgent = waiting("u", urgent=True)
    accepted = volunteer("a", accepted=(held.slot_id, 1), missed=2)

    assert [one.seat for one in run([urgent, volunteer("b", **days_ago(9))], [held])] == [None] * 2
    got = {one.ranked.waiting.clearance_id: one.seat for one in run([urgent, accepted], [held])}
    assert got == {"clearance-u": None, "clearance-a": held}
    # whatever they said of that day since, short of being elsewhere
    again = replace(accepted, blocked=frozenset({held.half_day}), avoid=frozenset({held.day}))
    assert run([again], [held])[0].seat == held
    elsewhere = replace(accepted, busy=((held.starts_at, held.ends_at),))
    assert run([elsewhere], [held])[0].seat is None
    assert offers([elsewhere], [held, seat(1, day=6)]) == {}


def test_a_seat_under_offer_releases_those_above_the_places():
    held, more = seat(1, **NEAR, held_for="clearance-a"), seat(2, **NEAR, kind=OVERBOOK)
    urgent = waiting("u", urgent=True)

    assert [one.seat for one in run([urgent], [held, more])] == [more]


def test_who_said_yes_comes_alone_and_their_household_together():
    held = seat(1, **NEAR, held_for="clearance-a")
    far = [seat(number, **FAR, minutes=10 * number) for number in (1, 2)]
    home = [waiting(name, household="home") for name in ("b", "c")]
    yes = volunteer("a", household="home", accepted=(held.slot_id, 1))

    got = {
        one.ranked.waiting.clearance_id: (one.seat, one.ranked.household != "")
        for one in run([*home, yes], [held, *far])
    }
    assert got["clearance-a"] == (held, False)
    assert {got["clearance-b"][0], got["clearance-c"][0]} == set(far)


def test_two_of_one_account_are_not_asked_for_the_same_moment():
    near = [seat(1, **NEAR, site=1), seat(1, **NEAR, site=2)]
    persons = [volunteer(name, applicant_id="account-1") for name in ("a", "b")]

    assert len(offers(persons, near)) == 1


def test_until_when_one_may_answer():
    hour = dt.timedelta(hours=1)

    for left, answered_in in ((24, 12), (30, 15), (48, 24), (49, 24), (239, 24)):
        assert answer_by(AT, AT + left * hour) == AT + answered_in * hour


@given(people, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_volunteering_changes_no_seat_that_a_run_gives(persons, chance):
    seats = [seat(number, day=day) for number in (1, 2) for day in (3, 5, 20, 21)]
    willing = [replace(one, volunteer=chance.random() < 0.7) for one in persons]
    shuffled = chance.sample(willing, len(willing))

    plain, asked, again = run(persons, seats), run(willing, seats), run(shuffled, seats)

    assert [(one.seat, one.reason) for one in plain] == [(one.seat, one.reason) for one in asked]
    assert [one.offered for one in asked] == [one.offered for one in again]
    offered = [one.offered for one in asked if one.offered]
    given_away = [one.seat for one in asked if one.seat]
    assert len({(one.slot_id, one.number) for one in offered + given_away}) == len(
        offered + given_away
    )
    assert all(one.ranked.waiting.volunteer and one.seat is None for one in asked if one.offered)
    assert all(one.day.day in (3, 5) for one in offered)
