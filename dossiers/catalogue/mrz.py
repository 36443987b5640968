"""The machine-readable lines of a passport (TD3) or of a card (TD1), with their check digits.

As in ICAO Doc 9303, parts 3 to 5: weights 7, 3, 1; letters count from A = 10; `<` is nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from dossiers.catalogue.days import span
from portal.core.check_digits import FILLER, check_digit

TD3, TD1 = (2, 44), (3, 30)
ALLOWED = re.compile(r"[A-Z0-9<]+")
LOOKALIKES = str.maketrans({"‹": "<", "«": "<<", "〈": "<", "＜": "<"})
AS_DIGITS = str.maketrans("OQDIZSB", "0001258")
SEXES = {"M": "m", "F": "f", "X": "x", FILLER: "x"}


class MrzError(ValueError):
    """The lines are not read; `code` says why: "form", or the part whose digit is wrong."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Mrz:
    """What the lines say. Dates are ISO text, known in part where the paper has no day."""

    lines: tuple[str, ...]
    number: str
    surname: str
    given_names: str
    country: str
    sex: str
    born: str
    ends_on: str


def read_mrz(text: str, today: date) -> Mrz:
    """Read lines as typed or pasted, spaces and line ends forgiven. Raises MrzError."""
    lines = _lines(text)
    return _passport(lines, today) if len(lines) == 2 else _card(lines, today)


def _lines(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", text).translate(LOOKALIKES).upper()
    typed = [line for part in plain.splitlines() if (line := "".join(part.split()))]
    for count, width in (TD3, TD1):
        lines = typed
        if len(lines) == count:
            # the line of names ends in signs that nobody counts
            names = 0 if (count, width) == TD3 else 2
            lines = [
                line.ljust(width, FILLER) if i == names else line for i, line in enumerate(lines)
            ]
        whole = "".join(lines)
        if len(whole) == count * width and ALLOWED.fullmatch(whole):
            return tuple(whole[i * width : (i + 1) * width] for i in range(count))
    raise MrzError("form")


def _passport(lines: tuple[str, ...], today: date) -> Mrz:
    first, second = lines
    if first[0] != "P":
        raise MrzError("form")
    second = _digits_in(second, (9, *range(13, 20), *range(21, 28), 43))
    _prove(second[:9], second[9], "number")
    _prove(second[13:19], second[19], "born")
    _prove(second[21:27], second[27], "ends_on")
    personal, digit = second[28:42], second[42]
    if digit != FILLER or personal.strip(FILLER):
        _prove(personal, digit.replace(FILLER, "0"), "personal")
    _prove(second[:10] + second[13:20] + second[21:43], second[43], "whole")
    return _said(
        (first, second),
        second[:9],
        first[5:],
        second[10:13],
        second[20],
        second[13:19],
        second[21:27],
        today,
    )


def _card(lines: tuple[str, ...], today: date) -> Mrz:
    first, second, third = lines
    if first[0] not in "ACIV":
        raise MrzError("form")
    second = _digits_in(second, (*range(0, 7), *range(8, 15), 29))
    number, digit = first[5:14], first[14]
    if digit == FILLER:
        # a long number goes on in the free part, its own digit last
        rest = first[15:30].partition(FILLER)[0]
        number, digit = number + rest[:-1], rest[-1:]
    _prove(number, digit, "number")
    _prove(second[:6], second[6], "born")
    _prove(second[8:14], second[14], "ends_on")
    _prove(first[5:] + second[:7] + second[8:15] + second[18:29], second[29], "whole")
    return _said(
        (first, second, third),
        number,
        third,
        second[15:18],
        second[7],
        second[:6],
        second[8:14],
        today,
    )


def _digits_in(line: str, places: tuple[int, ...]) -> str:
    """Letters read in the place of digits, where only digits can be."""
    signs = list(line)
    for place in places:
        signs[place] = signs[place].translate(AS_DIGITS)
    return "".join(signs)


def _prove(part: str, digit: str, code: str) -> None:
    if check_digit(part) != digit:
        raise MrzError(code)


def _said(
    lines: tuple[str, ...],
    number: str,
    names: str,
    country: str,
    sex: str,
    born: str,
    ends_on: str,
    today: date,
) -> Mrz:
    surname, _gap, given = names.partition(FILLER * 2)
    return Mrz(
        lines=lines,
        number=number.replace(FILLER, ""),
        surname=_words(surname),
        given_names=_words(given),
        country=country.replace(FILLER, ""),
        sex=SEXES.get(sex, ""),
        born=_day(born, today.year % 100, today.year // 100, "born"),
        ends_on=_day(ends_on, 99, today.year // 100, "ends_on"),
    )


def _words(part: str) -> str:
    return " ".join(part.replace(FILLER, " ").split())


def _day(text: str, latest: int, century: int, code: str) -> str:
    """ISO text of six signs; a year after `latest` belongs to the century before."""
    found = re.fullmatch(r"([0-9]{2})([0-9]{2}|<<)([0-9]{2}|<<)", text)
    if found is None:
        raise MrzError(code)
    year = int(found[1]) + 100 * (century if int(found[1]) <= latest else century - 1)
    month, day = (None if part in ("<<", "00") else part for part in found.groups()[1:])
    known = [f"{year:04}", *([month] if month else []), *([day] if month and day else [])]
    written = "-".join(known)
    if span(written) is None:
        raise MrzError(code)
    return written
