"""The days of a completion request: its last day, one extension, two reminders. Pure arithmetic."""

from collections.abc import Iterable
from datetime import date, timedelta

LONGEST_DAYS = 180
"""No request, extended or not, keeps a dossier waiting longer than this."""
REMINDERS = (10, 3)
"""So many days before the last one, the person is reminded once."""
FIRST_REMINDER = timedelta(days=max(REMINDERS))


def extended_day(*, asked_on: date, due_on: date, days: int) -> date | None:
    """The new last day when the person asks for more time; None when none is left to give."""
    found = min(due_on + timedelta(days=days), asked_on + timedelta(days=LONGEST_DAYS))
    return found if found > due_on else None


def reminder_due(*, today: date, last_day: date, since: date, sent: Iterable[int]) -> int | None:
    """Which reminder is due today: 10, 3, or None.

    A day that was missed is caught up once, by the nearest reminder alone. A deadline set so
    late that the day of a reminder had already passed (`since`) brings no such reminder.
    """
    left = (last_day - today).days
    if left < 0:
        return None
    reached = [days for days in REMINDERS if left <= days]
    if not reached:
        return None
    nearest = min(reached)
    is_new = since < last_day - timedelta(days=nearest)
    return nearest if is_new and nearest not in set(sent) else None
