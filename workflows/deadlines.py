"""The legal clocks of a review: silence, pauses, reasons, contesting; pure arithmetic on days.

Where each rule was found is told in docs/decisions/0009; what was recalled and not read in the
official text is said there, and nothing that a person loses is computed from it.
"""

import calendar
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
COMPLETION_DAYS = 30
OPINION_DAYS = 30
SUMMONS_DAYS = 15
"""From its summons to its hearing by the residence board (public sheet F2209)."""
REOPENING_MONTHS = 12
"""How long a refusal or a closure may be withdrawn without a new request: our own rule."""
RETRACTION_MONTHS = 4
ANSWER_DAYS = 15
"""How long a person has at least to answer before a withdrawal (CRPA L.122-1 says no number)."""
RETENTION_MONTHS = 60
"""How long an ended case stays open to consultation before it is archived."""
CONTEST_MONTHS = 2
REASONS_MONTHS = 1
APPEAL_SILENCE_MONTHS = 2
SOON_DAYS = 15
"""A case due within so many days rises in the lists."""
URGENT_DAYS = 3
"""A case due within so many days alarms the supervisor."""
_SATURDAY = 5


@dataclass(frozen=True)
class TimeLimit:
    """How long silence lasts before it means refusal: calendar months or days, never both."""

    code: str
    article: str
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if bool(self.months) == bool(self.days) or self.months < 0 or self.days < 0:
            raise ValueError("A time limit counts months or days.")


FOUR_MONTHS = TimeLimit("implicit-refusal-4-months", "CESEDA R.*432-1, R.432-2 al. 1", months=4)
NINETY_DAYS = TimeLimit("implicit-refusal-90-days", "CESEDA R.432-2 al. 2", days=90)
SIXTY_DAYS = TimeLimit("implicit-refusal-60-days", "CESEDA R.432-2 al. 3, R.421-26", days=60)
THIRTY_DAYS = TimeLimit("implicit-refusal-30-days", "CESEDA R.421-23", days=30)


SILENCE = "implicit-refusal"


def limit_of(deadlines: Iterable) -> TimeLimit:
    """The silence of a procedure, among the deadlines that the catalogue gives it.

    Four months for any title whose text says nothing else (CESEDA R.*432-1, R.432-2).
    """
    for deadline in deadlines:
        if deadline.effect == SILENCE:
            return TimeLimit(
                code=deadline.code,
                article=", ".join(deadline.legal),
                months=deadline.months or 0,
                days=deadline.days or 0,
            )
    return FOUR_MONTHS


@dataclass(frozen=True)
class Pause:
    """The clock stands from the request to the supply or its deadline (CRPA L.114-5)."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class DueDate:
    """A date with the rule and the article that gave it."""

    on: date
    rule: str
    article: str


@dataclass(frozen=True)
class ContestWindow:
    """Until when a decision can be contested.

    `safe_until` is the day that is told to the person: no reading of the rules makes it late.
    `last_on` counts a free period (the day of the event and the last day are left out) and goes
    on to a working day: until then the portal says nothing of lateness.
    """

    safe_until: date
    last_on: date
    article: str


def legal_day(at: datetime) -> date:
    """The day of an instant in Europe/Paris, where French legal days are counted."""
    if at.tzinfo is None:
        raise ValueError("A legal day needs an aware datetime.")
    return at.astimezone(PARIS).date()


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def implicit_refusal(*, starts_on: date, limit: TimeLimit, pauses: Iterable[Pause] = ()) -> DueDate:
    """The day on which silence means refusal, counted from the filing.

    The clock runs from the receipt by the first office, even when that office was not
    competent (CRPA L.114-3), and stands during each completion request until the papers
    come or their deadline passes (CRPA L.114-5). A pause that begins once the silence has
    already run out changes nothing (CE, avis du 6 mai 2025, n° 499904).
    """
    due = add_months(starts_on, limit.months) if limit.months else starts_on + _days(limit.days)
    counted_until = starts_on
    for pause in sorted(pauses, key=lambda pause: (pause.starts_on, pause.ends_on)):
        if pause.starts_on >= due:
            break
        begins = max(pause.starts_on, counted_until)
        if pause.ends_on > begins:
            due += pause.ends_on - begins
            counted_until = pause.ends_on
    return DueDate(on=due, rule=limit.code, article=limit.article)


def pause_of_request(*, asked_on: date, due_on: date, supplied_on: date | None = None) -> Pause:
    """The pause of one completion request: to its supply, at the latest to its deadline."""
    ends_on = due_on if supplied_on is None else min(due_on, supplied_on)
    return Pause(starts_on=asked_on, ends_on=max(asked_on, ends_on))


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """The day itself, or the first one after it that is no Saturday, Sunday nor holiday.

    For what a person must do by a day (CE, 5 juin 2009, n° 312682; CE, 19 septembre 2014,
    n° 362568). The birth of an implicit refusal is not an act of the person: it never moves.
    """
    while day.weekday() >= _SATURDAY or day in holidays:
        day += _days(1)
    return day


def contest_window(known_on: date, holidays: Collection[date]) -> ContestWindow:
    """Two months from the day that a decision was born, served, or given its reasons.

    The months are counted from day to day, and the period is free (CJA R.421-1, R.421-2; CE,
    19 septembre 2014, n° 362568, for appeals to the administration).
    """
    safe_until = add_months(known_on, CONTEST_MONTHS)
    return ContestWindow(
        safe_until=safe_until,
        last_on=next_working_day(safe_until + _days(1), holidays),
        article="CJA R.421-1, R.421-2",
    )


def reasons_due(asked_on: date) -> DueDate:
    """The reasons of an implicit refusal are owed within the month of their demand."""
    return DueDate(on=add_months(asked_on, REASONS_MONTHS), rule="reasons", article="CRPA L.232-4")


def appeal_due(filed_on: date) -> DueDate:
    """Silence on an appeal to the administration rejects it after two months."""
    return DueDate(
        on=add_months(filed_on, APPEAL_SILENCE_MONTHS),
        rule="appeal-silence",
        article="CRPA L.411-7",
    )


def urgent_until(today: date) -> date:
    """The last day that is near enough to alarm somebody."""
    return today + _days(URGENT_DAYS)


def title_ends_on(*, starts_on: date, months: int) -> date:
    """The last day of a title of so many months."""
    return add_months(starts_on, months) - _days(1)


def first_hearing_on(summoned_on: date) -> date:
    """The first day on which the residence board may hear a person summoned on this day."""
    return summoned_on + _days(SUMMONS_DAYS)


def reopening_ends_on(decided_on: date) -> date:
    """The last day on which a refusal or a closure of this day may be withdrawn."""
    return add_months(decided_on, REOPENING_MONTHS)


def retraction_ends_on(decided_on: date) -> date:
    """The last day on which an unlawful grant may be withdrawn (CRPA L.242-1)."""
    return add_months(decided_on, RETRACTION_MONTHS)


def first_answer_due_on(invited_on: date) -> date:
    """The first day that may be the last to answer: fifteen days, our own rule."""
    return invited_on + _days(ANSWER_DAYS)


def retention_ends_on(ended_on: date) -> date:
    """From this day an ended case may be archived."""
    return add_months(ended_on, RETENTION_MONTHS)


def _days(count: int) -> timedelta:
    return timedelta(days=count)
