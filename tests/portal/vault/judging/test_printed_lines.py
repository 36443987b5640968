"""The lines of a passport are believed when each of their check digits holds."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from portal.vault.judging import marks, printed_lines
from tests.portal.vault import sealed

CARD = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
LETTERS_ARE_READ = Path(settings.LINES_READER).exists() and sealed.FONT.exists()


def test_a_passport_says_until_when_it_is_valid():
    assert printed_lines.ends_on("\n".join(sealed.passport_lines())) == dt.date(2026, 11, 20)


def test_a_card_does_too():
    assert printed_lines.ends_on("\n".join(CARD)) == dt.date(2012, 4, 15)


@pytest.mark.parametrize("misread", ["KK<<<S<6<<<<", "<<<", "<<<<<<<<<<<<<<0<<<"])
def test_misread_fillers_and_letters_for_digits_are_forgiven(misread):
    second = sealed.passport_lines()[1]
    line = "Q " + second[:16].replace("0", "O") + " " + second[16:28] + misread + second[43]

    assert printed_lines.ends_on(line) == dt.date(2026, 11, 20)


def test_one_wrong_sign_and_nothing_is_read():
    first, second = sealed.passport_lines()
    counted = [*range(10), *range(13, 20), *range(21, 28), 43]
    for place in counted:
        wrong = second[:place] + ("5" if second[place] != "5" else "6") + second[place + 1 :]
        assert printed_lines.ends_on(f"{first}\n{wrong}") is None, place


@pytest.mark.skipif(not LETTERS_ARE_READ, reason="no program that reads letters on this machine")
@pytest.mark.parametrize(("lean", "quality"), [(0, 80), (2, 50)])
def test_they_are_read_in_a_photograph(lean, quality):
    found = marks.look(
        sealed.passport(lean=lean, quality=quality), "image/jpeg", dt.date(2026, 11, 27)
    )

    assert found.ends_on == dt.date(2026, 11, 20)
