"""The legal clocks, against a slow and obvious way of counting days."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import deadlines
from workflows.deadlines import FOUR_MONTHS, NINETY_DAYS, Pause, TimeLimit

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31))
LIMITS = st.one_of(
    st.integers(1, 12).map(lambda months: TimeLimit("m", "art.", months=months)),
    st.integers(1, 200).map(lambda days: TimeLimit("d", "art.", days=days)),
)
ONE_DAY = dt.timedelta(days=1)


@st.composite
def pauses_after(draw, start):
    offsets = draw(st.lists(st.tuples(st.integers(0, 250), st.integers(0, 60)), max_size=5))
    return [
        Pause(start + dt.timedelta(days=begins), start + dt.timedelta(days=begins + lasts))
        for begins, lasts in offsets
    ]


def month_by_month(day, months):
    """One month at a time, then back to the day of departure, or the last that exists."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    for candidate in range(day.day, 0, -1):
        try:
            return dt.date(year, month, candidate)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def day_by_day(starts_on, limit, pauses):
    """Walk: each day that falls in a pause pushes the end by one day."""
    due = (
        month_by_month(starts_on, limit.months)
        if limit.months
        else starts_on + dt.timedelta(days=limit.days)
    )
    day = starts_on
    while day < due:
        if any(pause.starts_on <= day < pause.ends_on for pause in pauses):
            due += ONE_DAY
        day += ONE_DAY
    return due


@given(st.data(), DAYS, LIMITS)
def test_implicit_refusal_equals_the_slow_count(data, starts_on, limit):
    pauses = data.draw(pauses_after(starts_on))

    due = deadlines.implicit_refusal(starts_on=starts_on, limit=limit, pauses=pauses)

    assert due == deadlines.DueDate(
        on=day_by_day(starts_on, limit, pauses), rule=limit.code, article=limit.article
    )


@given(st.data(), DAYS, LIMITS)
def test_the_order_of_pauses_means_nothing(data, starts_on, limit):
    pauses = data.draw(pauses_after(starts_on))

    forwards = deadlines.implicit_refusal(starts_on=starts_on, limit=limit, pauses=pauses)
    backwards = deadlines.implicit_refusal(starts_on=starts_on, limit=limit, pauses=pauses[::-1])

    assert forwards == backwards


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        ((2026, 11, 23), 4, (2027, 3, 23)),
        ((2026, 10, 31), 4, (2027, 2, 28)),
        ((2027, 10, 31), 4, (2028, 2, 29)),
        ((2026, 12, 31), 2, (2027, 2, 28)),
        ((2026, 3, 15), -2, (2026, 1, 15)),
    ],
)
def test_months_are_calendar_months(starts_on, months, ends_on):
    assert deadlines.add_months(dt.date(*starts_on), months) == dt.date(*ends_on)


def test_a_pause_after_the_silence_ran_out_changes_nothing():
    late = Pause(dt.date(2027, 3, 23), dt.date(2027, 6, 1))

    due = deadlines.implicit_refusal(
        starts_on=dt.date(2026, 11, 23), limit=FOUR_MONTHS, pauses=[late]
    )

    assert due.on == dt.date(2027, 3, 23)


def test_two_pauses_over_the_same_days_count_once():
    first = Pause(dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    second = Pause(dt.date(2026, 12, 15), dt.date(2027, 1, 5))

    due = deadlines.implicit_refusal(
        starts_on=dt.date(2026, 11, 23), limit=NINETY_DAYS, pauses=[first, second]
    )

    assert due.on == dt.date(2026, 11, 23) + dt.timedelta(days=90 + 35)


def test_a_request_pauses_until_the_supply_at_the_latest_the_deadline():
    asked_on, due_on = dt.date(2027, 1, 4), dt.date(2027, 2, 3)

    def end(supplied_on=None):
        return deadlines.pause_of_request(
            asked_on=asked_on, due_on=due_on, supplied_on=supplied_on
        ).ends_on

    assert (end(), end(dt.date(2027, 1, 20)), end(dt.date(2027, 5, 1)), end(asked_on)) == (
        due_on,
        dt.date(2027, 1, 20),
        due_on,
        asked_on,
    )


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-23T22:59:59+00:00", (2026, 11, 23)),
        ("2026-11-23T23:00:00+00:00", (2026, 11, 24)),
        ("2026-07-14T21:59:59+00:00", (2026, 7, 14)),
        ("2026-07-14T22:00:00+00:00", (2026, 7, 15)),
    ],
)
def test_a_legal_day_begins_at_midnight_in_paris(moment, day):
    assert deadlines.legal_day(dt.datetime.fromisoformat(moment)) == dt.date(*day)


def test_a_moment_without_a_zone_has_no_legal_day():
    with pytest.raises(ValueError, match="aware"):
        deadlines.legal_day(dt.datetime(2026, 11, 23, 12))  # noqa: DTZ001 -- the mistake itself


@pytest.mark.parametrize("facts", [{}, {"months": 4, "days": 90}, {"months": -1}, {"days": -1}])
def test_a_time_limit_counts_months_or_days(facts):
    with pytest.raises(ValueError, match="months or days"):
        TimeLimit("code", "article", **facts)


def test_a_title_ends_the_day_before_its_anniversary():
    assert deadlines.title_ends_on(starts_on=dt.date(2027, 3, 1), months=12) == dt.date(2028, 2, 29)
    assert deadlines.title_ends_on(starts_on=dt.date(2026, 3, 1), months=48) == dt.date(2030, 2, 28)


def test_a_procedure_without_a_deadline_has_the_common_silence():
    other = SimpleNamespace(effect="completion", code="x", legal=("CRPA",), months=None, days=30)
    named = SimpleNamespace(
        effect="implicit-refusal", code="n", legal=("A", "B"), months=None, days=90
    )

    assert deadlines.limit_of([other]) == FOUR_MONTHS
    assert deadlines.limit_of([other, named]) == TimeLimit("n", "A, B", days=90)


def test_retention_begins_when_the_case_ends():
    assert deadlines.retention_ends_on(dt.date(2026, 11, 23)) == dt.date(2031, 11, 23)


@given(DAYS)
def test_a_grant_is_withdrawn_within_four_months_and_a_refusal_within_twelve(day):
    four, twelve = deadlines.retraction_ends_on(day), deadlines.reopening_ends_on(day)

    assert (four.year - day.year) * 12 + four.month - day.month == 4
    assert (twelve.year - day.year) * 12 + twelve.month - day.month == 12
    assert four.day == day.day or (four + ONE_DAY).day == 1


@given(DAYS)
def test_a_summons_and_an_invitation_leave_fifteen_days(day):
    assert deadlines.first_hearing_on(day) - day == 15 * ONE_DAY
    assert deadlines.first_answer_due_on(day) - day == 15 * ONE_DAY
