"""The public holidays of a prefecture: the common ones, and those of its own territory."""

from datetime import date
from functools import lru_cache

import holidays

# Two more days in Alsace-Moselle, others overseas (code du travail L.3133-1, L.3134-13, L.3422-2).
_LOCAL = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "978": "MF",
}


def public_holidays(prefecture_code: str | None, *years: int) -> frozenset[date]:
    """Every public holiday there in these years; an unknown office has the common ones."""
    local = _LOCAL.get(prefecture_code or "")
    return frozenset().union(*(_of_year(local, year) for year in years))


def holiday_names(prefecture_code: str | None, *years: int) -> dict[date, str]:
    """The same days with their French names."""
    local = _LOCAL.get(prefecture_code or "")
    return dict(holidays.France(subdiv=local, years=years, language="fr"))


@lru_cache(maxsize=256)
def _of_year(local: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.France(subdiv=local, years=year))
