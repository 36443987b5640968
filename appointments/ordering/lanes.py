"""Kinds of seats, and which of them a person may be given."""

from datetime import date, datetime
from typing import NamedTuple

from appointments.ordering.facts import NOTICE, OFFERED_AT_LEAST_BEFORE, OVERBOOK, RESERVE, FreeSeat

RESERVE_OPENS_DAYS_BEFORE = 3


class Lane(NamedTuple):
    """What the seats of one lane have in common."""

    service: str
    site: int
    student_counter: str
    step_free: bool
    interpreters: frozenset[str]
    minutes: int
    is_soon: bool


def may_be_given(
    seat: FreeSeat, *, urgent: bool, accepted: bool, today: date, at: datetime | None
) -> bool:
    """Whether a run may give this seat to this person.

    A notice of ten days, with two exceptions: an urgency of class 0, and a person who accepted
    this very seat. A seat kept in reserve is given from three days before, by the same two.
    `at` None asks for no notice at all, as in a simulation.
    """
    if seat.kind == RESERVE and (seat.day - today).days > RESERVE_OPENS_DAYS_BEFORE:
        return False
    if at is None or seat.starts_at >= at + NOTICE:
        return True
    return (urgent or accepted) and seat.starts_at > at


def may_be_offered(seat: FreeSeat, *, at: datetime) -> bool:
    """Whether one person may be asked if this seat suits them, inside the ten days of notice.

    They need time to answer and to come; a seat above the places is offered to nobody.
    """
    return (
        seat.kind != OVERBOOK
        and not seat.held_for
        and at + OFFERED_AT_LEAST_BEFORE <= seat.starts_at < at + NOTICE
    )


def lane_suits(
    lane: Lane,
    service: str,
    student_counter: str,
    step_free: bool,
    interpreter: str,
    minutes: int,
    soon: bool,
) -> bool:
    """Whether the seats of a lane are of the kind that a person needs."""
    return (
        lane.service == service
        and lane.student_counter in {"", student_counter}
        and (lane.step_free or not step_free)
        and (not interpreter or interpreter in lane.interpreters)
        and lane.minutes >= minutes
        and (soon or not lane.is_soon)
    )


def pool_of(seat: FreeSeat) -> tuple[str, int, str, str]:
    """The half-day that a seat belongs to, for what is given above its places."""
    return (
        seat.service,
        seat.site,
        seat.student_counter,
        seat.half_day or f"{seat.day.isoformat()}/{seat.starts_at.hour}",
    )
