"""The lines of passports and cards: the samples of ICAO Doc 9303, and what a hand does to them."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.catalogue.mrz import MrzError, check_digit, read_mrz

TODAY = date(2026, 11, 27)
PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
)
CARD = (
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)


@pytest.mark.parametrize(("lines", "number"), [(PASSPORT, "L898902C3"), (CARD, "D23145890")])
def test_the_samples_of_the_standard_are_read(lines, number):
    read = read_mrz(lines, TODAY)

    assert (read.number, read.surname, read.given_names) == (number, "ERIKSSON", "ANNA MARIA")
    assert (read.country, read.sex, read.born, read.ends_on) == (
        "UTO",
        "f",
        "1974-08-12",
        "2012-04-15",
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.lower(),
        lambda text: text.replace("\n", "\r\n\r\n"),
        lambda text: text.replace("\n", ""),
        lambda text: "  ".join(text),
        lambda text: text.replace("<", "‹"),
        lambda text: text.replace("<<<<<<<<<<<<<<<<<<<\n", "\n"),
        lambda text: text.replace("7408122", "74O8I22"),
    ],
)
def test_what_a_hand_or_a_copy_does_is_forgiven(change):
    assert read_mrz(change(PASSPORT), TODAY) == read_mrz(PASSPORT, TODAY)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("L898902C3", "L898902C4", "number"),
        ("740812", "740813", "born"),
        ("120415", "120416", "ends_on"),
        ("ZE184226B", "ZE184226C", "personal"),
        ("<<<<<10", "<<<<<11", "whole"),
        ("P<UTO", "V<UTO", "form"),
        ("<10", "10", "form"),
    ],
)
def test_a_wrong_digit_names_the_part_to_read_again(old, new, code):
    with pytest.raises(MrzError) as refusal:
        read_mrz(PASSPORT.replace(old, new), TODAY)

    assert refusal.value.code == code


def passport(born: str, sex: str = "F") -> str:
    number, ends = "ZZ0000019", "300101"
    middle = f"{number}{check_digit(number)}BRA{born}{check_digit(born)}{sex}"
    second = f"{middle}{ends}{check_digit(ends)}{'<' * 14}<"
    proven = second[:10] + second[13:20] + second[21:43]
    return "P<BRAEXEMPLE".ljust(44, "<") + "\n" + second + check_digit(proven)


@pytest.mark.parametrize(
    ("born", "read"),
    [
        ("740812", "1974-08-12"),
        ("200101", "2020-01-01"),
        ("7408<<", "1974-08"),
        ("74<<<<", "1974"),
        ("740000", "1974"),
    ],
)
def test_a_birth_known_in_part_stays_so_and_a_year_is_never_ahead(born, read):
    mrz = read_mrz(passport(born), TODAY)

    assert (mrz.born, mrz.given_names) == (read, "")


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(MrzError):
        read_mrz(passport("740231"), TODAY)


def test_a_long_number_goes_on_in_the_free_part_of_a_card():
    number = "D23145890734"
    free = number[9:] + check_digit(number)
    first = f"I<UTO{number[:9]}<{free}".ljust(30, "<")
    second = "7408122F1204159UTO<<<<<<<<<<<"
    proven = first[5:] + second[:7] + second[8:15] + second[18:29]

    card = f"{first}\n{second}{check_digit(proven)}\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"

    assert read_mrz(card, TODAY).number == number


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(MrzError):
        read_mrz(text, TODAY)


@given(st.sampled_from([*range(13, 19), *range(21, 27)]), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_a_date_is_always_seen(place, digit):
    first, second = PASSPORT.split("\n")
    changed = second[:place] + digit + second[place + 1 :]
    if changed == second:
        assert read_mrz(PASSPORT, TODAY).born
        return

    with pytest.raises(MrzError):
        read_mrz(f"{first}\n{changed}", TODAY)
