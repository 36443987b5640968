"""Places where people are received, for the tests of the visit."""

from datetime import timedelta

import pytest

from portal.core import clock
from tests.factories import appointments as factory


@pytest.fixture
def shut_places(owner, db):
    """`here` and `elsewhere`, two sites of two prefectures, without opening hours."""
    return factory.places(owner)


@pytest.fixture
def places(shut_places):
    """The same; `here` opens its counters every weekday."""
    factory.open_counters(shut_places.here)
    return shut_places


@pytest.fixture
def at_the_visit(move_clock):
    """Move the clock to an appointment's moment, or near it."""

    def go(appointment, **away):
        move_clock(appointment.starts_at - clock.now() + timedelta(**away))

    return go
