from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dossiers.catalogue.durations import allowed_ends, computed_end, last_day
from dossiers.catalogue.loader import catalogue

STUDENT = catalogue()["student-renewal"]
SPOUSE = catalogue()["spouse-of-french-first"]
DUPLICATE = catalogue()["duplicate"]
legal_days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def student_end(cycle_ends_on, starts_on):
    return computed_end(STUDENT, {"cycle_ends_on": cycle_ends_on.isoformat()}, starts_on)


@given(legal_days, legal_days)
@example(date(2028, 2, 29), date(2028, 2, 29))
@example(date(2032, 2, 28), date(2028, 2, 29))
def test_a_student_title_follows_the_cycle_within_one_and_four_years(cycle_ends_on, starts_on):
    end = student_end(cycle_ends_on, starts_on)

    if cycle_ends_on <= starts_on:
        assert end is None
        return
    assert last_day(starts_on, 12) <= end.on <= last_day(starts_on, 48)
    if last_day(starts_on, 12) < cycle_ends_on < last_day(starts_on, 48):
        assert (end.on, end.months) == (cycle_ends_on, None)


@given(legal_days, legal_days, legal_days)
def test_a_longer_cycle_never_gives_a_shorter_title(one, other, starts_on):
    ends = [student_end(day, starts_on) for day in sorted((one, other))]

    assert ends[0] is None or ends[0].on <= ends[1].on


@given(legal_days, st.sampled_from([12, 24, 36, 48, 120]))
def test_the_day_after_a_title_is_the_same_day_of_the_month_or_its_last(starts_on, months):
    after = last_day(starts_on, months) + timedelta(days=1)

    assert (after.year - starts_on.year) * 12 + after.month - starts_on.month == months
    assert after.day == starts_on.day or (starts_on.day > after.day >= 28)


@given(legal_days)
def test_a_single_length_is_the_length(starts_on):
    end = computed_end(SPOUSE, {}, starts_on)

    assert (end.on, end.months) == (last_day(starts_on, 12), 12)
    assert list(allowed_ends(SPOUSE, starts_on)) == [end]


@given(legal_days, legal_days)
def test_a_duplicate_ends_with_the_title_that_it_replaces(ends_on, starts_on):
    end = computed_end(DUPLICATE, {"title_ends_on": ends_on.isoformat()}, starts_on)

    assert end is None if ends_on <= starts_on else end.on == ends_on


def test_without_the_date_that_it_follows_the_rule_leaves_the_choice():
    assert computed_end(STUDENT, {}, date(2027, 3, 1)) is None
    assert [end.months for end in allowed_ends(STUDENT, date(2027, 3, 1))] == [12, 24, 36, 48]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('rest_of = "cycle_ends_on"', 'rest_of = "sex"', "aucune date n'a le sens « sex »"),
        ('rest_of = "cycle_ends_on"', 'rest_of = "x"', "aucune date n'a le sens « x »"),
        ('code = "studies"\nlabel', 'code = "means"\nlabel', "« means » est déclaré 2 fois"),
        ('evidence = ["enrolment", ', 'evidence = ["enrolement", ', "pièce inconnue"),
        ('fields = ["institution", ', 'fields = ["institute", ', "champ inconnu"),
        ('ground = "refuse-studies"', 'ground = "grant-student"', "n'est pas un motif de refus"),
        ('"grant-student", ', '"grant-nobody", ', "motif inconnu"),
    ],
)
def test_a_mistake_in_a_check_a_ground_or_a_length_is_named(spoil, old, new, problem):
    assert any(problem in found for found in spoil("student_renewal.toml", old, new))


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_procedure_can_be_granted_refused_and_closed_with_a_text(code):
    procedure = catalogue()[code]
    outcomes = {ground.outcome for ground in procedure.grounds}

    assert outcomes == {"grant", "refuse", "close"}
    assert any("refuse" in check.outcomes for check in procedure.checks)
    assert all("[…" in ground.fact for ground in procedure.grounds)
    assert all(ground.legal for ground in procedure.grounds)
