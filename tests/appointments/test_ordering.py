"""The order is a function of facts alone: no arrival, no chance but the seed's."""

import dataclasses
import datetime as dt
import math
import random
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments import models, ordering
from appointments.ordering import (
    OVERBOOK,
    RESERVE,
    FreeSeat,
    Waiting,
    class_of,
    give,
    in_order,
    may_be_given,
    overbooking,
)

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


def seat(number, *, day=12, minutes=0, service="collection", lasts=10, **facts):
    starts_at = dt.datetime(2026, 12, day, 9, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    ends_at = starts_at + dt.timedelta(minutes=lasts)
    slot = f"slot-{facts.get('site', 0)}-{day}-{minutes}"
    half = f"{starts_at.date()}/{'am' if starts_at.hour < 12 else 'pm'}"
    said = {"day": starts_at.date(), "half_day": half}
    return FreeSeat(slot, number, service, starts_at, ends_at, **said | facts)


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
        household=st.sampled_from(["", "", "one", "two"]),
        urgent=st.booleans(),
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
        if not one.household
    ]
    assert keys == sorted(keys)


@given(people, st.data())
@settings(max_examples=60)
def test_who_leaves_changes_nobody_elses_order(found, data):
    found = [dataclasses.replace(one, household="") for one in found]
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


def given_seats(people, seats, **run):
    return {name: one.seat for name, one in decided(people, seats, **run).items()}


def reasons(people, seats, **run):
    return {name: one.reason for name, one in decided(people, seats, **run).items()}


def decided(people, seats, *, urgencies=None, **run):
    ranked = in_order(people, today=TODAY, seed="s", urgencies=urgencies)
    return {one.ranked.waiting.clearance_id: one for one in give(ranked, seats, **run)}


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
    found = [dataclasses.replace(one, household="") for one in found]
    seats = [seat(1, minutes=10 * number) for number in range(count)]
    random.Random(count).shuffle(seats)

    given_out = [one for one in given_seats(found, seats).values() if one]

    assert len(set(given_out)) == len(given_out) == min(len(found), count)


def test_what_is_ranked_cannot_be_changed_afterwards():
    ranked = in_order([waiting()], today=TODAY, seed="s")[0]

    assert dataclasses.is_dataclass(ranked)
    assert ranked.__dataclass_params__.frozen


# class 0


def test_agreed_urgencies_go_first_as_far_as_their_share_goes():
    late = [waiting(str(n), urgent=True, filed_at=FILED + dt.timedelta(days=n)) for n in range(3)]
    ending = waiting("ending", deadline_on=in_days(1))

    ranked = in_order([ending, *late], today=TODAY, seed="s", urgencies=1)

    assert [(one.waiting, one.priority_class, one.capped) for one in ranked] == [
        (late[0], ordering.URGENT, False),
        (ending, ordering.COVER_ENDS, False),
        (late[1], ordering.COVER_ENDS, True),
        (late[2], ordering.COVER_ENDS, True),
    ]
    assert [ordering.urgencies_at_most(seats) for seats in (0, 19, 40, 1_000)] == [1, 1, 2, 50]


def test_an_urgency_above_the_share_that_gets_nothing_is_told_so():
    first, second = waiting("a", urgent=True), waiting("b", urgent=True)

    assert sorted(reasons([first, second], [seat(1)], urgencies=1).values()) == [
        "",
        "urgencies_capped",
    ]


def test_who_missed_twice_is_urgent_for_nobody():
    ranked = in_order([waiting(urgent=True, missed=2)], today=TODAY, seed="s")

    assert ranked[0].priority_class == ordering.OTHERS


# notice, reserve, places above the others

AT = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)


def may(one, **said):
    said = {"urgent": False, "accepted": False} | said
    return may_be_given(one, **said, today=AT.date(), at=AT)


def test_ten_days_of_notice_with_two_exceptions():
    assert ordering.NOTICE == models.NOTICE
    assert may(seat(1, day=11))
    assert not may(seat(1, day=10))
    assert may(seat(1, day=10), urgent=True)
    assert may(seat(1, day=10), accepted=True)
    assert not may(seat(1, day=1, minutes=-60), urgent=True, accepted=True)


