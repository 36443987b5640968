"""The law of a day: rows in force from a day to a day, and channels that are law too."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dossiers.catalogue.channels import Channel, channel_on
from dossiers.catalogue.conditions import evidence_for
from dossiers.catalogue.law import deadlines_for, has_dated_rows, in_force
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.windows import window_for
from workflows.deadlines import limit_of

DAY = timedelta(days=1)
EXAMS = date(2026, 1, 1)
EMPLOYEE = catalogue()["employee-renewal"]
TALENT = catalogue()["talent-qualified"]
FIRST_MULTI_YEAR = {
    "work_situation": "same_job",
    "first_multi_year": True,
    "integration_contract": True,
    "exam_exempt": "none",
}
days = st.dates(date(2015, 1, 1), date(2060, 12, 31))
codes = st.sampled_from(sorted(catalogue()))


def channel(kind="online", **facts):
    return Channel(channel=kind, confidence="sourced", legal=("un arrêté",), **facts)


@given(days)
@example(EXAMS - DAY)
@example(EXAMS)
def test_the_exams_are_asked_of_requests_filed_since_2026_and_of_no_other(on):
    asked = {rule.code for rule in evidence_for(in_force(EMPLOYEE, on), FIRST_MULTI_YEAR)}

    assert ({"french-level", "civic-exam"} <= asked) is (on >= EXAMS)
    assert {"passport", "integration-certificate"} <= asked


@pytest.mark.parametrize(
    "spared", [{"first_multi_year": False}, {"integration_contract": False}, {"exam_exempt": "age"}]
)
def test_the_exams_are_not_asked_of_whoever_is_spared(spared):
    answers = FIRST_MULTI_YEAR | spared
    asked = {rule.code for rule in evidence_for(in_force(EMPLOYEE, EXAMS), answers)}

    assert not asked & {"french-level", "civic-exam"}


@given(codes, days)
def test_a_procedure_of_a_day_says_nothing_of_another_day(code, on):
    procedure = catalogue()[code]
    found = in_force(procedure, on)

    assert in_force(found, on) == found
    assert set(found.evidence) <= set(procedure.evidence)
    assert (found == procedure) or has_dated_rows(procedure)
    for row in (*found.evidence, *found.deadlines, *found.other_windows):
        assert (row.since or date.min) <= on <= (row.until or date.max)


def test_a_window_changes_on_its_day():
    procedure = catalogue()["student-renewal"]
    new = replace(procedure.window, code="new-window")
    choice = catalogue()["visitor"].other_windows[0]
    changed = replace(
        procedure, other_windows=(replace(choice, window=new, when=None, since=date(2027, 3, 1)),)
    )

    def code(on):
        return window_for(in_force(changed, on), {}).code

    assert (code(date(2027, 2, 28)), code(date(2027, 3, 1))) == ("online-renewal", "new-window")


@pytest.mark.parametrize(
    ("category", "days"),
    [("master", 90), ("blue_card", 90), ("researcher", 60), ("blue_card_mobile", 30)],
)
def test_silence_lasts_what_the_kind_of_talent_says(category, days):
    limit = limit_of(deadlines_for(TALENT, {"talent_category": category}))

    assert (limit.days, limit.months) == (days, 0)


def test_a_delay_for_an_answer_not_given_does_not_apply():
    assert limit_of(deadlines_for(TALENT, {})).days == 90


@given(codes, days, st.sampled_from(["01", "34", "75", "976", "977", "987"]))
def test_every_procedure_has_a_channel_on_every_day_it_is_open_everywhere(code, on, department):
    rows = catalogue()[code].channels
    found = channel_on(rows, on, department)

    if on >= date(2026, 11, 1):
        assert found is not None
    if found is not None:
        assert found.covers(department)
        assert found.holds(on)


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_channel_that_was_not_read_says_why(code):
    rows = catalogue()[code].channels

    assert rows
    for row in rows:
        assert row.is_confirmed or row.note


def test_a_named_territory_wins_then_the_latest_row():
    everywhere = channel(since=date(2021, 5, 1))
    later = channel("elsewhere", since=date(2024, 1, 1))
    island = channel("counter", since=date(2021, 5, 1), territories=("977",))
    rows = (everywhere, later, island)

    assert channel_on(rows, date(2023, 12, 31), "34") is everywhere
    assert channel_on(rows, date(2024, 1, 1), "34") is later
    assert channel_on(rows, date(2024, 1, 1), "977") is island
    assert channel_on(rows, date(2021, 4, 30), "977") is None


def test_a_channel_without_a_day_is_never_confirmed():
    assert channel(since=date(2021, 5, 1)).is_confirmed
    assert not channel().is_confirmed
    assert not replace(channel(since=date(2021, 5, 1)), confidence="mixed").is_confirmed
