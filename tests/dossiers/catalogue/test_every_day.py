"""Windows and fees of every procedure of the catalogue, over every date."""

from calendar import isleap
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dossiers.catalogue.fees import fees_for, late_charge
from dossiers.catalogue.law import in_force
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.windows import COUNTED_FROM, add_months, assess, assess_filing

DAY = timedelta(days=1)
CODES = sorted(catalogue())
ORDER = ["early", "open", "late", "too-late"]
WINDOWS = {
    window.code: window
    for procedure in catalogue().values()
    for window in (procedure.window, *(choice.window for choice in procedure.other_windows))
}
COUNTED = sorted(code for code, window in WINDOWS.items() if window.kind in COUNTED_FROM)
FIRST_SCHEDULE = date(2022, 1, 1)
SEVEN_YEARS = [date(2022, 1, 1) + n * DAY for n in range(7 * 365 + 2)]

legal_days = st.dates(date(1990, 1, 1), date(2110, 12, 31))
any_window = st.sampled_from(sorted(WINDOWS)).map(WINDOWS.get)
counted_window = st.sampled_from(COUNTED).map(WINDOWS.get)


def stand(window, today, day):
    """Where the day stands, whatever the window counts from."""
    return assess(window, today, **dict.fromkeys(COUNTED_FROM.values(), day))


def test_the_years_hold_both_kinds():
    assert {isleap(day.year) for day in SEVEN_YEARS} == {True, False}


@given(any_window, st.dates(), st.none() | st.dates())
@example(WINDOWS["majority"], date(2046, 2, 28), date(2028, 2, 29))
@example(WINDOWS["majority"], date.max, date.max)
@example(WINDOWS["move"], date.min, date.min)
@example(WINDOWS["before-the-end"], date.min, date.max)
def test_every_day_has_an_answer_and_a_sentence_in_each_language(window, today, day):
    answer = stand(window, today, day)

    assert (answer.status == "unknown") is (day is None and window.kind in COUNTED_FROM)
    assert answer.may_file is (answer.status != "early")
    for language in ("fr", "en", "ar"):
        sentence = answer.sentence(language)
        assert sentence
        assert "{" not in sentence


@given(counted_window, legal_days, st.integers(-500, 7000))
def test_time_only_moves_forward(window, day, shift):
    today = day + shift * DAY
    now, tomorrow = stand(window, today, day), stand(window, today + DAY, day)

    assert ORDER.index(now.status) <= ORDER.index(tomorrow.status)


@given(counted_window, legal_days)
@example(WINDOWS["visa-validation"], date(2027, 11, 30))
@example(WINDOWS["move"], date(2027, 11, 30))
@example(WINDOWS["majority"], date(2010, 2, 28))
def test_each_bound_is_the_last_day_of_what_it_ends(window, day):
    found = stand(window, day, day)

    if found.opens_on and found.opens_on > date(1985, 1, 1):
        before = stand(window, found.opens_on - DAY, day)
        assert (before.status, before.may_file) == ("early", False)
        assert stand(window, found.opens_on, day).status == "open"
    assert stand(window, found.closes_on, day).status == "open"
    after = stand(window, found.closes_on + DAY, day)
    assert after.status in ("late", "too-late")
    assert after.may_file
    assert not after.extension_by_right


@pytest.mark.parametrize("code", COUNTED)
def test_no_right_and_no_charge_comes_from_a_window_to_confirm(code):
    window = WINDOWS[code]
    seen = {stand(window, date(2027, 1, 1) + n * DAY, date(2028, 2, 29)) for n in range(800)}

    if window.confidence != "sourced":
        assert not any(answer.late_charge or answer.extension_by_right for answer in seen)


@given(legal_days)
@example(date(2010, 2, 28))
@example(date(2008, 2, 29))
def test_whoever_turns_eighteen_has_two_calendar_months(born):
    grown = add_months(born, 216)
    answer = stand(WINDOWS["majority"], grown, born)

    assert (answer.status, answer.opens_on) == ("open", grown)
    assert answer.closes_on == add_months(grown, 2)
    assert stand(WINDOWS["majority"], grown - DAY, born).status == "early"


