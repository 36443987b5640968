"""Places where people are received, for the tests of the visit."""

import pytest

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
        from datetime import timedelta

        from portal.core import clock

        move_clock(appointment.starts_at - clock.now() + timedelta(**away))

    return go
