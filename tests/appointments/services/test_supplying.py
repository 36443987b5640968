"""The calendar: what patterns say, without holidays and closures, made once."""

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from django.test.utils import CaptureQueriesContext

from appointments import ordering
from appointments.models import Closure, CounterOutage, CounterSkill, OpeningPattern, Seat, Slot
from appointments.services import opening, supplying
from portal.core import clock
from portal.core.door import acting, acting_for
from tests.factories import appointments as factory
from tests.factories import workflows


def opened():
    with factory.issuer() as act:
        return supplying.open_slots("75", at=act.now)


def test_opening_makes_slots_and_seats_once(places):
    first = opened()

    assert first > 1000
    assert opened() == 0
    with factory.issuer():
        assert Slot.objects.count() == Seat.objects.count() == first


def test_slots_follow_the_hours_of_paris_through_the_change_of_time(shut_places):
    factory.open_counters(shut_places.here)
    opened()

    with factory.issuer():
        moments = {
            slot.period.lower.astimezone(clock.PARIS).strftime("%H:%M")
            for slot in Slot.objects.filter(service="collection").order_by("pk")
        }
    assert (min(moments), max(moments)) == ("09:00", "15:50")
    assert "12:00" not in moments


def test_each_seat_of_a_slot_is_made(shut_places):
    pattern = factory.open_once(shut_places.here, seats=3)
    OpeningPattern.objects.bulk_create([])
    opened()

    with factory.issuer():
        assert Seat.objects.filter(slot__counter=pattern.counter_id).count() == 3


def test_no_slot_on_a_public_holiday(places):
    opened()

    with factory.issuer():
        days = {clock.legal_day(slot.period.lower) for slot in Slot.objects.order_by("pk")}
    assert not any(supplying.is_holiday("75", day) for day in days)
    assert all(day.isoweekday() <= 5 for day in days)


@pytest.mark.parametrize(
    ("office", "day", "shut"),
    [
        ("75", dt.date(2026, 12, 25), True),
        ("75", dt.date(2026, 12, 26), False),
        ("67", dt.date(2026, 12, 26), True),
        ("67", dt.date(2026, 4, 3), True),
        ("68", dt.date(2026, 4, 3), True),
        ("68", dt.date(2026, 12, 26), True),
        ("57", dt.date(2026, 12, 26), True),
        ("57", dt.date(2026, 4, 3), True),
        ("75", dt.date(2026, 4, 3), False),
        ("971", dt.date(2026, 5, 27), True),
        ("971", dt.date(2026, 7, 21), True),
        ("972", dt.date(2026, 5, 22), True),
        ("972", dt.date(2026, 5, 27), False),
        ("973", dt.date(2026, 6, 10), True),
        ("976", dt.date(2026, 4, 27), True),
        ("978", dt.date(2026, 5, 28), True),
        ("975", dt.date(2026, 5, 28), False),
        ("975", dt.date(2026, 7, 14), True),
        ("974", dt.date(2026, 12, 20), True),
        ("75", dt.date(2026, 12, 20), False),
        ("75", dt.date(2027, 5, 17), True),
    ],
)
def test_local_holidays_are_local(office, day, shut):
    assert supplying.is_holiday(office, day) is shut


def test_a_closed_site_offers_nothing_and_what_was_offered_is_withdrawn(shut_places):
    factory.open_once(shut_places.here, seats=2)
    opened()
    slot = factory.slots()[0]
    with acting_for(workflows.agent("supervisor")):
        day = slot.period.lower
        Closure.objects.create(
            site_id=slot.site_id,
            prefecture_code="75",
            period=DateTimeTZRange(day, day + dt.timedelta(days=1), "[)"),
            reason="Travaux",
        )

    assert opened() == 0
    assert factory.slots() == []


def test_a_slot_that_somebody_holds_is_not_withdrawn(shut_places):
    factory.open_once(shut_places.here, seats=1)
    life = factory.appointed()
    with factory.issuer():
        later = life.appointment.starts_at + dt.timedelta(days=400)
        supplying.open_slots("75", 0, at=clock.now())
        assert later
        assert Slot.objects.get(pk=life.appointment.slot_id).state == "open"


def slots_at(counter):
    with factory.issuer():
        return list(Slot.objects.filter(counter=counter, state="open").order_by("period"))


def kinds(counter):
    with factory.issuer():
        seats = Seat.objects.filter(slot__counter=counter).order_by("slot__period", "number")
        return Counter(seats.values_list("kind", flat=True))


def pattern(place, *, weekday=None, counter=0, **facts):
    """Hours of a counter on one weekday, every week from today; `facts` may change anything."""
    day = clock.today() + dt.timedelta(days=14)
    said = {
        "counter_id": place.counters[counter],
        "service_id": "collection",
        "weekday": weekday or day.isoweekday(),
        "minutes": NumericRange(540, 640, "[)"),
        "valid": DateRange(day, day + dt.timedelta(days=1), "[)"),
    }
    CounterSkill.objects.get_or_create(
        counter_id=said["counter_id"], service_id=facts.get("service_id", "collection")
    )
    return OpeningPattern.objects.create(**said | facts)


def test_opening_twice_adds_nothing_and_reads_nothing_of_the_past(places):
    opened()
    with factory.issuer() as act, CaptureQueriesContext(connection) as first:
        assert supplying.open_slots("75", at=act.now) == 0
    few = len(first)
    with acting(None, prefectures=["75"]):
        for weekday in range(1, 6):
            pattern(
                places.here,
                counter=1,
                weekday=weekday,
                minutes=NumericRange(1080, 1200),
                valid=DateRange(clock.today(), None),
                seats=20,
            )
    with factory.issuer() as act, CaptureQueriesContext(connection) as second:
        assert supplying.open_slots("75", at=act.now) > 100

    # as many statements whatever the number of slots: none is written one by one
    assert len(second) == few


