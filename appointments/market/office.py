"""The office: its calendar of places, and what happens on the day of a visit."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from appointments.market.parameters import Parameters
from appointments.market.regimes import FIRST, ISSUED, POOLS, RENEWAL, Regime
from appointments.market.seekers import ATTEMPTS, BOUGHT, DOUBLE, GIVEN, NEVER, WRONG, Seekers

LAST_WORKDAY = 4
USUAL_LEAD = 30


@dataclass
class Office:
    """Places by pool and day: every one is free, taken by a seller, or given, and never two."""

    parameters: Parameters
    regime: Regime
    length: int
    capacity: np.ndarray
    free: np.ndarray
    given: np.ndarray
    absent: np.ndarray
    refused: np.ndarray
    released: list[int]

    def is_open(self, day: int) -> bool:
        """Whether the counters work that day."""
        return bool(self.capacity[:, day].sum())

    def release(self, pool: int, until: int) -> slice:
        """Open every day before `until`; the days that this adds."""
        added = slice(self.released[pool], max(min(until, self.length), self.released[pool]))
        self.free[pool, added] = self.capacity[pool, added]
        self.released[pool] = added.stop
        return added

    def earliest(self, pool: int, first_day: int, count: int) -> np.ndarray:
        """Take so many free places of a pool, the soonest first; their days."""
        window = self.free[pool, first_day : self.released[pool]]
        ends = np.minimum(np.cumsum(window), count)
        taken = np.diff(ends, prepend=0)
        window -= taken
        return first_day + np.repeat(np.arange(len(window)), taken)

    def scattered(
        self, pool: int, days: slice, count: int, dice: np.random.Generator
    ) -> np.ndarray:
        """Take so many free places at random among some days; their days."""
        open_days = np.repeat(np.arange(days.start, days.stop), self.free[pool, days])
        taken = dice.permutation(open_days)[:count]
        np.subtract.at(self.free[pool], taken, 1)
        return taken


def furnish(parameters: Parameters, regime: Regime) -> Office:
    """An office whose yearly places are spread over its working days, the same number each day."""
    length = parameters.days_before + parameters.days_measured + parameters.days_after
    days = [parameters.first_day + timedelta(days=count) for count in range(length)]
    works = np.array(
        [day.weekday() <= LAST_WORKDAY and day not in parameters.closed_days for day in days]
    )
    a_day = round(parameters.slots_per_year / (works.sum() * 364 / length))
    planned = parameters.visits_issued if ISSUED in regime.modes else parameters.visits_open
    renewals = parameters.renewal_share * planned[RENEWAL]
    firsts = (1 - parameters.renewal_share) * planned[FIRST]
    shares = {RENEWAL: round(a_day * renewals / (renewals + firsts))}
    shares[FIRST] = a_day - shares[RENEWAL]
    capacity = np.array([works * shares[pool] for pool in POOLS], dtype=np.int64)
    free, given, absent, refused = (np.zeros_like(capacity) for _ in range(4))
    return Office(
        parameters, regime, length, capacity, free, given, absent, refused, [0 for _ in POOLS]
    )


def receive(office: Office, people: Seekers, today: int) -> tuple[np.ndarray, ...]:
    """One day at the counters: who was expected, whether they came, and whether all was done.

    Who did not come, lacked a paper or was turned away needs another place from tomorrow.
    """
    expected = np.flatnonzero(people.visit_on == today)
    comes = _comes(office, people, expected)
    people.visits[expected] += comes
    kind = people.kind[expected]
    turned_away = (kind == DOUBLE) | (kind == WRONG)
    done = comes & ~turned_away & _is_complete(office, people, expected)
    absent = expected[~comes & (kind != DOUBLE)]
    np.add.at(office.absent[:, today], people.pool[absent], 1)
    wrong = expected[comes & (kind == WRONG)]
    np.add.at(office.refused[:, today], people.pool[wrong], 1)
    people.missed[absent] += 1
    people.attempt[expected] = np.minimum(people.attempt[expected] + 1, ATTEMPTS - 1)
    people.visit_on[expected] = NEVER
    people.ready_on[expected] = today + 1
    _advance(people, expected[done], today, office.parameters)
    return expected, comes, done


def _comes(office: Office, people: Seekers, who: np.ndarray) -> np.ndarray:
    """Whether each comes: the longer ago the place was had, the less."""
    figures, kind = office.parameters, people.kind[who]
    base = np.select(
        [kind == GIVEN, (kind == BOUGHT) | (kind == DOUBLE) | (kind == WRONG)],
        [figures.no_show_issued, figures.no_show_bought],
        figures.no_show_booked,
    )
    chance = base * (0.7 + 0.3 * np.minimum(people.lead[who] / USUAL_LEAD, 3))
    return people.luck_show[who, people.attempt[who]] >= chance


def _is_complete(office: Office, people: Seekers, who: np.ndarray) -> np.ndarray:
    """Whether nothing is missing; at later stages there is only a card to collect."""
    figures = office.parameters
    lacks = np.where(
        people.kind[who] == GIVEN, figures.incomplete_reviewed, figures.incomplete_unreviewed
    )
    later = people.stage[who] > 0
    return (people.luck_complete[who, people.attempt[who]] >= lacks) | later


def _advance(people: Seekers, done: np.ndarray, today: int, figures: Parameters) -> None:
    people.stage[done] += 1
    first = done[people.stage[done] == 1]
    people.first_on[first] = today
    last = people.stage[done] >= people.stages[done]
    people.served_on[done[last]] = today
    people.ready_on[done[~last]] = today + figures.production_days
