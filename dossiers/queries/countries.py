"""Names of countries in the languages of the portal, from the Unicode CLDR."""

import json
import unicodedata
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

STATELESS = "XX"
"""A code reserved by ISO 3166 for users: a person no State considers its national."""


OF_PASSPORTS = {
    "D": "DE",
    "RKS": "XK",
    "XXA": STATELESS,
    **dict.fromkeys(("GBD", "GBN", "GBO", "GBP", "GBS"), "GB"),
}
"""Codes that ICAO Doc 9303 prints in the place of those of ISO 3166."""


@cache
def _data():
    return json.loads(Path(__file__).with_name("countries.json").read_text(encoding="utf-8"))


def names():
    """{code: {language: name}}, read once."""
    return _data()["names"]


@cache
def _by_three_letters():
    return {three: two for two, three in _data()["alpha3"].items()} | OF_PASSPORTS


def country_of_passport(code: str) -> str:
    """The country of the letters printed in a passport; empty for those that name none."""
    return _by_three_letters().get(code, "")


def country_name(code: str, language: str) -> str:
    """The country's name; an unknown code is shown as it is rather than hidden."""
    if code == STATELESS:
        return _("Sans nationalité (apatride)")
    by_language = names().get(code)
    return by_language.get(language, by_language["fr"]) if by_language else code


@cache
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Every country in the alphabetical order of the language, accents aside."""
    pairs = [(code, country_name(code, language)) for code in names()]
    return tuple(sorted(pairs, key=lambda pair: (_sortable(pair[1]), pair[0])))


def _sortable(name):
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()
