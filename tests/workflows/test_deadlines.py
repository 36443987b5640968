"""The legal clocks, against a slow and obvious way of counting days."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import deadlines
from workflows.deadlines import FOUR_MONTHS, NINETY_DAYS, Pause, TimeLimit

UTC = dt.UTC
# Every second from 2020 to 2032, changes of hour and 29 February included.
MOMENTS = st.integers(1_577_836_800, 1_988_150_399).map(
    lambda seconds: dt.datetime.fromtimestamp(seconds, UTC)
)
FOUR_LIMITS = (
    deadlines.FOUR_MONTHS,
    deadlines.NINETY_DAYS,
    deadlines.SIXTY_DAYS,
    deadlines.THIRTY_DAYS,
)
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


def last_sunday(year, month):
    day = dt.date(year, month, 31)
    while day.isoweekday() != 7:
        day -= ONE_DAY
    return day


def paris_by_hand(moment):
    """One hour ahead of UTC, two from the last Sunday of March to that of October, at 1 UTC."""
    summer = dt.datetime.combine(last_sunday(moment.year, 3), dt.time(1), UTC)
    winter = dt.datetime.combine(last_sunday(moment.year, 10), dt.time(1), UTC)
    return (moment + dt.timedelta(hours=2 if summer <= moment < winter else 1)).date()


@given(st.data(), MOMENTS, st.sampled_from(FOUR_LIMITS), st.integers(-11, 12))
def test_any_filing_anywhere_in_the_world_gives_the_slow_count(data, moment, limit, zone):
    there = moment.astimezone(dt.timezone(dt.timedelta(hours=zone)))
    filed_on = deadlines.legal_day(there)
    pauses = data.draw(pauses_after(filed_on))

    due = deadlines.implicit_refusal(starts_on=filed_on, limit=limit, pauses=pauses)

    assert filed_on == paris_by_hand(moment)
    assert due.on == day_by_day(paris_by_hand(moment), limit, pauses)


@given(st.data(), DAYS, LIMITS)
def test_one_more_pause_never_brings_the_refusal_nearer(data, starts_on, limit):
    pauses = data.draw(pauses_after(starts_on))

    dues = [
        deadlines.implicit_refusal(starts_on=starts_on, limit=limit, pauses=pauses[:number]).on
        for number in range(len(pauses) + 1)
    ]

    assert dues == sorted(dues)


@given(DAYS, st.integers(0, 400), LIMITS)
def test_who_files_later_is_never_refused_sooner(starts_on, later, limit):
    first, second = (
        deadlines.implicit_refusal(starts_on=day, limit=limit).on
        for day in (starts_on, starts_on + dt.timedelta(days=later))
    )

    assert first <= second


@given(DAYS, st.sets(DAYS, max_size=30))
def test_a_persons_day_goes_on_to_the_first_day_of_work(day, holidays):
    expected = day
    while expected.strftime("%A") in {"Saturday", "Sunday"} or expected in holidays:
        expected += ONE_DAY

    assert deadlines.next_working_day(day, holidays) == expected


@given(DAYS, st.sets(DAYS, max_size=30))
def test_contesting_is_never_late_before_the_day_that_was_told(known_on, holidays):
    window = deadlines.contest_window(known_on, holidays)

    assert window.safe_until == month_by_month(known_on, 2)
    assert window.safe_until < window.last_on
    assert window.last_on == deadlines.next_working_day(window.safe_until + ONE_DAY, holidays)


@pytest.mark.parametrize(
    ("known_on", "safe_until", "last_on"),
    [
        ((2024, 11, 12), (2025, 1, 12), (2025, 1, 13)),
        ((2007, 10, 1), (2007, 12, 1), (2007, 12, 3)),
        ((2026, 12, 31), (2027, 2, 28), (2027, 3, 1)),
        ((2027, 12, 29), (2028, 2, 29), (2028, 3, 1)),
        ((2026, 10, 24), (2026, 12, 24), (2026, 12, 28)),
    ],
)
def test_contesting_counts_a_free_period_of_two_months(known_on, safe_until, last_on):
    window = deadlines.contest_window(dt.date(*known_on), {dt.date(2026, 12, 25)})

    assert (window.safe_until, window.last_on) == (dt.date(*safe_until), dt.date(*last_on))


def test_reasons_are_owed_within_one_month_and_an_appeal_within_two():
    asked_on = dt.date(2027, 1, 31)

    assert deadlines.reasons_due(asked_on) == deadlines.DueDate(
        dt.date(2027, 2, 28), "reasons", "CRPA L.232-4"
    )
    assert deadlines.appeal_due(asked_on) == deadlines.DueDate(
        dt.date(2027, 3, 31), "appeal-silence", "CRPA L.411-7"
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
