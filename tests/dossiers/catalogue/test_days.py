"""Days known in part, and ages: against the calendar itself, one day after the other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.catalogue.comparing import Comparison
from dossiers.catalogue.days import has_age, span

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2001-04-12", (date(2001, 4, 12), date(2001, 4, 12))),
        ("2000-02", (date(2000, 2, 1), date(2000, 2, 29))),
        ("2001", (date(2001, 1, 1), date(2001, 12, 31))),
        ("2001-13", None),
        ("2001-00", None),
        ("0000", None),
        ("٢٠٠١", None),
        ("2001-4", None),
        (2001, None),
        (None, None),
    ],
)
def test_a_date_known_in_part_is_every_day_that_it_may_be(value, expected):
    assert span(value) == expected


def slow_age(born, on):
    """Birthdays counted one by one; of 29 February, on the last day of the month."""
    age, year = 0, born.year + 1
    while True:
        try:
            birthday = born.replace(year=year)
        except ValueError:
            birthday = date(year, 2, 28)
        if birthday > on:
            return age
        age, year = age + 1, year + 1


@given(DAYS, DAYS, st.integers(0, 120))
def test_an_age_is_counted_in_birthdays(born, on, years):
    reached = born <= on and slow_age(born, on) >= years

    assert has_age(born, years, on) is (reached if years else born <= on)


@given(DAYS, st.sampled_from([4, 7, 10]), DAYS, st.integers(1, 100))
def test_of_a_birth_known_in_part_only_what_is_certain_holds(born, kept, on, years):
    known = born.isoformat()[:kept]
    first, last = span(known)
    each = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    at_least = Comparison("b", "age_at_least", years, at=on).holds({"b": known})
    younger = Comparison("b", "younger_than", years, at=on).holds({"b": known})

    assert at_least is all(has_age(day, years, on) for day in each)
    assert younger is not any(has_age(day, years, on) for day in each)


@given(DAYS, st.sampled_from([4, 7, 10]), DAYS)
def test_before_and_after_hold_for_every_day_or_not_at_all(day, kept, other):
    first, last = span(day.isoformat()[:kept])

    answers = {"d": day.isoformat()[:kept]}

    assert Comparison("d", "before", other).holds(answers) is (last < other)
    assert Comparison("d", "after", other).holds(answers) is (first > other)


def test_the_day_of_an_age_may_be_an_answer_and_is_not_guessed_without_one():
    asked = Comparison("born", "age_at_least", 18, at="arrived")

    assert asked.holds({"born": "2000-01-01", "arrived": "2018-01-01"})
    assert not asked.holds({"born": "2000-01-01", "arrived": "2017-12-31"})
    assert not asked.holds({"born": "2000-01-01"})
    assert not Comparison("born", "age_at_least", 18, at="filing").holds({"born": "2000-01-01"})
