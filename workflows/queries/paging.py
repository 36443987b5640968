"""The next fifty of a long list, at the same cost however far one has read."""

from datetime import date
from uuid import UUID

from django.db.models import Q

NEVER = "-"
"""Stands for the due day of a case that has none; those come last."""


def place_of(case) -> str:
    """Where a case stands in the order of the queue, for the address of the next page."""
    return f"{case.due_on or NEVER}.{case.pk}"


def rows_beyond(cases, after: str, number: int) -> list:
    """The next cases of a list in the order `most_urgent_first`, at most so many.

    One statement in most cases, two where the dated cases end: a day is a range of the index,
    while "later, or without a day" in one condition would read every case already passed. A
    place that cannot be read is the beginning.
    """
    place = _read(after)
    if place is None:
        return list(cases[:number])
    due_on, last_id = place
    if due_on is None:
        return list(cases.filter(due_on=None, id__gt=last_id)[:number])
    later = Q(due_on__gt=due_on) | Q(due_on=due_on, id__gt=last_id)
    found = list(cases.filter(later, due_on__gte=due_on)[:number])
    if len(found) < number:
        found += cases.filter(due_on=None)[: number - len(found)]
    return found


def _read(after: str):
    """The day and identifier of a place, or None."""
    day, _dot, case_id = after.partition(".")
    try:
        return (None if day == NEVER else date.fromisoformat(day)), UUID(case_id)
    except ValueError:
        return None
