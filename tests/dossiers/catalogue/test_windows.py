from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dossiers.catalogue.loader import catalogue, load_catalogue
from dossiers.catalogue.windows import (
    add_months,
    assess,
    assess_filing,
    assess_frozen,
    window_for,
)

RENEWAL = catalogue()["student-renewal"].window
ARRIVAL = catalogue()["spouse-of-french-first"].window
DUPLICATE = catalogue()["duplicate"].window
WINDOWS = (RENEWAL, ARRIVAL, DUPLICATE)
DAY = timedelta(days=1)

legal_days = st.dates(date(1990, 1, 1), date(2110, 12, 31))


@given(st.sampled_from(WINDOWS), st.dates(), st.none() | st.dates())
@example(RENEWAL, date.max, date.max)
@example(RENEWAL, date.min, date.min)
@example(ARRIVAL, date.max, date.max)
@example(DUPLICATE, date.min, date.min)
def test_every_day_of_the_calendar_has_an_answer_and_a_sentence(window, today, day):
    answer = assess(window, today, title_ends_on=day, entered_on=day)

    assert (answer.status == "unknown") is (day is None)
    assert answer.may_file is (answer.status != "early")
    for language in ("fr", "en", "ar"):
        sentence = answer.sentence(language)
        assert sentence
        assert "{" not in sentence


@given(legal_days)
@example(date(2028, 2, 29))
@example(date(2027, 2, 28))
@example(date(2028, 12, 31))
def test_a_renewal_opens_120_days_before_and_closes_60_days_before(ends_on):
    opens_on, closes_on = ends_on - 120 * DAY, ends_on - 60 * DAY

    def status(today):
        return assess(RENEWAL, today, title_ends_on=ends_on).status

    assert [status(opens_on - DAY), status(opens_on)] == ["early", "open"]
    assert [status(closes_on), status(closes_on + DAY)] == ["open", "late"]
    late_until = assess(RENEWAL, ends_on, title_ends_on=ends_on).late_until
    assert [status(late_until), status(late_until + DAY)] == ["late", "too-late"]


@given(legal_days, st.integers(-400, 400))
def test_time_only_moves_a_renewal_forward(ends_on, shift):
    order = ["early", "open", "late", "too-late"]
    today = ends_on + shift * DAY
    now = assess(RENEWAL, today, title_ends_on=ends_on)
    tomorrow = assess(RENEWAL, today + DAY, title_ends_on=ends_on)
    assert order.index(now.status) <= order.index(tomorrow.status)


@given(legal_days, st.integers(-59, 4000))
def test_a_late_renewal_may_always_be_filed(ends_on, days):
    answer = assess(RENEWAL, ends_on + days * DAY, title_ends_on=ends_on)
    assert answer.may_file
    assert not answer.extension_by_right


@given(legal_days, st.integers(0, 400))
def test_the_late_charge_goes_with_being_late_only(ends_on, days):
    answer = assess(RENEWAL, ends_on - 120 * DAY + days * DAY, title_ends_on=ends_on)
    assert answer.late_charge is (answer.status == "late")
    assert answer.extension_by_right is (answer.status == "open")


@given(legal_days)
@example(date(2027, 12, 31))
def test_an_arrival_has_two_calendar_months(entered_on):
    answer = assess(ARRIVAL, entered_on, entered_on=entered_on)

    assert answer.status == "open"
    assert assess(ARRIVAL, answer.closes_on, entered_on=entered_on).status == "open"
    late = assess(ARRIVAL, answer.closes_on + DAY, entered_on=entered_on)
    assert (late.status, late.may_file, late.late_charge) == ("late", True, False)
    assert assess(ARRIVAL, entered_on - DAY, entered_on=entered_on).status == "early"


