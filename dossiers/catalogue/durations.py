"""Until when a granted title is valid: what the rule of the procedure gives, and what it allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dossiers.catalogue.conditions import Answers, meant
from dossiers.catalogue.days import add_months

if TYPE_CHECKING:
    from dossiers.catalogue.schema import Procedure

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TitleEnd:
    """The last day of a title; `months` is None when it follows a date and not a length."""

    on: date
    months: int | None = None


def last_day(starts_on: date, months: int) -> date:
    """The last day of a title of so many calendar months."""
    return add_months(starts_on, months) - ONE_DAY


def computed_end(procedure: Procedure, answers: Answers, starts_on: date) -> TitleEnd | None:
    """What the rule gives, None when it leaves a choice or lacks the date that it follows.

    A title that follows a date is never shorter than the shortest length offered nor longer
    than the maximum (CESEDA L.411-4 for studies).
    """
    rules = procedure.title_months
    if rules.same_end_date:
        return _followed(meant(procedure, answers, "title_ends_on"), starts_on)
    if rules.rest_of:
        followed = _followed(meant(procedure, answers, rules.rest_of), starts_on)
        return _bounded(followed, starts_on, rules.offered, rules.maximum) if followed else None
    if len(rules.offered) == 1:
        (months,) = rules.offered
        return TitleEnd(last_day(starts_on, months), months)
    return None


def allowed_ends(procedure: Procedure, starts_on: date) -> Iterator[TitleEnd]:
    """Every length of the list; the computed end is allowed besides."""
    for months in procedure.title_months.offered:
        yield TitleEnd(last_day(starts_on, months), months)


def _followed(day: date | None, starts_on: date) -> TitleEnd | None:
    return TitleEnd(day) if day is not None and day > starts_on else None


def _bounded(
    end: TitleEnd, starts_on: date, offered: tuple[int, ...], maximum: int | None
) -> TitleEnd:
    shortest, longest = min(offered), maximum or max(offered)
    if end.on <= last_day(starts_on, shortest):
        return TitleEnd(last_day(starts_on, shortest), shortest)
    if end.on >= last_day(starts_on, longest):
        return TitleEnd(last_day(starts_on, longest), longest)
    return end
