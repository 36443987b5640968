"""Telephone numbers, read in any usual writing and kept in the international one (E.164)."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

HERE = "FR"
OVERSEAS = ("GP", "MQ", "GF", "RE", "PM", "NC", "PF", "WF")
"""Territories whose numbers are dialled as in France and have codes of their own."""


def read_phone(text: str) -> str | None:
    """The number as +33612345678; None when no country has numbers of this length.

    A number that the plan of its country does not list is kept: plans change before we do.
    """
    number = _parsed(text, HERE)
    if number is None:
        return None
    if not phonenumbers.is_valid_number(number):
        others = (_parsed(text, region) for region in OVERSEAS)
        number = next((o for o in others if o and phonenumbers.is_valid_number(o)), number)
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(kept: str) -> str:
    """A number in groups, to be dialled from anywhere; as it was written when it is not one."""
    number = _parsed(kept, HERE)
    if number is None or not phonenumbers.is_possible_number(number):
        return kept
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None