def test_a_reserve_is_given_from_three_days_before_and_to_the_same_two():
    kept = seat(1, day=4, kind=RESERVE)

    assert may(kept, urgent=True)
    assert may(kept, accepted=True)
    assert not may(kept)
    assert not may(seat(1, day=5, kind=RESERVE), urgent=True, accepted=True)
    assert not may(seat(1, day=20, kind=RESERVE))


def test_a_near_seat_is_for_an_urgency_or_for_who_accepted_it():
    near = [seat(number, day=5) for number in (1, 2)]
    people = [
        waiting("a"),
        waiting("b", urgent=True),
        waiting("c", accepted=(near[1].slot_id, 2)),
    ]

    assert given_seats(people, near, today=AT.date(), at=AT) == {
        "clearance-a": None,
        "clearance-b": near[0],
        "clearance-c": near[1],
    }


def test_a_place_above_the_others_is_given_when_the_half_day_is_full():
    more = seat(1, kind=OVERBOOK)
    own = [seat(2, minutes=10), seat(3, minutes=20)]
    people = [waiting(str(n), filed_at=FILED + dt.timedelta(days=n)) for n in range(4)]

    assert list(given_seats(people, [more, *own]).values()) == [*own, more, None]


def test_a_half_day_that_was_full_before_gives_what_is_above_at_once():
    assert given_seats([waiting()], [seat(1, kind=OVERBOOK)])["clearance-a"] is not None


# what a person prefers and needs


def test_a_preferred_site_goes_before_an_earlier_seat_elsewhere():
    near, far = seat(1, site=1), seat(1, day=20, site=2)

    assert given_seats([waiting(sites=(3, 2))], [near, far]) == {"clearance-a": far}


def test_no_preference_costs_the_end_of_the_cover():
    near, far = seat(1, site=1), seat(1, day=20, site=2)
    person = waiting(sites=(2,), deadline_on=dt.date(2026, 12, 19))

    assert given_seats([person], [near, far]) == {"clearance-a": near}
    assert (
        given_seats([dataclasses.replace(person, deadline_on=dt.date(2026, 12, 20))], [near, far])[
            "clearance-a"
        ]
        == far
    )


def test_a_blocked_half_day_is_left_to_the_next():
    morning, afternoon = seat(1), seat(1, minutes=240)
    person = waiting(blocked=frozenset({"2026-12-12/am"}))

    assert given_seats([person], [morning, afternoon])["clearance-a"] == afternoon
    assert reasons([person], [morning])["clearance-a"] == "blocked_days"


def test_a_need_is_met_or_named():
    stairs = seat(1, step_free=False)
    speaks = seat(2, minutes=10, interpreters=frozenset({"ar", "fa"}))
    long = seat(3, minutes=20, lasts=20)
    seats = [stairs, speaks, long]

    assert given_seats([waiting(step_free=True)], seats)["clearance-a"] == speaks
    assert given_seats([waiting(interpreter="fa")], seats)["clearance-a"] == speaks
    assert given_seats([waiting(minutes_needed=20)], seats)["clearance-a"] == long
    assert reasons([waiting(step_free=True)], [stairs])["clearance-a"] == "no_step_free"
    assert reasons([waiting(interpreter="uk")], seats)["clearance-a"] == "no_interpreter"
    assert reasons([waiting()], [])["clearance-a"] == "no_seat"


def test_a_university_counter_receives_its_own_students():
    campus, office = seat(1, student_counter="7"), seat(1, minutes=10)

    assert given_seats([waiting(student_counter="7")], [campus, office])["clearance-a"] == campus
    for other in ("", "8"):
        person = waiting(student_counter=other)
        assert given_seats([person], [campus, office])["clearance-a"] == office


def test_an_account_is_expected_in_one_place_at_a_time():
    both = [
        waiting("a", applicant_id="u"),
        waiting("b", applicant_id="u", service="biometrics"),
    ]
    found = given_seats(both, [seat(1), seat(1, minutes=5, service="biometrics")])

    assert list(found.values()).count(None) == 1


# households


