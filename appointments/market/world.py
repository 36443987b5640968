"""Everything that one run holds: people, office, sellers, and the daily notes of what happened."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from appointments.market.office import Office
from appointments.market.parameters import Parameters
from appointments.market.regimes import Regime
from appointments.market.seekers import Seekers
from appointments.market.sellers import Group


@dataclass
class World:
    """The state of one run of one regime with one seed."""

    seed: int
    parameters: Parameters
    regime: Regime
    people: Seekers
    office: Office
    groups: list[Group]
    dice: np.random.Generator
    notes: dict[str, np.ndarray] = field(default_factory=dict)
    races: list[tuple[int, float]] = field(default_factory=list)
    lost_places: np.ndarray = field(init=False)
    cleared: Callable[[np.ndarray], np.ndarray] | None = None
    forgetting: Callable[[np.ndarray], None] | None = None

    def __post_init__(self) -> None:
        self.lost_places = np.zeros_like(self.office.capacity)

    def note(self, name: str, amount: float, today: int) -> None:
        """Add to a daily total."""
        self.notes.setdefault(name, np.zeros(self.office.length))[today] += amount

    def sold_out(self, minutes: float, today: int) -> None:
        """How long a release lasted; not a number when it did not go in the race."""
        self.races.append((today, minutes))

    def lost(self, pool: int, days: np.ndarray) -> None:
        """Places won by an invented person: nobody will come."""
        np.add.at(self.lost_places[pool], days, 1)

    def overtaken(self, pool: int, winners: np.ndarray, today: int) -> None:
        """Count who got a place while someone whose title ends sooner was left without."""
        people = self.people
        self.note("bookings", len(winners), today)
        if not len(winners):
            return
        left = people.seeking_in(pool, today)
        # who missed a visit goes behind, by every rule
        left = people.deadline[left[people.missed[left] == 0]]
        if len(left):
            self.note("overtakes", int((people.deadline[winners] > left.min()).sum()), today)

    def cleared_among(self, people: np.ndarray) -> np.ndarray:
        """Which of these hold a clearance that waits."""
        return people[self.cleared(people)] if self.cleared else people

    def forget(self, people: np.ndarray) -> None:
        """They wait no more."""
        if self.forgetting:
            self.forgetting(people)
