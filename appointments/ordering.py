"""Who goes first: a pure function of the waiting people, the free seats, the day and a seed.

Nothing here reads a table or a clock, so that an auditor can replay any run from its rows.
The order is lexicographic, without any score: class, end of cover, filing, seeded digest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from math import comb

RULE_VERSION = "2026-11"

URGENT, COVER_ENDS, VULNERABLE, OTHERS = 0, 1, 2, 3
COVER_ENDS_WITHIN_DAYS = 21
PROMOTED_EVERY_DAYS = 30
MISSED_AT_MOST = 2
CROWDED_AT_MOST = 0.05


@dataclass(frozen=True)
class Waiting:
    """One live clearance that has no appointment. `avoid`: days already given back."""

    clearance_id: str
    dossier_id: str
    person_id: str
    service: str
    filed_at: datetime
    cleared_on: date
    deadline_on: date | None = None
    vulnerable: bool = False
    missed: int = 0
    readmitted: int = 0
    revoked_by_the_office: int = 0
    avoid: frozenset[date] = frozenset()
    busy: tuple[tuple[datetime, datetime], ...] = ()
    student_counter: str = ""


@dataclass(frozen=True)
class FreeSeat:
    """A seat that may be given; `day` is its legal day.

    `student_counter` names the counter whose students alone are received there.
    """

    slot_id: str
    number: int
    service: str
    starts_at: datetime
    ends_at: datetime
    day: date
    student_counter: str = ""


@dataclass(frozen=True)
class Ranked:
    """A waiting person with a rank, from 1, and the class that gave it."""

    rank: int
    priority_class: int
    waiting: Waiting


@dataclass(frozen=True)
class Given:
    """What the run gives: a seat, or none."""

    ranked: Ranked
    seat: FreeSeat | None


def may_be_served(waiting: Waiting) -> bool:
    """Two missed appointments stop the runs until an agent spoke with the person, each time."""
    return waiting.missed < MISSED_AT_MOST + waiting.readmitted


def class_of(waiting: Waiting, today: date) -> int:
    """The class of a person on a day; class 0 needs two people and is never given here.

    Thirty days of waiting promote by one class, and so does each appointment that the office
    took back; someone who missed theirs starts again with the others.
    """
    if waiting.missed:
        base = OTHERS
    elif waiting.deadline_on and (waiting.deadline_on - today).days <= COVER_ENDS_WITHIN_DAYS:
        base = COVER_ENDS
    else:
        base = VULNERABLE if waiting.vulnerable else OTHERS
    promoted = max((today - waiting.cleared_on).days, 0) // PROMOTED_EVERY_DAYS
    return max(COVER_ENDS, base - promoted - waiting.revoked_by_the_office)


def tie_break(seed: str, dossier_id: str) -> str:
    """An order among equals that nobody can aim at before the seed is drawn."""
    return sha256(f"{seed}:{dossier_id}".encode()).hexdigest()


def in_order(waiting: Iterable[Waiting], *, today: date, seed: str) -> list[Ranked]:
    """Everybody, first to last. The same set in any order gives the same list."""
    keyed = sorted(
        (
            class_of(one, today),
            one.deadline_on or date.max,
            one.filed_at,
            tie_break(seed, one.dossier_id),
            one.clearance_id,
        )
        + (one,)
        for one in waiting
    )
    return [Ranked(rank, key[0], key[-1]) for rank, key in enumerate(keyed, start=1)]


def give(ranked: Iterable[Ranked], seats: Iterable[FreeSeat]) -> list[Given]:
    """To each in turn the first free seat of their service that they can be expected at.

    A seat refused to one (a day already given back, or the person is elsewhere at that
    moment) stays for the next.
    """
    free: dict[str, list[FreeSeat]] = {}
    for one_seat in sorted(seats, key=lambda one: (one.starts_at, one.slot_id, one.number)):
        free.setdefault(one_seat.service, []).append(one_seat)
    taken: dict[str, list[tuple[datetime, datetime]]] = {}
    given = []
    for one in ranked:
        person = one.waiting.person_id
        busy = [*one.waiting.busy, *taken.get(person, [])]
        seats_left = free.get(one.waiting.service, [])
        seat = next((seat for seat in seats_left if _suits(one.waiting, seat, busy)), None)
        if seat is not None:
            seats_left.remove(seat)
            taken.setdefault(person, []).append((seat.starts_at, seat.ends_at))
        given.append(Given(one, seat))
    return given


def _suits(waiting: Waiting, seat: FreeSeat, busy: Iterable[tuple[datetime, datetime]]) -> bool:
    if seat.student_counter and seat.student_counter != waiting.student_counter:
        return False
    return seat.day not in waiting.avoid and not any(
        starts_at < seat.ends_at and seat.starts_at < ends_at for starts_at, ends_at in busy
    )


def overbooking(places: int, no_show_rate: float) -> int:
    """How many seats more than places may be given for a half-day.

    The most for which more shows than places have a chance of one in twenty at most, each
    person coming or not without regard to the others.
    """
    extra = 0
    while _more_shows_than(places, places + extra + 1, 1 - no_show_rate) <= CROWDED_AT_MOST:
        extra += 1
    return extra


def _more_shows_than(places: int, given: int, show_rate: float) -> float:
    """P(Binomial(given, show_rate) > places)."""
    return sum(
        comb(given, shows) * show_rate**shows * (1 - show_rate) ** (given - shows)
        for shows in range(places + 1, given + 1)
    )
