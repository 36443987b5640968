"""The simulated market issues as the portal does: same people, same days, row by row."""

from dataclasses import replace
from datetime import date

import pytest

from appointments.market import simulation
from appointments.market.parameters import Parameters
from appointments.market.regimes import SCENARIOS
from portal.territory import api as territory
from tests.appointments.market.real_engine import RealEngine
from tests.factories import appointments as factory

WEEKS = Parameters(
    first_day=date(2027, 2, 1),
    days_before=7,
    days_measured=42,
    days_after=7,
    titles_per_year=800,
    slots_per_year=780,
    reviews_a_day=5,
    review_days=4,
    no_show_issued=0.3,
    incomplete_reviewed=0.2,
    cover_days=(5, 60),
    notice_days=10,
    insider_pairs_a_week=0,
)
YEAR = Parameters(
    first_day=date(2027, 1, 4),
    days_before=0,
    days_measured=364,
    days_after=0,
    insider_pairs_a_week=0,
)


@pytest.fixture
def engine(transactional_db, owner, monkeypatch):
    """The portal's own run, at an office without hours."""
    return RealEngine(owner, factory.places(owner).here, monkeypatch)


def both_ways(engine, parameters):
    """One seed, in memory and through the database."""
    years = range(parameters.first_day.year, parameters.first_day.year + 3)
    holidays = territory.public_holidays(factory.OFFICE, *years)
    parameters = replace(parameters, closed_days=holidays)
    in_database = simulation.build(SCENARIOS["R6"], parameters, 1)
    engine.open(in_database)
    simulation.run(in_database, engine.issue)
    in_memory = simulation.build(SCENARIOS["R6"], parameters, 1)
    simulation.run(in_memory, engine.again_in_memory)
    return in_memory, in_database


def test_some_weeks_through_the_database_give_the_same_days_to_the_same_people(engine):
    in_memory, in_database = both_ways(engine, WEEKS)

    people = in_memory.people
    assert (people.served_on >= 0).sum() > 30
    assert (people.missed > 0).sum() > 5
    assert in_database.people.state() == people.state()
    assert (in_database.office.given == in_memory.office.given).all()


@pytest.mark.long
def test_a_year_through_the_database_gives_the_same_days_to_the_same_people(engine):
    in_memory, in_database = both_ways(engine, YEAR)

    assert (in_memory.people.served_on >= 0).sum() > 9_000
    assert in_database.people.state() == in_memory.people.state()
