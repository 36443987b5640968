"""Days, whole or known in part, and the months between them. Pure arithmetic of the calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date

IN_PART = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


def as_date(value: object) -> date | None:
    """A date from an answer (ISO text or date); None when it is neither, or known in part only."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def span(value: object) -> tuple[date, date] | None:
    """The first and the last day that an answer may mean; None when it is no date.

    "2001-04-12" is one day, "2001-04" a month, "2001" a year: nothing is invented for the rest.
    """
    day = as_date(value)
    if day is not None:
        return day, day
    found = IN_PART.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 0)
    if year < MINYEAR or month > 12 or found[2] == "00":
        return None
    first, last = (month, month) if month else (1, 12)
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def add_months(day: date, months: int) -> date:
    """The same day of the month later (or earlier), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def has_age(born: date, years: int, on: date) -> bool:
    """Whether so many years have passed, from one day to the same: 29 February ends on the 28th."""
    return add_months(born, 12 * years) <= on
