"""Those who need a visit: when they come, what they would pay, and what became of them.

Everything that belongs to a person is drawn from the seed alone, before any rule of the office
is looked at: under every regime the same people come on the same day, with the same luck.
"""

from dataclasses import dataclass, fields

import numpy as np

from appointments.market.parameters import Parameters
from appointments.market.regimes import FIRST, RENEWAL

NEVER = -1
ATTEMPTS = 12
ALONE, BOUGHT, DOUBLE, WRONG, GIVEN = 0, 1, 2, 3, 4
"""How the visit to come was had; a double or wrong one cannot be honoured."""


@dataclass
class Seekers:
    """One row for each person, in order of arrival. Days are counted from the first."""

    arrived: np.ndarray
    second: np.ndarray
    pool: np.ndarray
    deadline: np.ndarray
    willing: np.ndarray
    tries: np.ndarray
    knows: np.ndarray
    vulnerable: np.ndarray
    review_days: np.ndarray
    luck_show: np.ndarray
    luck_complete: np.ndarray
    stages: np.ndarray
    ready_on: np.ndarray
    visit_on: np.ndarray
    kind: np.ndarray
    lead: np.ndarray
    attempt: np.ndarray
    visits: np.ndarray
    missed: np.ndarray
    stage: np.ndarray
    first_on: np.ndarray
    served_on: np.ndarray
    paid: np.ndarray

    def __len__(self) -> int:
        return len(self.arrived)

    def seeking(self, today: int) -> np.ndarray:
        """Who needs a place today and has none."""
        return (self.ready_on <= today) & (self.visit_on < 0) & (self.served_on < 0)

    def seeking_in(self, pool: int, today: int) -> np.ndarray:
        """Their numbers, in one pool."""
        return np.flatnonzero(self.seeking(today) & (self.pool == pool))

    def impatient(self, who: np.ndarray, today: int, parameters: Parameters) -> np.ndarray:
        """Which of these would pay: in vain for too long, or near the end of their title."""
        long = today - self.ready_on[who] >= parameters.patience_days
        return who[long | (self.deadline[who] - today < parameters.urgent_days)]

    def would_pay(self, who: np.ndarray, today: int, parameters: Parameters) -> np.ndarray:
        """What each of these would pay today: more when the title is about to end."""
        urgent = self.deadline[who] - today < parameters.urgent_days
        return self.willing[who] * np.where(urgent, parameters.urgent_factor, 1.0)

    def book(self, who: np.ndarray, days: np.ndarray, kind: int, today: int) -> None:
        """They are expected on these days."""
        self.visit_on[who] = days
        self.kind[who] = kind
        self.lead[who] = days - today

    def state(self) -> bytes:
        """Everything, for a comparison byte by byte."""
        return b"".join(getattr(self, one.name).tobytes() for one in fields(self))


def draw(seed: int, parameters: Parameters, *, reviewed: bool) -> Seekers:
    """The people of one seed. `reviewed`: whether a file is sent on line before the visits."""
    dice = np.random.default_rng([seed, 1])
    days = parameters.days_before + parameters.days_measured + parameters.days_after
    wave = 1 + parameters.season * np.sin(2 * np.pi * np.arange(days) / 364)
    arrived = np.repeat(np.arange(days), dice.poisson(parameters.titles_per_year / 364 * wave))
    count = len(arrived)
    low, high = parameters.cover_days
    pool = np.where(dice.random(count) < parameters.renewal_share, RENEWAL, FIRST)
    helped = dice.random(count) < parameters.help_share
    loops = dice.random(count) < parameters.loop_share
    gamma = dice.gamma(parameters.review_shape, 1 / parameters.review_shape, count)
    planned = parameters.visits_issued if reviewed else parameters.visits_open
    return Seekers(
        arrived=arrived,
        second=np.sort(arrived * 86_400 + dice.integers(0, 86_400, count)) - arrived * 86_400,
        pool=pool,
        deadline=arrived + dice.integers(low, high + 1, count),
        willing=np.exp(
            np.log(parameters.willing_median) + parameters.willing_sigma * dice.normal(size=count)
        ),
        tries=np.clip(dice.gamma(3, parameters.tries_a_day / 3, count), 0, 1)
        * np.where(helped, 0.5, 1.0),
        knows=(dice.random(count) < parameters.knows_the_hour) & ~helped,
        vulnerable=dice.random(count) < parameters.vulnerable_share,
        review_days=np.maximum(
            1, np.rint(parameters.review_days * gamma + parameters.loop_days * loops)
        ).astype(np.int64),
        luck_show=dice.random((count, ATTEMPTS)),
        luck_complete=dice.random((count, ATTEMPTS)),
        stages=np.where(pool == RENEWAL, *planned).astype(np.int64),
        ready_on=arrived.copy(),
        **_fresh(count),
    )


def _fresh(count: int) -> dict[str, np.ndarray]:
    """Nothing has happened to anybody yet."""
    never = ("visit_on", "first_on", "served_on")
    zero = ("kind", "lead", "attempt", "visits", "missed", "stage")
    return {
        **{name: np.full(count, NEVER, dtype=np.int64) for name in never},
        **{name: np.zeros(count, dtype=np.int64) for name in zero},
        "paid": np.zeros(count),
    }