@given(legal_days)
def test_a_duplicate_is_worth_asking_until_three_months_before_the_end(ends_on):
    last = assess(DUPLICATE, ends_on, title_ends_on=ends_on).closes_on

    assert assess(DUPLICATE, last, title_ends_on=ends_on).status == "open"
    after = assess(DUPLICATE, last + DAY, title_ends_on=ends_on)
    assert (after.status, after.may_file, after.late_charge) == ("too-late", True, False)


@given(st.dates(), st.integers(-30, 30))
def test_adding_months_keeps_the_day_or_takes_the_last_one(day, months):
    moved = add_months(day, months)
    if moved in (date.max, date.min):
        return
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, monthrange(moved.year, moved.month)[1])


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 1, 31), -3, date(2026, 10, 31)),
        (date(2027, 5, 31), -3, date(2027, 2, 28)),
        (date(9999, 12, 1), 6, date.max),
        (date(1, 1, 31), -3, date.min),
    ],
)
def test_months_of_the_calendar(day, months, expected):
    assert add_months(day, months) == expected


def test_a_spouse_who_holds_a_title_counts_from_its_end(procedures):
    procedure = procedures["spouse-of-french-first"]
    holder = {
        "arrived_with": "residence_visa",
        "entered_on": "2026-01-10",
        "title_ends_on": "2027-01-09",
    }
    newcomer = {"arrived_with": "short_stay_visa", "entered_on": "2026-10-01"}
    today = date(2026, 10, 10)

    assert window_for(procedure, holder).code == "online-renewal"
    assert assess_filing(procedure, holder, today).closes_on == date(2026, 11, 10)
    assert window_for(procedure, newcomer).code == "arrival"
    assert assess_filing(procedure, newcomer, today).closes_on == date(2026, 12, 1)
    assert assess_filing(procedure, {}, today).status == "unknown"


def test_an_answer_to_a_hidden_field_does_not_move_the_window(procedures):
    procedure = procedures["spouse-of-french-first"]
    answers = {"arrived_with": "no_visa", "title_ends_on": "2027-01-09"}
    assert assess_filing(procedure, answers, date(2026, 10, 10)).status == "unknown"


def test_dates_are_written_by_the_caller(procedures):
    answer = assess(RENEWAL, date(2026, 11, 23), title_ends_on=date(2027, 2, 28))
    assert answer.status == "open"
    assert "30.12.2026" in answer.sentence("en", show=lambda day: day.strftime("%d.%m.%Y"))


def test_a_window_open_all_year(spoil, folder):
    text = (folder / "_windows.toml").read_text(encoding="utf-8")
    start = text.index("[windows.while-valid]")
    anytime = text[start:].replace('kind = "while-valid"', 'kind = "anytime"')
    assert spoil("_windows.toml", text[start:], anytime) == ()

    answer = assess(load_catalogue(folder)["duplicate"].window, date(2026, 11, 23))
    assert (answer.status, answer.closes_on) == ("open", None)


def test_a_freeze_helps_and_never_hurts():
    procedure, ends_on = catalogue()["student-renewal"], date(2026, 12, 31)
    answers = {procedure.meaning("title_ends_on").name: ends_on.isoformat()}
    closes_on = ends_on - timedelta(days=60)

    def on(today, *freezes):
        found = assess_frozen(procedure, answers, today, freezes)
        return found.status, found.late_charge, found.frozen

    late = closes_on + timedelta(days=10)
    freeze = (closes_on, closes_on + timedelta(days=15))
    assert on(late) == ("late", True, None)
    assert on(late, freeze) == ("open", False, freeze)
    assert on(freeze[1], freeze) == ("open", False, freeze)
    assert on(freeze[1] + timedelta(days=1), freeze) == ("late", True, None)
    # late before the failure, or too early on its day: it changes nothing
    assert on(late, (late, late + timedelta(days=15))) == ("late", True, None)
    assert on(late, (date(2026, 1, 1), late)) == ("late", True, None)
    assert on(closes_on, freeze) == ("open", False, None)
