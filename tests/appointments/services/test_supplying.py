"""The calendar: what patterns say, without holidays and closures, made once."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments.models import Closure, OpeningPattern, Seat, Slot
from appointments.services import supplying
from portal.core import clock
from portal.core.door import acting_for
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
        ("57", dt.date(2026, 12, 26), True),
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
