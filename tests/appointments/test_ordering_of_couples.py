"""Two accounts of a couple come together at the later turn: nobody gains a turn by a link."""

import dataclasses
import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.ordering import FAMILY_AT_MOST, give, in_order
from appointments.services import replaying
from tests.appointments.test_ordering import FILED, TODAY, in_days, people, seat, waiting


def day(number):
    return FILED + dt.timedelta(days=number)


def couple(first=0, second=9, **facts):
    return [
        waiting("one", couple="c", applicant_id="u1", filed_at=day(first), **facts),
        waiting("two", couple="c", applicant_id="u2", filed_at=day(second), **facts),
    ]


def parted(found, name="c"):
    """The same people without this link."""
    return [dataclasses.replace(one, couple="") if one.couple == name else one for one in found]


def ranks(found):
    ranked = in_order(found, today=TODAY, seed="s")
    return {one.waiting.clearance_id: one for one in ranked}


def served(found, seats):
    given_seats = give(in_order(found, today=TODAY, seed="s"), seats)
    return {one.ranked.waiting.clearance_id: one.seat for one in given_seats}


def names(found):
    return [one.waiting.clearance_id[10:] for one in in_order(found, today=TODAY, seed="s")]


def test_a_couple_comes_together_at_the_turn_of_the_later():
    between, after = waiting("b", filed_at=day(3)), waiting("z", filed_at=day(12))
    found = [*couple(), between, after]

    assert names(parted(found)) == ["one", "b", "two", "z"]
    assert names(found) == ["b", "one", "two", "z"]
    seats = [seat(n, minutes=10 * n) for n in range(3)] + [seat(9, minutes=90)]
    given_seats = served(found, seats)
    assert [given_seats[f"clearance-{name}"] for name in ("b", "one", "two", "z")] == seats


def test_a_couple_of_equal_rank_goes_before_nobody():
    """A household of one account does; whoever could make one by a link would gain by it."""
    equals = [waiting(str(n)) for n in range(9)]
    found = [*equals, *couple(0, 0)]

    with_link, without = ranks(found), ranks(parted(found))

    for one in couple(0, 0):
        key = one.clearance_id
        assert with_link[key].rank >= without[key].rank


@given(people, st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=4))
@settings(max_examples=200, deadline=None)
def test_no_turn_comes_sooner_by_a_link(found, links):
    found = [dataclasses.replace(one, urgent=False) for one in found]
    for number, (one, other) in enumerate(links):
        if one != other and max(one, other) < len(found):
            for place in (one, other):
                if not found[place].couple:
                    found[place] = dataclasses.replace(found[place], couple=f"c{number}")

    with_links = ranks(found)

    for name in {one.couple for one in found} - {""}:
        without = ranks(parted(found, name))
        for one in found:
            if one.couple == name:
                key = one.clearance_id
                assert with_links[key].rank >= without[key].rank
                assert with_links[key].priority_class >= without[key].priority_class


alone = st.builds(
    waiting,
    name=st.uuids().map(str),
    deadline_on=st.none() | st.dates(in_days(22), in_days(60)),
    filed_at=st.integers(0, 30).map(day),
    vulnerable=st.booleans(),
)


@given(
    st.lists(alone, min_size=2, max_size=8, unique_by=lambda one: one.clearance_id),
    st.lists(st.integers(0, 24), max_size=14, unique=True),
)
@settings(max_examples=200, deadline=None)
def test_no_seat_comes_sooner_by_a_link(found, moments):
    linked = [
        dataclasses.replace(one, couple="c" if n < 2 else "", applicant_id=f"u{n}")
        for n, one in enumerate(found)
    ]
    seats = [seat(n, minutes=10 * n) for n in moments]

    with_link, without = served(linked, seats), served(parted(linked), seats)

    for one in linked[:2]:
        mine, before = with_link[one.clearance_id], without[one.clearance_id]
        assert mine is None or (before is not None and mine.starts_at >= before.starts_at)


def test_who_is_pressed_is_not_held_back_by_the_other():
    pressed, other = couple()
    pressed = dataclasses.replace(pressed, deadline_on=in_days(5))

    found = ranks([pressed, other, waiting("b", filed_at=day(3))])

    assert found["clearance-one"].rank == 1
    assert {one.household for one in found.values()} == {""}


def test_an_urgency_an_accepted_seat_and_missed_visits_stay_one_persons():
    one, two = couple()
    for facts in ({"urgent": True}, {"accepted": ("slot", 1)}, {"missed": 2}):
        found = ranks([dataclasses.replace(one, **facts), two])
        assert {row.household for row in found.values()} == {""}


def test_two_households_of_a_couple_come_together_up_to_eight():
    children = [waiting(f"child-{n}", household="home", filed_at=day(n)) for n in range(6)]
    one, two = couple()
    parent = dataclasses.replace(one, household="home")

    joined = ranks([*children, parent, two])
    many = ranks([*children, parent, two, waiting("child-7", household="home")])

    assert {row.household for row in joined.values()} == {"couple-c/collection"}
    assert len(joined) == FAMILY_AT_MOST
    assert many["clearance-two"].household == ""


def test_two_services_are_two_turns():
    one, two = couple()

    found = ranks([one, dataclasses.replace(two, service="biometrics")])

    assert {row.household for row in found.values()} == {""}


def test_inputs_from_before_couples_are_read_and_sealed_as_they_were():
    inputs = replaying.Inputs(at=day(0), today=TODAY, waiting=[waiting("a")], seats=[seat(1)])
    linked = dataclasses.replace(inputs, waiting=couple())

    for one in (inputs, linked):
        packed, digest = replaying.pack(one)
        assert replaying.unpack(packed) == one
        assert replaying.pack(replaying.unpack(packed))[1] == digest
    assert b"couple" not in replaying.canonical(inputs)
    values = replaying._flat(waiting("a"))
    assert len(values) == len(dataclasses.fields(waiting("a"))) - 1
