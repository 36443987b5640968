"""The order is a function of facts alone: no arrival, no chance but the seed's."""

import dataclasses
import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments import ordering
from appointments.ordering import FreeSeat, Waiting, class_of, give, in_order

TODAY = dt.date(2026, 11, 23)
FILED = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)


def waiting(name="a", **facts):
    said = {
        "clearance_id": f"clearance-{name}",
        "dossier_id": f"dossier-{name}",
        "person_id": f"person-{name}",
        "service": "collection",
        "filed_at": FILED,
        "cleared_on": TODAY,
    }
    return Waiting(**said | facts)


def seat(number, *, day=12, minutes=0, service="collection"):
    starts_at = dt.datetime(2026, 12, day, 9, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    ends_at = starts_at + dt.timedelta(minutes=10)
    return FreeSeat(f"slot-{day}-{minutes}", number, service, starts_at, ends_at, starts_at.date())


def in_days(count):
    return TODAY + dt.timedelta(days=count)


people = st.lists(
    st.builds(
        waiting,
        name=st.uuids().map(str),
        deadline_on=st.none() | st.dates(in_days(-60), in_days(200)),
        filed_at=st.integers(0, 300).map(lambda days: FILED - dt.timedelta(days=days)),
        cleared_on=st.dates(in_days(-200), TODAY),
        vulnerable=st.booleans(),
        missed=st.integers(0, 2),
        revoked_by_the_office=st.integers(0, 2),
    ),
    max_size=12,
    unique_by=lambda one: one.clearance_id,
)


@given(people, st.randoms(use_true_random=False), st.text(max_size=8))
@settings(max_examples=80)
def test_the_same_people_in_any_order_get_the_same_ranks(found, dice, seed):
    shuffled = list(found)
    dice.shuffle(shuffled)

    assert in_order(shuffled, today=TODAY, seed=seed) == in_order(found, today=TODAY, seed=seed)


@given(people)
@settings(max_examples=80)
def test_everybody_has_one_rank_and_no_one_overtakes(found):
    ranked = in_order(found, today=TODAY, seed="s")

    assert [one.rank for one in ranked] == list(range(1, len(found) + 1))
    assert {one.waiting.clearance_id for one in ranked} == {one.clearance_id for one in found}
    keys = [
        (one.priority_class, one.waiting.deadline_on or dt.date.max, one.waiting.filed_at)
        for one in ranked
    ]
    assert keys == sorted(keys)


@given(people, st.data())
@settings(max_examples=60)
def test_who_leaves_changes_nobody_elses_order(found, data):
    gone = data.draw(st.sampled_from(found)) if found else None
    left = [one for one in found if one is not gone]

    before = [o.waiting for o in in_order(found, today=TODAY, seed="s") if o.waiting is not gone]
    assert [one.waiting for one in in_order(left, today=TODAY, seed="s")] == before


def test_classes_follow_the_published_rule():
    assert class_of(waiting(), TODAY) == ordering.OTHERS
    assert class_of(waiting(vulnerable=True), TODAY) == ordering.VULNERABLE
    assert class_of(waiting(deadline_on=in_days(22)), TODAY) == ordering.OTHERS
    assert class_of(waiting(deadline_on=in_days(21)), TODAY) == ordering.COVER_ENDS
    assert class_of(waiting(deadline_on=in_days(-3)), TODAY) == ordering.COVER_ENDS
    assert class_of(waiting(deadline_on=in_days(5), missed=1), TODAY) == ordering.OTHERS
    assert class_of(waiting(revoked_by_the_office=1), TODAY) == ordering.VULNERABLE
    assert class_of(waiting(cleared_on=in_days(-29)), TODAY) == ordering.OTHERS
    assert class_of(waiting(cleared_on=in_days(-30)), TODAY) == ordering.VULNERABLE
    assert class_of(waiting(cleared_on=in_days(-400)), TODAY) == ordering.COVER_ENDS
    assert class_of(waiting(cleared_on=in_days(3)), TODAY) == ordering.OTHERS


def test_the_end_of_cover_goes_before_the_filing_date():
    late = waiting("late", deadline_on=in_days(40), filed_at=FILED + dt.timedelta(days=30))
    early = waiting("early", deadline_on=in_days(41))
    without = waiting("without")

    ranked = in_order([without, early, late], today=TODAY, seed="s")

    assert [one.waiting for one in ranked] == [late, early, without]


def test_equals_are_drawn_by_the_seed_alone():
    equals = [waiting(str(number)) for number in range(20)]

    one = [o.waiting.dossier_id for o in in_order(equals, today=TODAY, seed="one")]
    two = [o.waiting.dossier_id for o in in_order(equals, today=TODAY, seed="two")]

    assert sorted(one) == sorted(two)
    assert one != two
    assert one == [o.waiting.dossier_id for o in in_order(equals, today=TODAY, seed="one")]


def given_seats(people, seats):
    ranked = in_order(people, today=TODAY, seed="s")
    return {one.ranked.waiting.clearance_id: one.seat for one in give(ranked, seats)}


def test_the_first_in_order_gets_the_first_seat():
    people = [waiting("b", filed_at=FILED + dt.timedelta(days=1)), waiting("a")]
    seats = [seat(1, minutes=10), seat(1)]

    assert given_seats(people, seats) == {"clearance-a": seats[1], "clearance-b": seats[0]}


def test_seats_of_another_service_are_not_given():
    assert given_seats([waiting()], [seat(1, service="biometrics")]) == {"clearance-a": None}


def test_a_day_already_given_back_is_left_to_the_next():
    person = waiting("a", avoid=frozenset({dt.date(2026, 12, 12)}))
    other = waiting("b", filed_at=FILED + dt.timedelta(days=1))
    first, second = seat(1, day=12), seat(1, day=13)

    assert given_seats([person, other], [first, second]) == {
        "clearance-a": second,
        "clearance-b": first,
    }


def test_nobody_is_expected_in_two_places_at_once():
    both = [
        waiting("a", person_id="p"),
        waiting("b", person_id="p", service="biometrics"),
        waiting("c", person_id="q", busy=((seat(1).starts_at, seat(1).ends_at),)),
    ]
    seats = [seat(1), seat(1, minutes=5, service="biometrics"), seat(2)]

    found = given_seats(both, seats)

    assert found["clearance-c"] is None
    assert [found["clearance-a"], found["clearance-b"]].count(None) == 1


@given(people, st.integers(0, 15))
@settings(max_examples=60)
def test_no_seat_is_given_twice_and_none_is_left_while_somebody_waits(found, count):
    seats = [seat(1, minutes=10 * number) for number in range(count)]
    random.Random(count).shuffle(seats)

    given_out = [one for one in given_seats(found, seats).values() if one]

    assert len(set(given_out)) == len(given_out) == min(len(found), count)


def test_what_is_ranked_cannot_be_changed_afterwards():
    ranked = in_order([waiting()], today=TODAY, seed="s")[0]

    assert dataclasses.is_dataclass(ranked)
    assert ranked.__dataclass_params__.frozen


@pytest.mark.parametrize(
    ("places", "rate", "extra"),
    [
        (40, 0.05, 0),
        (40, 0.08, 1),
        (40, 0.12, 2),
        (40, 0.20, 5),
        (20, 0.05, 0),
        (20, 0.12, 0),
        (20, 0.20, 2),
        (0, 0.08, 0),
        (1, 0.08, 0),
    ],
)
def test_overbooking_keeps_a_crowd_rare(places, rate, extra):
    assert ordering.overbooking(places, rate) == extra
