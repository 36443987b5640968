"""Until when a passport or a card says that it is valid, in its lines made for machines.

Read by a machine in a photograph, letter by letter, so with mistakes: nothing is taken unless each
check digit of ICAO Doc 9303 holds, that of the whole included. A name is never read.
"""

import re
from datetime import date

from portal.core.check_digits import FILLER, check_digit

_AS_DIGITS = str.maketrans("OQDIZSBG", "00012586")
_CENTURY = 2000
# Birth, sex and end follow each other with the nationality before (passport) or after (card).
_PASSPORT = re.compile(r"(?=([A-Z0-9<]{10}[A-Z<]{3}[0-9OQDIZSBG]{7}[MFX<][0-9OQDIZSBG]{7}))")
_CARD = re.compile(r"(?=([0-9OQDIZSBG]{7}[MFX<][0-9OQDIZSBG]{7}[A-Z<]{3}))")
_CARD_BEGINS = re.compile(r"[ACI][A-Z<][A-Z<]{3}([A-Z0-9<]{9}[0-9OQDIZSBG<])")


def ends_on(text: str) -> date | None:
    """The day that lines read in an image prove; None unless they prove one."""
    lines = ["".join(line.split()) for line in text.splitlines()]
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else ""
        found = _in_passport(line) or _in_card(before, line)
        if found:
            return _day(found)
    return None


def _in_passport(line):
    for match in _PASSPORT.finditer(line):
        part = match[1]
        number, birth = part[:9] + _digits(part[9]), _digits(part[13:20])
        end, rest = _digits(part[21:28]), line[match.start() + 28 :]
        personal = rest[:15] if len(rest) == 16 else ""
        whole = [number + birth + end + one for one in _personals(personal)]
        if all(map(_holds, (number, birth, end))) and any(
            _holds(one + _digits(rest[-1:])) for one in whole
        ):
            return end[:6]
    return None


def _personals(read):
    """The free part as it was read; most have none, and fillers are what is read worst."""
    empty = [FILLER * 15, FILLER * 14 + "0"]
    if not read:
        return empty
    digit = _digits(read[14]).replace(FILLER, "0")
    return [read, *empty] if _holds(read[:14] + digit) else empty


def _in_card(before, line):
    begun = _CARD_BEGINS.match(before)
    for match in _CARD.finditer(line) if begun else ():
        part = match[1]
        number, birth, end = begun[1][:9], _digits(part[:7]), _digits(part[8:15])
        number += _digits(begun[1][9])
        rest = line[match.start() + 18 :]
        optional = before[15:30].ljust(15, FILLER) if len(before) == 30 else FILLER * 15
        free = rest[:11] if len(rest) == 12 else FILLER * 11
        wholes = [number + one + birth + end + free for one in {optional, FILLER * 15}]
        if all(map(_holds, (number, birth, end))) and any(
            _holds(whole + _digits(rest[-1:])) for whole in wholes
        ):
            return end[:6]
    return None


def _digits(part):
    return part.translate(_AS_DIGITS)


def _holds(part):
    """Whether the last sign is the check digit of those before it."""
    return part[-1:].isdigit() and check_digit(part[:-1]) == part[-1]


def _day(written):
    year, month, day = (int(written[at : at + 2]) for at in (0, 2, 4))
    try:
        return date(_CENTURY + year, month, day)
    except ValueError:
        return None
