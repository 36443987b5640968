"""The calendar of a site: what opens, what is shut and why, totals; and never a free seat."""

import datetime as dt

import pytest
from django.urls import reverse

from appointments.services import closing, opening, totalling
from portal.core import clock
from portal.core.door import acting_for
from portal.core.models import JournalLine
from tests.factories import appointments as factory
from tests.factories import workflows
from tests.factories.accounts import UserFactory

QUERIES_OF_A_MONTH = 18
URL = "desk:calendar"


@pytest.fixture
def supervisor(db):
    return UserFactory(prefecture="75", supervisor=True)


@pytest.fixture
def page(at_desk, supervisor):
    """The calendar as a supervisor sees it."""
    client = at_desk(supervisor)
    return lambda **asked: client.get(reverse(URL), asked)


def counted():
    with factory.issuer() as act:
        totalling.count("75", at=act.now)


def days_of(answer):
    return {one.day: one for week in answer.context["weeks"] for one in week}


def test_the_month_shows_whole_weeks_and_the_hours_of_each_day(places, page):
    answer = page(site=places.here.site, day="2027-02-10")
    days = days_of(answer)

    assert (min(days), max(days)) == (dt.date(2027, 2, 1), dt.date(2027, 2, 28))
    assert [len(days[dt.date(2027, 2, day)].hours) for day in (12, 13)] == [4, 0]
    assert "4 plages ouvertes" in answer.text
    assert "Personne n’est reçu" in answer.text


def test_a_holiday_is_named_and_may_be_open(places, page, supervisor):
    christmas = dt.date(clock.today().year, 12, 25)
    before = page(site=places.here.site, day=christmas.isoformat())
    assert days_of(before)[christmas].hours == ()
    assert "Noël" in before.text
    with acting_for(supervisor):
        opening.open_day(site=factory.site(places.here), day=christmas)

    after = page(site=places.here.site, day=christmas.isoformat())
    assert "ouvert par exception" in after.text
    assert bool(days_of(after)[christmas].hours) == (christmas.isoweekday() < 6)


def test_closures_and_absences_are_said_on_their_days(places, page, supervisor):
    life = factory.appointed()
    given = life.appointment
    with acting_for(supervisor):
        closing.take_out_counter(
            counter=given.counter,
            starts_at=given.starts_at - dt.timedelta(hours=3),
            ends_at=given.starts_at + dt.timedelta(hours=9),
            kind="agent_absent",
        )
        closing.close_site(
            site=given.site,
            starts_at=given.starts_at - dt.timedelta(days=3),
            ends_at=given.starts_at - dt.timedelta(days=2),
            reason="Travaux d’hiver",
        )
    day = clock.legal_day(given.starts_at)
    answer = page(site=places.here.site, day=day.isoformat(), view="week")

    assert "L’agent est absent" in answer.text
    assert "Changer" in answer.text
    assert [line.outage is not None for line in days_of(answer)[day].hours].count(True) == 2
    closed = page(site=places.here.site, day=(day - dt.timedelta(days=3)).isoformat())
    assert "Travaux d’hiver" in closed.text


def test_people_are_counted_only_where_no_run_gives_any_more(places, page):
    factory.appointed()
    counted()
    answer = page(site=places.here.site)
    later = page(site=places.here.site, day=(clock.today() + dt.timedelta(days=31)).isoformat())

    today = clock.today()
    days = days_of(answer) | days_of(later)
    assert any(one.given is not None for one in days.values())
    for day, one in days.items():
        if day >= today + dt.timedelta(days=10):
            assert one.given is None
    far = days[max(day for day, one in days.items() if one.places)]
    assert (far.places, far.given) == (49, None)


def test_one_counter_alone_has_no_totals(places, page):
    factory.open_calendar()
    counted()
    answer = page(site=places.here.site, counter=places.here.counters[0])
    days = days_of(answer).values()

    assert {len(one.hours) for one in days} <= {0, 2}
    assert {one.places for one in days} == {None}


@pytest.mark.parametrize(
    "asked", [{"site": "x"}, {"site": "999999"}, {"counter": "999999"}, {"counter": "'"}]
)
def test_another_office_or_nonsense_is_not_found(places, page, asked):
    assert page(**asked).status_code == 404


@pytest.mark.parametrize("day", ["", "demain", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_any_day_shows_a_month(places, page, day):
    for view in ("week", "month"):
        assert page(day=day, view=view).status_code == 200


def test_another_prefectures_sites_are_not_shown(places, page):
    assert page(site=places.elsewhere.site).status_code == 404


def test_a_month_costs_as_many_queries_as_an_empty_one(
    places, page, supervisor, django_assert_num_queries
):
    page()
    with django_assert_num_queries(QUERIES_OF_A_MONTH):
        page(site=places.here.site)
    factory.appointed()
    counted()
    with acting_for(supervisor):
        for day in range(1, 4):
            opening.open_day(
                site=factory.site(places.here), day=clock.today() + dt.timedelta(days=day)
            )
    with django_assert_num_queries(QUERIES_OF_A_MONTH):
        page(site=places.here.site)


def test_whom_to_call_is_read_in_the_journal(places, at_desk, supervisor, move_clock):
    life = factory.appointed()
    given = life.appointment
    move_clock(given.starts_at - clock.now() - dt.timedelta(hours=2))
    with acting_for(supervisor):
        closing.take_out_counter(
            counter=given.counter,
            starts_at=given.starts_at - dt.timedelta(hours=1),
            ends_at=given.starts_at + dt.timedelta(hours=9),
            kind="agent_absent",
        )

    answer = at_desk(supervisor).get(reverse("desk:to_call"))
    assert life.dossier.number in answer.text
    with acting_for(workflows.agent("supervisor")):
        lines = JournalLine.objects.filter(act="visit.read_contact", subject_id=str(given.pk))
        assert lines.count() == 1
