"""When a request may be filed and what being late costs (CESEDA R.431-4, R.431-5, L.436-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from dossiers.catalogue.conditions import Answers, Condition, holds, meant, prune
from dossiers.catalogue.days import add_months
from dossiers.catalogue.fees import Confidence
from dossiers.catalogue.text import Text

if TYPE_CHECKING:
    from dossiers.catalogue.schema import Procedure

Kind = Literal[
    "before-expiry", "after-entry", "after-move", "after-majority", "while-valid", "anytime"
]
Status = Literal["open", "early", "late", "too-late", "unknown"]

# The answer from which each kind counts, by its meaning.
COUNTED_FROM: dict[str, str] = {
    "before-expiry": "title_ends_on",
    "after-entry": "entered_on",
    "after-move": "moved_on",
    "after-majority": "birth_date",
    "while-valid": "title_ends_on",
}
MAJORITY_YEARS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMessages:
    """What the person reads; {opens_on}, {closes_on}, {late_until} are replaced by dates."""

    open: Text
    early: Text | None = None
    late: Text | None = None
    too_late: Text | None = None
    unknown: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A filing window; which numbers it needs depends on its kind.

    before-expiry: from `opens_days_before` to `closes_days_before` the end of the title, both
    days included, then late for `late_months_after` months after the end. after-entry: within
    `months_after_entry` months. after-move, after-majority: within `months_after` months of the
    move, or of the eighteenth birthday. while-valid: while `months_left` months remain. anytime:
    always.
    """

    code: str
    kind: Kind
    label: Text
    legal: tuple[str, ...]
    confidence: Confidence
    messages: WindowMessages
    opens_days_before: int | None = None
    closes_days_before: int | None = None
    late_months_after: int | None = None
    months_after_entry: int | None = None
    months_after: int | None = None
    months_left: int | None = None
    late_charge: bool = False
    extension_by_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChoice:
    """Another window, for those whose answers meet the condition, from a day to a day."""

    window: Window
    when: Condition | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """Where a day stands in a window. Being late never prevents filing: it costs, no more."""

    window: Window
    status: Status
    opens_on: date | None = None
    closes_on: date | None = None
    late_until: date | None = None
    frozen: tuple[date, date] | None = None

    @property
    def message(self) -> Text:
        messages = self.window.messages
        return getattr(messages, self.status.replace("-", "_")) or messages.open

    @property
    def late_charge(self) -> bool:
        """Whether the charge of CESEDA L.436-5 is announced; only an agent may waive it."""
        return self.window.late_charge and self.status == "late"

    @property
    def extension_by_right(self) -> bool:
        """Whether filing today gives right to the extension certificate (CESEDA R.431-15-1)."""
        return self.window.extension_by_right and self.status == "open"

    @property
    def may_file(self) -> bool:
        """False only before the opening day."""
        return self.status != "early"

    def sentence(self, language: str, show: Callable[[date], str] = date.isoformat) -> str:
        """The message in a language, its dates written by `show`."""
        days = {"opens_on": self.opens_on, "closes_on": self.closes_on}
        days["late_until"] = self.late_until
        written = {name: show(day) if day else "" for name, day in days.items()}
        return self.message.get(language).format(**written)


def _days_before(day: date, days: int) -> date:
    return day - timedelta(days=days) if (day - date.min).days >= days else date.min


def assess(
    window: Window,
    today: date,
    *,
    title_ends_on: date | None = None,
    entered_on: date | None = None,
    moved_on: date | None = None,
    birth_date: date | None = None,
) -> WindowAnswer:
    """Where `today` stands in the window; "unknown" while the date it counts from is not known."""
    if window.kind == "before-expiry":
        return _before_expiry(window, today, title_ends_on)
    if window.kind == "after-entry":
        return _after(window, today, entered_on, window.months_after_entry)
    if window.kind == "after-move":
        return _after(window, today, moved_on, window.months_after)
    if window.kind == "after-majority":
        grown = add_months(birth_date, 12 * MAJORITY_YEARS) if birth_date else None
        return _after(window, today, grown, window.months_after)
    if window.kind == "while-valid":
        return _while_valid(window, today, title_ends_on)
    return WindowAnswer(window=window, status="open")


def _before_expiry(window: Window, today: date, ends_on: date | None) -> WindowAnswer:
    if ends_on is None:
        return WindowAnswer(window=window, status="unknown")
    opens_on = _days_before(ends_on, window.opens_days_before or 0)
    closes_on = _days_before(ends_on, window.closes_days_before or 0)
    late_until = add_months(ends_on, window.late_months_after or 0)
    status: Status
    if today < opens_on:
        status = "early"
    elif today <= closes_on:
        status = "open"
    else:
        status = "late" if today <= late_until else "too-late"
    return WindowAnswer(
        window=window, status=status, opens_on=opens_on, closes_on=closes_on, late_until=late_until
    )


def _after(window: Window, today: date, day: date | None, months: int | None) -> WindowAnswer:
    if day is None:
        return WindowAnswer(window=window, status="unknown")
    closes_on = add_months(day, months or 0)
    status: Status = "early" if today < day else "open" if today <= closes_on else "late"
    return WindowAnswer(window=window, status=status, opens_on=day, closes_on=closes_on)


def _while_valid(window: Window, today: date, ends_on: date | None) -> WindowAnswer:
    if ends_on is None:
        return WindowAnswer(window=window, status="unknown")
    closes_on = add_months(ends_on, -(window.months_left or 0))
    status: Status = "open" if today <= closes_on else "too-late"
    return WindowAnswer(window=window, status=status, closes_on=closes_on)


def window_for(procedure: Procedure, answers: Answers) -> Window:
    """The window that applies: the first other window whose condition holds, else the usual one."""
    kept = prune(procedure, answers)
    for choice in procedure.other_windows:
        if holds(choice.when, kept):
            return choice.window
    return procedure.window


def assess_filing(procedure: Procedure, answers: Answers, today: date) -> WindowAnswer:
    """The same as `assess`, reading the window and its dates in the answers."""
    days = {name: meant(procedure, answers, name) for name in set(COUNTED_FROM.values())}
    return assess(window_for(procedure, answers), today, **days)


def assess_frozen(
    procedure: Procedure,
    answers: Answers,
    today: date,
    freezes: Iterable[tuple[date, date]],
) -> WindowAnswer:
    """The same, when failures of ours have frozen the window: each from a day to a last day.

    A freeze only helps: what is open stays so, and what was already late on its first day too.
    """
    answer = assess_filing(procedure, answers, today)
    if answer.status not in {"late", "too-late"}:
        return answer
    for since, until in sorted(freezes):
        if since <= today <= until:
            then = assess_filing(procedure, answers, since)
            if _RANK[then.status] < _RANK[answer.status]:
                return replace(then, frozen=(since, until))
    return answer


_RANK: dict[Status, int] = {"open": 0, "late": 1, "too-late": 2, "early": 3, "unknown": 3}
