"""Places where people are received, for the tests of the visit."""

from datetime import timedelta

import pytest

from portal.core import clock
from tests.factories import appointments as factory


@pytest.fixture
def places(owner, db):
    """`places.here` opens its counters; `places.elsewhere` is another prefecture's."""
    found = factory.places(owner)
    factory.open_counters(found.here)
    return found


@pytest.fixture
def at_the_visit(move_clock):
    """Move the clock to an appointment's moment, or near it."""

    def go(appointment, **away):
        move_clock(appointment.starts_at - clock.now() + timedelta(**away))

    return go
