"""Public holidays are those of the place."""

import datetime as dt

import pytest

from portal.territory.api import public_holidays


@pytest.mark.parametrize(
    ("office", "day", "shut"),
    [
        ("75", dt.date(2026, 5, 1), True),
        ("75", dt.date(2026, 12, 26), False),
        ("68", dt.date(2026, 12, 26), True),
        ("57", dt.date(2026, 4, 3), True),
        ("971", dt.date(2026, 5, 27), True),
        ("976", dt.date(2026, 4, 27), True),
        (None, dt.date(2026, 7, 14), True),
    ],
)
def test_a_holiday_is_a_holiday_where_it_is_kept(office, day, shut):
    assert (day in public_holidays(office, day.year)) is shut


def test_several_years_are_one_set():
    days = public_holidays("75", 2026, 2027)

    assert {dt.date(2026, 1, 1), dt.date(2027, 1, 1)} <= days
