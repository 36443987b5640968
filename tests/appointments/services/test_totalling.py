"""Totals of days and forecasts: written by the issuer, and nothing in them says what is free."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from appointments import jobs
from appointments.models import DailyTotal, Forecast, Slot
from appointments.services import totalling
from appointments.services.totalling import Supply
from portal.core import clock
from portal.core.door import acting, acting_for
from tests.factories import appointments as factory

TODAY = dt.date(2026, 12, 1)


def supply(*free, seats=10):
    return [Supply(TODAY + dt.timedelta(days=10 + n), seats, one) for n, one in enumerate(free)]


@pytest.mark.parametrize(
    ("waiting", "free", "weeks"),
    [
        (0, (1, 1), 0),
        (2, (1, 1), 2),
        (1, (0, 0, 0, 0, 1), 3),
        (0, (), 0),
        (5, (), None),
        # the open calendar ends: ten seats in fifty days, two more people, ten days more
        (3, (1, 0), 10),
    ],
)
def test_the_queue_is_cleared_in_whole_weeks(waiting, free, weeks):
    found = supply(*free, seats=5)

    assert totalling.weeks_to_clear(waiting, found, TODAY) == weeks


@pytest.mark.parametrize(
    ("deadlines", "free", "missing"),
    [
        ([], (0,), 0),
        ([5], (1,), 5),
        ([10], (1,), 0),
        ([10, 10], (1,), 5),
        ([10, 11, 12], (1, 1, 1), 0),
        ([10] * 7, (1, 9), 10),
        ([None, None], (), 0),
    ],
)
def test_missing_seats_are_counted_deadline_by_deadline_and_said_in_fives(deadlines, free, missing):
    days = [one if one is None else TODAY + dt.timedelta(days=one) for one in deadlines]

    assert totalling.seats_missing(days, supply(*free)) == missing


def count():
    with factory.issuer() as act:
        totalling.count("75", at=act.now)


def test_totals_say_places_and_people_only_where_no_run_gives_any_more(places, move_clock):
    life = factory.appointed()
    day = clock.legal_day(life.appointment.starts_at)
    count()

    with acting_for(life.supervisor):
        total = DailyTotal.objects.get(day=day, service="collection")
        assert (total.places, total.given) == (33, None)
        near = DailyTotal.objects.filter(day__lt=clock.today() + dt.timedelta(days=10))
        assert {one.given for one in near.order_by("pk")} == {0}

    move_clock(dt.timedelta(days=4))
    factory.run()
    count()
    with acting_for(life.supervisor):
        assert DailyTotal.objects.get(day=day, service="collection").given == 1


def day_of(slot):
    return clock.legal_day(slot.period.lower)


def test_a_day_that_is_shut_has_no_places(places):
    factory.open_calendar()
    count()
    slots = factory.slots()
    # Not the first of these days: the slots begin at this hour of it, so some of it are not here.
    day = next(d for d in map(day_of, slots) if d > day_of(slots[0]))
    with factory.issuer():
        Slot.objects.filter(pk__in=[s.pk for s in slots if day_of(s) == day]).update(
            state="withdrawn"
        )
    count()

    with acting(None, prefectures=["75"]):
        assert DailyTotal.objects.get(day=day, service="collection").places == 0


def test_the_job_opens_and_counts_and_twice_changes_nothing(places):
    life = factory.cleared()
    with factory.role("issuer"):
        jobs.open_calendar(prefecture_code="75")
        jobs.open_calendar(prefecture_code="75")

    with acting_for(life.supervisor):
        said = Forecast.objects.get(service="collection")
        assert (said.waiting, said.seats_missing) == (1, 0)
        assert said.weeks_to_clear >= 2
        assert DailyTotal.objects.filter(places=33).count() > 30
    with factory.issuer():
        assert len(factory.slots(after_days=0)) > 1000


def test_only_the_office_reads_its_totals_and_nobody_counts_what_is_free(places):
    factory.open_calendar()
    count()
    with acting(None, prefectures=["34"]):
        assert not DailyTotal.objects.exists()
        assert not Forecast.objects.exists()
    with acting(None, prefectures=["75"]):
        one = DailyTotal.objects.order_by("-day", "pk").first()
        with pytest.raises(ProgrammingError, match="denied"), transaction.atomic():
            DailyTotal.objects.filter(pk=one.pk).update(given=3)
    with factory.issuer():
        rule = "nobody_is_counted_on_a_day_that_a_run_may_still_give"
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            # even with a lie about when it was counted
            DailyTotal.objects.filter(pk=one.pk).update(given=3, computed_on=one.day)
