"""Places given after review: the queue of the reviewers, then one run each night."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from appointments.market.ordered import Answer, Claim, Place, give, moment, places_of
from appointments.market.regimes import ISSUED, POOLS
from appointments.market.seekers import GIVEN
from appointments.market.world import World

Issue = Callable[..., Answer]
CLAIMS_EACH = 64
MISSED_BEFORE_A_TALK = 2


class Desk:
    """The claims that wait, and the runs that serve them."""

    def __init__(self, world: World, issue: Issue = give):
        self.world, self.issue = world, issue
        self.pools = [pool for pool in POOLS if world.regime.modes[pool] == ISSUED]
        self.claims: dict[int, Claim] = {}
        self.waiting: dict[int, Claim] = {}
        self.talks: dict[int, list[int]] = {}
        self.due: dict[int, list[int]] = {}
        self.backlog = np.zeros(world.office.length)
        self.inversions = 0
        first = world.parameters.first_day
        # titles of the last who come end after the last day that is played
        last = world.office.length + world.parameters.cover_days[1] + 1
        self.days = [first + timedelta(days=count) for count in range(last)]
        self._review()

    def _day(self, number: int) -> date:
        return self.days[number]

    def _review(self) -> None:
        """First come, first reviewed, so many a working day; a clearance at the end of each."""
        world = self.world
        people, office = world.people, world.office
        mine = np.flatnonzero(np.isin(people.pool, self.pools))
        mine = mine[np.lexsort((people.second[mine], people.arrived[mine]))]
        filed = np.bincount(people.arrived[mine], minlength=office.length)
        credit, queue, started = 0.0, 0, []
        share = len(mine) / max(len(people), 1)
        for day in range(office.length):
            queue += int(filed[day])
            if office.is_open(day):
                credit += world.parameters.reviews_a_day * share
            count = min(queue, int(credit))
            credit -= count if queue > count else int(credit)
            queue -= count
            started.extend([day] * count)
            self.backlog[day] = queue
        begun, never = mine[: len(started)], mine[len(started) :]
        people.ready_on[never] = office.length
        for person, day in zip(begun.tolist(), started, strict=True):
            self._will_be_cleared(person, day + int(people.review_days[person]))

    def _will_be_cleared(self, person: int, day: int) -> None:
        self.world.people.ready_on[person] = day + 1
        self.due.setdefault(day, []).append(person)

    def night(self, today: int) -> None:
        """One run, before the counters open: in order, and nothing else."""
        world, figures = self.world, self.world.parameters
        for pool in self.pools:
            world.office.release(pool, today + figures.horizon_days + 1)
        places = self._places(today)
        if not places or not self.waiting:
            return
        answer = self.issue(
            list(self.waiting.values()),
            places,
            today=self._day(today),
            seed=f"{world.seed}:{today}",
        )
        self.inversions += answer.inversions
        for number, place in answer.given:
            self._seat(number // CLAIMS_EACH, (place.day - figures.first_day).days, today)
        if answer.given:
            who = np.array([number // CLAIMS_EACH for number, _place in answer.given])
            for pool in self.pools:
                world.overtaken(pool, who[world.people.pool[who] == pool], today)

    def _places(self, today: int) -> list[Place]:
        """The soonest free seats: as many as people wait, and those of days that they refused."""
        world, figures = self.world, self.world.parameters
        refused = {day for claim in self.waiting.values() for day in claim.avoid}
        found: list[Place] = []
        for pool in self.pools:
            enough = sum(claim.pool == pool for claim in self.waiting.values())
            for day in range(today + figures.notice_days, world.office.released[pool]):
                if enough <= 0:
                    break
                free, whole = int(world.office.free[pool, day]), world.office.capacity[pool, day]
                found += places_of(pool, self._day(day), int(whole))[int(whole) - free :]
                enough -= 0 if self._day(day) in refused else free
        return found

    def _seat(self, person: int, day: int, today: int) -> None:
        world = self.world
        pool = int(world.people.pool[person])
        if world.office.free[pool, day] < 1:
            raise ArithmeticError("a seat was given twice")
        world.office.free[pool, day] -= 1
        world.office.given[pool, day] += 1
        world.people.book(np.array([person]), np.array([day]), GIVEN, today)
        del self.waiting[person]

    def evening(self, today: int, expected: np.ndarray, came: np.ndarray, done: np.ndarray) -> None:
        """What the day changed: visits missed, papers lacking, cards to collect, new clearances."""
        people = self.world.people
        mine = np.isin(people.pool[expected], self.pools)
        facts = zip(expected[mine], came[mine], done[mine], strict=True)
        for person, has_come, is_done in facts:
            self._after_visit(int(person), bool(has_come), bool(is_done), today)
        for person in self.due.pop(today, ()):
            self._clear(person, today)
        for person in self.talks.pop(today, ()):
            if person in self.waiting:
                self._keep(person, readmitted=self.claims[person].readmitted + 1)

    def _after_visit(self, person: int, has_come: bool, is_done: bool, today: int) -> None:
        claim, people = self.claims[person], self.world.people
        if not has_come:
            self._keep(person, missed=claim.missed + 1, avoid=claim.avoid | {self._day(today)})
            if claim.missed + 1 >= MISSED_BEFORE_A_TALK + claim.readmitted:
                talk = today + self.world.parameters.readmitted_after_days
                self.talks.setdefault(talk, []).append(person)
        elif not is_done:
            self._will_be_cleared(person, today)
        elif people.served_on[person] < 0:
            self._will_be_cleared(person, int(people.ready_on[person]) - 1)

    def _keep(self, person: int, **changes: Any) -> None:
        self.claims[person] = self.waiting[person] = replace(self.claims[person], **changes)

    def _clear(self, person: int, today: int) -> None:
        people, before = self.world.people, self.claims.get(person)
        number = before.number + 1 if before else person * CLAIMS_EACH
        self.claims[person] = self.waiting[person] = Claim(
            number=number,
            pool=int(people.pool[person]),
            filed_at=moment(self._day(int(people.arrived[person])), int(people.second[person])),
            cleared_on=self._day(today),
            deadline_on=self._day(int(people.deadline[person])),
            vulnerable=bool(people.vulnerable[person]),
        )

    def is_waiting(self, people: np.ndarray) -> np.ndarray:
        """Which of these have a claim tonight."""
        return np.array([int(one) in self.waiting for one in people], dtype=bool)

    def forget(self, people: np.ndarray) -> None:
        """They were given a place by other means."""
        for one in people:
            self.waiting.pop(int(one), None)
