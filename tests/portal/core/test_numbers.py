"""Dossier numbers: nineteen digits, never twice, and a slip of the pen is caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import numbers


@pytest.mark.parametrize("prefix", ["750", "201", "202", "971", "010"])
def test_number_begins_with_the_departments_three_digits(db, prefix):
    number = numbers.next_dossier_number(prefix)

    assert number[:3] == prefix
    assert numbers.is_dossier_number(number)


def test_numbers_never_repeat(db):
    made = {numbers.next_dossier_number("340") for _ in range(200)}

    assert len(made) == 200


@pytest.mark.parametrize("prefix", ["75", "2A0", "", "7500"])
def test_another_prefix_is_refused(prefix):
    with pytest.raises(ValueError, match="three digits"):
        numbers.next_dossier_number(prefix)


@given(st.integers(0, 10**17 - 1), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(body, place, shift):
    text = f"{body:017d}"
    number = text + numbers.check_digits(text)
    wrong = str((int(number[place]) + shift) % 10)

    assert not numbers.is_dossier_number(number[:place] + wrong + number[place + 1 :])


@given(st.integers(0, 10**17 - 1), st.integers(0, 17))
def test_two_neighbours_exchanged_are_always_caught(body, place):
    text = f"{body:017d}"
    number = text + numbers.check_digits(text)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert swapped == number or not numbers.is_dossier_number(swapped)