def test_reserve_seats_are_spread_over_the_half_day(shut_places):
    one = pattern(shut_places.here, seats=2, reserve=5)
    opened()

    assert kinds(one.counter_id) == {"regular": 15, "reserve": 5}
    opened()
    assert kinds(one.counter_id) == {"regular": 15, "reserve": 5}


def test_overbooked_seats_are_beyond_the_places_of_the_half_day(shut_places):
    one = pattern(shut_places.here, seats=10)
    opened()
    extra = ordering.overbooking(100, 0.08)

    assert extra >= 3
    assert kinds(one.counter_id) == {"regular": 100, "overbook": extra}
    with factory.issuer():
        beyond = Seat.objects.filter(kind="overbook").order_by("pk")
        assert {seat.number for seat in beyond} == {11}


def test_fewer_people_at_once_withdraws_the_seats_that_nobody_holds(shut_places):
    one = pattern(shut_places.here, seats=3)
    life = factory.appointed()
    given = life.appointment
    assert given.seat_number == 1
    with acting_for(life.supervisor):
        opening.change_opening(
            one, hours=hours_of(one, seats=1), first_day=one.valid.lower, today=clock.today()
        )
    opened()

    assert kinds(one.counter_id) == {"regular": 10, "withdrawn": 20}
    assert factory.appointment_of(life).state == "issued"
    with factory.issuer():
        assert Slot.objects.get(pk=given.slot_id).places == 1


def hours_of(one, **changed):
    said = {
        "service": one.service,
        "weekday": one.weekday,
        "starts": dt.time(one.minutes.lower // 60, one.minutes.lower % 60),
        "ends": dt.time(one.minutes.upper // 60, one.minutes.upper % 60),
        "seats": one.seats,
    }
    return opening.Hours(**said | changed)


def test_another_length_withdraws_the_free_slots_alone(shut_places):
    one = pattern(shut_places.here)
    life = factory.appointed()
    with acting_for(life.supervisor):
        opening.change_opening(
            one,
            hours=hours_of(one, slot_minutes=20),
            first_day=one.valid.lower,
            today=clock.today(),
        )
    opened()

    lengths = [slot.period.upper - slot.period.lower for slot in slots_at(one.counter_id)]
    # the slot that somebody holds stays, and the new one that it meets is not made
    assert Counter(lengths) == {dt.timedelta(minutes=20): 4, dt.timedelta(minutes=10): 1}
    assert factory.appointment_of(life).state == "issued"


def test_languages_follow_the_hours_and_are_kept_for_who_was_promised_them(shut_places):
    one = pattern(shut_places.here, interpreters=["ar"])
    life = factory.appointed()
    with acting_for(life.supervisor):
        opening.change_opening(
            one,
            hours=hours_of(one, interpreters=("pt",)),
            first_day=one.valid.lower,
            today=clock.today(),
        )
    opened()

    said = {slot.pk: slot.interpreters for slot in slots_at(one.counter_id)}
    assert said.pop(life.appointment.slot_id) == ["ar", "pt"]
    assert set(map(tuple, said.values())) == {("pt",)}


def test_a_counter_that_is_out_offers_nothing(shut_places):
    one = pattern(shut_places.here)
    other = pattern(shut_places.here, counter=1)
    opened()
    moment = slots_at(one.counter_id)[0].period.lower
    with acting_for(workflows.agent("supervisor")):
        CounterOutage.objects.create(
            counter_id=one.counter_id,
            site_id=shut_places.here.site,
            prefecture_code="75",
            period=DateTimeTZRange(moment, moment + dt.timedelta(hours=9), "[)"),
            kind="out_of_order",
        )
    opened()

    assert slots_at(one.counter_id) == []
    assert len(slots_at(other.counter_id)) == 10


@pytest.fixture
def site_kind(owner, shut_places):
    """Make the first site of another kind, until the test ends."""

    def become(kind):
        owner.execute(
            "update territory_site set kind = %s where id = %s", [kind, shut_places.here.site]
        )
        owner.commit()

    yield become
    become("prefecture")


def test_a_mobile_counter_opens_on_the_days_of_its_tour_alone(shut_places, site_kind):
    site_kind("mobile")
    one = pattern(shut_places.here, valid=DateRange(clock.today(), None))
    opened()
    assert slots_at(one.counter_id) == []
    stop = clock.today() + dt.timedelta(days=21)
    with acting_for(workflows.agent("supervisor")):
        opening.open_day(site=factory.site(shut_places.here), day=stop)
    opened()

    assert {clock.legal_day(slot.period.lower) for slot in slots_at(one.counter_id)} == {stop}


def test_a_site_may_open_on_a_public_holiday(shut_places, move_clock):
    christmas = dt.date(clock.today().year, 12, 25)
    one = pattern(
        shut_places.here, weekday=christmas.isoweekday(), valid=DateRange(clock.today(), None)
    )
    with acting_for(workflows.agent("supervisor")):
        opening.open_day(site=factory.site(shut_places.here), day=christmas)
    opened()

    days = {clock.legal_day(slot.period.lower) for slot in slots_at(one.counter_id)}
    assert (christmas in days) == (christmas > clock.today())
    assert days


def test_the_slots_of_today_stay_open(shut_places, move_clock):
    one = pattern(shut_places.here)
    opened()
    first = slots_at(one.counter_id)[0].period.lower
    move_clock(first - clock.now() - dt.timedelta(hours=3))
    opened()

    assert len(slots_at(one.counter_id)) == 10
