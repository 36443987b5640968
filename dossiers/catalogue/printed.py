"""Numbers printed on papers: how they are written, and the digits that prove them."""

import re

SIGNS = re.compile(r"[\s.\-/]+")
LA_POSTE = "356000000"


def compact(text: str) -> str:
    """Without the spaces, dots and dashes of a printed number, in capitals."""
    return SIGNS.sub("", text).upper()


def luhn(digits: str) -> bool:
    """Whether the last digit proves the others (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_siret(number: str) -> bool:
    """Whether fourteen digits name an establishment.

    La Poste has more establishments than the key allows: there, the sum of the digits is a
    multiple of five.
    """
    if not re.fullmatch("[0-9]{14}", number):
        return False
    if number.startswith(LA_POSTE) and sum(map(int, number)) % 5 == 0:
        return True
    return luhn(number) and number != "0" * 14
