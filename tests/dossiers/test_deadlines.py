"""The days of a completion request, as arithmetic."""

import datetime as dt

import pytest

from dossiers.deadlines import extended_day, reminder_due

ASKED = dt.date(2027, 3, 1)


def day(number):
    return ASKED + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("due", "expected"), [(30, 45), (160, 175), (170, 180), (180, None), (200, None)]
)
def test_more_time_is_given_up_to_a_limit(due, expected):
    found = extended_day(asked_on=ASKED, due_on=day(due), days=15)

    assert found == (day(expected) if expected else None)


@pytest.mark.parametrize(
    ("today", "sent", "expected"),
    [
        (19, [], None),
        (20, [], 10),
        (20, [10], None),
        (24, [], 10),
        (27, [10], 3),
        (27, [10, 3], None),
        (30, [], 3),
        (31, [], None),
    ],
)
def test_each_reminder_comes_once_and_a_missed_day_is_caught_up_by_the_nearest(
    today, sent, expected
):
    found = reminder_due(today=day(today), last_day=day(30), since=ASKED, sent=sent)

    assert found == expected


def test_a_deadline_set_too_late_for_a_reminder_brings_none():
    near = {"last_day": day(5), "since": ASKED, "sent": []}

    assert reminder_due(today=day(1), **near) is None
    assert reminder_due(today=day(2), **near) == 3