def home(count, **facts):
    return [
        waiting(f"home-{n}", household="h", filed_at=FILED + dt.timedelta(days=9 * n), **facts)
        for n in range(count)
    ]


def test_a_household_has_the_rank_of_its_first_member():
    between = waiting("b", filed_at=FILED + dt.timedelta(days=3))

    ranked = in_order([between, *home(2)], today=TODAY, seed="s")

    assert [one.waiting for one in ranked] == [*home(2), between]


def test_a_household_goes_before_someone_alone_of_the_same_rank():
    equals = [waiting(str(n)) for n in range(9)]
    family = [dataclasses.replace(one, filed_at=FILED) for one in home(2)]

    ranked = in_order([*equals, *family], today=TODAY, seed="s")

    assert {one.waiting for one in ranked[:2]} == set(family)


def test_a_household_comes_together_at_one_site():
    here = [seat(1, site=1), seat(1, site=1, minutes=20)]
    there = [seat(1, site=2, minutes=40), seat(1, site=2, minutes=50)]

    found = given_seats(home(2), [*here, *there])

    assert list(found.values()) == there


def test_a_household_is_served_whole_or_not_at_all():
    seats = [seat(1), seat(1, minutes=10), seat(1, minutes=30)]
    single = waiting("z", filed_at=FILED + dt.timedelta(days=99))

    assert reasons([*home(3), single], seats) == {
        "clearance-home-0": "family_does_not_fit",
        "clearance-home-1": "family_does_not_fit",
        "clearance-home-2": "family_does_not_fit",
        "clearance-z": "",
    }


def test_the_needs_of_each_member_are_met():
    seats = [seat(1, minutes=m, step_free=m != 10) for m in (0, 10, 20, 30)]
    family = home(2)
    family[1] = dataclasses.replace(family[1], step_free=True)

    assert list(given_seats(family, seats).values()) == [seats[1], seats[2]]


def test_an_account_that_asks_for_many_is_no_household():
    many = home(ordering.FAMILY_AT_MOST + 1)

    assert not any(one.household for one in in_order(many, today=TODAY, seed="s"))


# how many above the places


@pytest.mark.parametrize(
    ("places", "expected"), [(40, [0, 1, 2, 5]), (20, [0, 0, 0, 2]), (0, [0, 0, 0, 0])]
)
def test_overbooking_is_the_table_of_the_published_rule(places, expected):
    assert [overbooking(places, rate) for rate in (0.05, 0.08, 0.12, 0.20)] == expected


@given(st.integers(1, 80), st.integers(0, 60))
@settings(max_examples=60)
def test_overbooking_is_the_most_that_the_exact_binomial_allows(places, hundredths):
    stay = Fraction(hundredths, 100)

    def crowd(count):
        return sum(
            math.comb(count, came) * (1 - stay) ** came * stay ** (count - came)
            for came in range(places + 1, count + 1)
        )

    extra = overbooking(places, float(stay))
    assert crowd(places + extra) <= Fraction(5, 100)
    assert extra == places or crowd(places + extra + 1) > Fraction(5, 100)


# as many as a year


def test_a_year_of_a_large_office_is_given_in_a_few_seconds():
    dice = random.Random(4)
    people = [
        waiting(
            str(n),
            filed_at=FILED + dt.timedelta(minutes=dice.randrange(9_000)),
            household=f"h{n // 3}" if n % 10 < 3 else "",
            sites=(dice.randrange(4),) if n % 3 == 0 else (),
            interpreter="uk" if n % 7 == 0 else "",
            blocked=frozenset({f"2026-12-{dice.randrange(1, 29):02}/am"}),
        )
        for n in range(4_000)
    ]
    seats = [
        seat(1 + n // 1680, day=1 + n % 28, minutes=10 * (n // 112 % 15), site=n // 28 % 4)
        for n in range(5_000)
    ]
    began = time.process_time()
    found = give(in_order(people, today=TODAY, seed="s"), seats)

    assert time.process_time() - began < 5
    taken = [(one.seat.slot_id, one.seat.number) for one in found if one.seat]
    assert len(taken) == len(set(taken))