@given(st.sampled_from(CODES), legal_days, st.integers(-200, 400))
def test_the_window_of_the_answers_is_the_window_of_the_catalogue(code, day, shift):
    procedure = catalogue()[code]
    answers = {
        field.name: day.isoformat()
        for field in procedure.all_fields()
        if field.means in COUNTED_FROM.values()
    }
    found = assess_filing(procedure, answers, day + shift * DAY)

    assert found.window.code in WINDOWS
    assert found == stand(found.window, day + shift * DAY, day) or found.status == "unknown"


@pytest.mark.parametrize("code", CODES)
def test_every_day_of_seven_years_has_a_price_and_nothing_undated_in_it(code):
    procedure = catalogue()[code]
    for on in SEVEN_YEARS:
        quote = fees_for(in_force(procedure, on), on)
        assert quote.total == sum(line.amount_eur for line in quote.lines)
        assert quote.total == quote.due_at("filing") + quote.due_at("hand-over")
        assert {line.schedule for line in quote.lines} <= {"LF2022"}
        assert {line.schedule for line in quote.to_confirm} <= {"LF2026"}
        assert all(line.confidence == "sourced" for line in quote.lines)


@given(st.sampled_from(CODES), legal_days.filter(lambda day: day >= FIRST_SCHEDULE), st.data())
def test_whatever_is_answered_there_is_one_tax_at_most_and_one_stamp(code, on, data):
    procedure = catalogue()[code]
    answers = {
        field.name: data.draw(st.sampled_from([option.value for option in field.options]))
        for field in procedure.all_fields()
        if field.kind == "choice"
    }
    codes = [line.code for line in fees_for(procedure, on, answers).lines]

    assert len([one for one in codes if one.endswith(("tax", "tax-reduced"))]) <= 1
    assert codes.count("stamp-duty") <= 1
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("code", "answers", "total", "announced"),
    [
        ("student-first", {}, 75, 150),
        ("student-renewal", {}, 75, 100),
        ("employee-first", {}, 225, 350),
        ("employee-renewal", {}, 225, 250),
        ("talent-qualified", {"arrived_with": "long_stay_visa"}, 225, 350),
        ("talent-qualified", {"arrived_with": "talent_card"}, 225, 250),
        ("spouse-of-french-first", {"arrived_with": "residence_visa"}, 225, 350),
        ("spouse-of-french-renewal", {}, 225, 250),
        ("visitor", {"arrived_with": "residence_visa"}, 225, 350),
        ("visitor", {"arrived_with": "visitor_card"}, 225, 250),
        ("resident-card-renewal", {}, 225, 250),
        ("address-change", {"title_kind": "resident", "wants_card": True}, 25, 50),
        ("address-change", {"title_kind": "resident", "wants_card": False}, 0, None),
        ("address-change", {"title_kind": "eu_family", "wants_card": True}, 0, None),
        ("duplicate", {"title_kind": "worker"}, 225, 250),
        ("visa-validation", {"visa_motive": "worker"}, 200, 300),
        ("visa-validation", {"visa_motive": "student"}, 50, 100),
        ("visa-validation", {"visa_motive": "retired"}, 0, None),
        ("minor-travel-document", {}, 50, None),
    ],
)
def test_the_prices_are_those_of_the_sources(code, answers, total, announced):
    quote = fees_for(catalogue()[code], date(2026, 11, 27), answers)

    assert (quote.total, quote.total_to_confirm) == (total, announced)


def test_only_the_validation_of_a_visa_is_paid_when_filing():
    on = date(2026, 11, 27)

    assert {code for code in CODES if fees_for(catalogue()[code], on).due_at("filing")} == {
        "visa-validation"
    }


@pytest.mark.parametrize("code", CODES)
def test_a_late_charge_goes_with_a_window_that_has_one(code):
    procedure = catalogue()[code]
    windows = (procedure.window, *(choice.window for choice in procedure.other_windows))

    charge = late_charge(procedure, date(2026, 11, 27))
    assert (charge is not None) is any(window.late_charge for window in windows)
