"""The one place where the simulation meets the portal's own order of people and seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from appointments import ordering

PARIS = ZoneInfo("Europe/Paris")
OPENS_AT = time(9)
MINUTES = 10
SEATS_AT_ONCE = 20
SERVICES = ("collection", "biometrics")
"""The service of a renewal, whose visit is to collect a card, and of a first request."""

_NO_SEAT = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Claim:
    """What the order may know of one waiting person, in plain numbers of days."""

    number: int
    pool: int
    filed_at: datetime
    cleared_on: date
    deadline_on: date
    vulnerable: bool
    missed: int = 0
    readmitted: int = 0
    avoid: frozenset[date] = frozenset()

    @cached_property
    def waiting(self) -> ordering.Waiting:
        """The same, as the portal's order reads it."""
        name = name_of(self.number)
        return ordering.Waiting(
            clearance_id=name,
            dossier_id=name,
            person_id=name,
            service=SERVICES[self.pool],
            filed_at=self.filed_at,
            cleared_on=self.cleared_on,
            deadline_on=self.deadline_on,
            vulnerable=self.vulnerable,
            missed=self.missed,
            readmitted=self.readmitted,
            avoid=self.avoid,
        )


@dataclass(frozen=True)
class Place:
    """One seat of the calendar."""

    pool: int
    day: date
    starts_at: datetime
    number: int

    @cached_property
    def slot_id(self) -> str:
        """A name that two seats of one moment share."""
        return f"{SERVICES[self.pool]} {self.starts_at.isoformat()}"

    @cached_property
    def seat(self) -> ordering.FreeSeat:
        """The same, as the portal's order reads it."""
        return ordering.FreeSeat(
            slot_id=self.slot_id,
            number=self.number,
            service=SERVICES[self.pool],
            starts_at=self.starts_at,
            ends_at=self.starts_at + timedelta(minutes=MINUTES),
            day=self.day,
        )


@dataclass(frozen=True)
class Answer:
    """One run: who has which seat, and how many were passed over by someone behind them."""

    given: list[tuple[int, Place]]
    inversions: int


def name_of(number: int) -> str:
    """The identifier of a claim, as the database writes it."""
    return str(UUID(int=number))


def moment(day: date, second: int) -> datetime:
    """A second of a legal day."""
    return datetime.combine(day, time(), UTC) + timedelta(seconds=second)


@lru_cache(maxsize=4096)
def places_of(pool: int, day: date, count: int) -> list[Place]:
    """The seats of a day: some at once, every ten minutes."""
    opens = datetime.combine(day, OPENS_AT, PARIS)
    return [
        Place(
            pool,
            day,
            opens + timedelta(minutes=MINUTES * (at // SEATS_AT_ONCE)),
            at % SEATS_AT_ONCE + 1,
        )
        for at in range(count)
    ]


def give(claims: Sequence[Claim], places: Sequence[Place], *, today: date, seed: str) -> Answer:
    """One night's run, by the very functions that the portal issues with."""
    numbers = {one.waiting.clearance_id: one.number for one in claims}
    ranked = ordering.in_order((one.waiting for one in claims), today=today, seed=seed)
    served = [one for one in ranked if ordering.may_be_served(one.waiting)]
    by_seat = {(one.slot_id, one.number): one for one in places}
    given = ordering.give(served, [one.seat for one in places])
    answer = [
        (numbers[one.ranked.waiting.clearance_id], by_seat[one.seat.slot_id, one.seat.number])
        for one in given
        if one.seat is not None
    ]
    return Answer(answer, _inversions(given))


def _inversions(given: Sequence[ordering.Given]) -> int:
    """How many have a seat although someone before them, free that day, has a later one or none."""
    latest: dict[str, datetime] = {}
    passed = 0
    for one in given:
        waiting = one.ranked.waiting
        if waiting.avoid:
            continue
        starts_at = one.seat.starts_at if one.seat else _NO_SEAT
        passed += starts_at < latest.get(waiting.service, starts_at)
        latest[waiting.service] = max(starts_at, latest.get(waiting.service, starts_at))
    return passed
