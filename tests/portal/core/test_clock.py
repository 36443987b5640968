"""One clock, in the database; legal days are days in Europe/Paris."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from portal.core import clock, door


def test_legal_day_is_the_day_in_paris():
    assert clock.legal_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert clock.legal_day(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)) == date(2026, 12, 31)


@pytest.mark.django_db(transaction=True)
def test_moving_the_clock_moves_every_reading_of_it(move_clock):
    before = clock.now()

    move_clock(timedelta(days=20))

    with door.acting(1) as act:
        assert timedelta(days=20) <= act.now - before < timedelta(days=20, minutes=1)


@pytest.mark.parametrize("role", ["web", "worker", "issuer", "editing"])
def test_no_role_of_the_application_may_move_the_clock(db, as_role, role):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute("update clock_offset set value = interval '1 year'")


def test_clock_is_not_moved_where_it_may_not_be(db, settings):
    settings.MOVABLE_CLOCK = False

    with pytest.raises(RuntimeError):
        clock.move(timedelta(days=1))
