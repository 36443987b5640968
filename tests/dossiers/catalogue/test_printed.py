"""Keys of printed numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.catalogue.printed import is_siret, luhn


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("73282932000074", True),
        ("73282932000075", False),
        ("35600000000048", True),  # La Poste, its head office
        ("35600000049837", True),  # La Poste: the digits add up to a multiple of five
        ("35600000049838", False),
        ("00000000000000", False),
        ("7328293200007", False),
        ("7328293200007٤", False),
    ],
)
def test_a_siret_is_proven_by_its_key(number, expected):
    assert is_siret(number) is expected


def slow_luhn(digits):
    """The same by the words of the standard: double every second digit from the right."""
    total = 0
    for place, digit in enumerate(digits[::-1], start=1):
        value = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += sum(int(one) for one in str(value))
    return total % 10 == 0


@given(st.text("0123456789", min_size=1, max_size=20))
def test_the_key_is_that_of_the_standard(digits):
    assert luhn(digits) is slow_luhn(digits)


@given(st.text("0123456789", min_size=2, max_size=14), st.data())
def test_one_wrong_digit_is_always_seen(digits, data):
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    changed = digits[:place] + other + digits[place + 1 :]

    assert not (luhn(digits) and luhn(changed))
