"""Which seat each person is given, once everybody has a rank.

Seats lie in lanes: one for each kind of place (service, site, whose students, step-free,
languages, length, notice), in order of time. A person looks at the head of the few lanes that
suit them, so that a run costs about (people + seats) times a logarithm. A household looks for
moments that follow one another.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from heapq import heappop, heappush
from itertools import groupby

from appointments.ordering.facts import (
    NOTICE,
    OVERBOOK,
    RESERVE,
    FreeSeat,
    Given,
    Ranked,
    Reason,
    Waiting,
)
from appointments.ordering.lanes import Lane, lane_suits, may_be_given, may_be_offered, pool_of
from appointments.ordering.ranks import URGENT


def give(
    ranked: Iterable[Ranked],
    seats: Iterable[FreeSeat],
    *,
    today: date | None = None,
    at: datetime | None = None,
    offering: bool = False,
) -> list[Given]:
    """To each in turn the first free seat that suits them, or the reason for none.

    A seat at a preferred site goes before an earlier one elsewhere, unless the person's cover
    would end before it; when every seat comes after that day, the earliest of all is given. A
    household is given seats that follow one another at one site, or none. A seat refused to one
    stays for the next. `today` None is the day of `at`, or lets reserves be given. With
    `offering`, the near seats that are left are then offered to volunteers, one to each.
    """
    calendar = _Calendar(seats, today=today, at=at)
    given: list[Given] = []
    for home, members in groupby(ranked, key=lambda one: one.household or one.rank):
        people = list(members)
        if isinstance(home, str):
            given.extend(calendar.give_family(people))
        else:
            given.append(calendar.give_one(people[0]))
    return [calendar.offer(one) for one in given] if offering else given


class _Calendar:
    """The seats that are left while a run goes down the list."""

    def __init__(self, seats: Iterable[FreeSeat], *, today: date | None, at: datetime | None):
        self.at = at
        self.seats = [
            seat
            for seat in sorted(seats, key=lambda one: (one.starts_at, one.slot_id, one.number))
            if seat.held_for
            or may_be_given(
                seat,
                urgent=True,
                accepted=True,
                today=today or (at.date() if at else seat.day),
                at=at,
            )
        ]
        self.is_taken = bytearray(len(self.seats))
        self.lane_of = [self._lane(seat) for seat in self.seats]
        self.lanes: dict[Lane, list[int]] = {}
        self.named = {(seat.slot_id, seat.number): n for n, seat in enumerate(self.seats)}
        self.regular_left: Counter[tuple[str, int, str, str]] = Counter()
        self.overbooked: dict[tuple[str, int, str, str], list[int]] = defaultdict(list)
        self.moments: dict[tuple[str, int], dict[datetime, list[int]]] = {}
        self.passed: Counter[tuple[str, int, int]] = Counter()
        self.suited: dict[tuple[object, ...], list[Lane]] = {}
        self.busy: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for number, seat in enumerate(self.seats):
            self._lay(number, seat)
        self.starts = {place: list(moments) for place, moments in self.moments.items()}
        for pool in [pool for pool in self.overbooked if not self.regular_left[pool]]:
            self._release(pool)

    def _lay(self, number: int, seat: FreeSeat) -> None:
        if seat.held_for:
            return  # found by its name alone, by who accepted it
        if seat.kind == OVERBOOK:
            self.overbooked[pool_of(seat)].append(number)
            return
        lane = self.lane_of[number]
        self.lanes.setdefault(lane, []).append(number)
        if seat.kind != RESERVE:
            self.regular_left[pool_of(seat)] += 1
        if not lane.is_soon:
            moments = self.moments.setdefault((seat.service, seat.site), {})
            moments.setdefault(seat.starts_at, []).append(number)

    def _lane(self, seat: FreeSeat) -> Lane:
        return Lane(
            seat.service,
            seat.site,
            seat.student_counter,
            seat.step_free,
            seat.interpreters,
            int((seat.ends_at - seat.starts_at).total_seconds()) // 60,
            self.at is not None and seat.starts_at < self.at + NOTICE,
        )

    def _release(self, pool: tuple[str, int, str, str]) -> None:
        """The half-day has no seat of its own left: those above its places may be given."""
        for number in self.overbooked.pop(pool, ()):
            lane = self.lane_of[number]
            if lane not in self.lanes:
                self.lanes[lane] = []
                self.suited.clear()
            heappush(self.lanes[lane], number)

    # one person

    def give_one(self, one: Ranked) -> Given:
        number = self._accepted(one)
        if number is None:
            number = self._choose(one)
        if number is None:
            return Given(one, None, self._reason(one))
        return Given(one, self._take(number, one.waiting))

    def _accepted(self, one: Ranked) -> int | None:
        said = one.waiting.accepted
        number = self.named.get(said) if said else None
        if number is None or self.is_taken[number] or self._is_busy(one.waiting, number):
            return None
        return number

    def _choose(self, one: Ranked) -> int | None:
        person = one.waiting
        free = partial(self._is_free, person)
        best: dict[int, int] = {}
        for lane in self._lanes_for(person, soon=one.priority_class == URGENT):
            number = self._first(lane, free)
            if number is not None:
                best[lane.site] = min(number, best.get(lane.site, number))
        return self._preferred(person, best)

    def _preferred(self, person: Waiting, best: dict[int, int]) -> int | None:
        """Of the first seat at each site, the one to give."""
        for site in person.sites:
            number = best.get(site)
            if number is not None and (
                person.deadline_on is None or self.seats[number].day <= person.deadline_on
            ):
                return number
        return min(best.values(), default=None)

    def _lanes_for(self, person: Waiting, *, soon: bool = False) -> list[Lane]:
        wanted = (
            person.service,
            person.student_counter,
            person.step_free,
            person.interpreter,
            person.minutes_needed,
            soon,
        )
        found = self.suited.get(wanted)
        if found is None:
            found = self.suited[wanted] = [lane for lane in self.lanes if lane_suits(lane, *wanted)]
        return found

    def _first(self, lane: Lane, is_free: Callable[[int], bool]) -> int | None:
        """The first seat of a lane that this person can come to; the lane is left as it was."""
        heap, passed, found = self.lanes[lane], [], None
        while heap:
            number = heap[0]
            if self.is_taken[number]:
                heappop(heap)
            elif is_free(number):
                found = number
                break
            else:
                passed.append(heappop(heap))
        for number in passed:
            heappush(heap, number)
        return found

    def _is_free(self, person: Waiting, number: int) -> bool:
        seat = self.seats[number]
        if seat.day in person.avoid or seat.half_day in person.blocked:
            return False
        return not self._is_busy(person, number)

    def _is_busy(self, person: Waiting, number: int) -> bool:
        seat, here = self.seats[number], self.busy
        for moments in (person.busy, here.get(person.person_id), here.get(person.applicant_id)):
            for starts_at, ends_at in moments or ():
                if starts_at < seat.ends_at and seat.starts_at < ends_at:
                    return True
        return False

    def _take(self, number: int, person: Waiting) -> FreeSeat:
        seat = self.seats[number]
        self.is_taken[number] = True
        for name in {person.person_id, person.applicant_id} - {""}:
            self.busy[name].append((seat.starts_at, seat.ends_at))
        if seat.kind not in {OVERBOOK, RESERVE} and not seat.held_for:
            pool = pool_of(seat)
            self.regular_left[pool] -= 1
            if not self.regular_left[pool]:
                self._release(pool)
        return seat

    def _reason(self, one: Ranked) -> Reason:
        person, soon = one.waiting, one.priority_class == URGENT
        if one.capped:
            return "urgencies_capped"
        if self._any_left(person, soon):
            return "blocked_days"
        if person.step_free and self._any_left(replace(person, step_free=False), soon):
            return "no_step_free"
        if person.interpreter and self._any_left(replace(person, interpreter=""), soon):
            return "no_interpreter"
        return "no_seat"

    def _any_left(self, person: Waiting, soon: bool) -> bool:
        lanes = self._lanes_for(person, soon=soon)
        return any(self._first(lane, lambda _number: True) is not None for lane in lanes)

    # a near seat, to one volunteer

    def offer(self, given: Given) -> Given:
        """To a volunteer who was given nothing, the near seat that suits them first, to answer."""
        person = given.ranked.waiting
        is_asked = person.is_asked or person.accepted is not None
        if given.seat is not None or not person.volunteer or is_asked or self.at is None:
            return given
        free = partial(self._may_be_asked, person, self.at)
        best: dict[int, int] = {}
        for lane in self._lanes_for(person, soon=True):
            number = self._first(lane, free) if lane.is_soon else None
            if number is not None:
                best[lane.site] = min(number, best.get(lane.site, number))
        found = self._preferred(person, best)
        return given if found is None else replace(given, offered=self._take(found, person))

    def _may_be_asked(self, person: Waiting, at: datetime, number: int) -> bool:
        seat = self.seats[number]
        return (
            may_be_offered(seat, at=at)
            and seat.day not in person.declined
            and self._is_free(person, number)
        )

    # a household

    def give_family(self, members: Sequence[Ranked]) -> list[Given]:
        people = [one.waiting for one in members]
        sites = {site for service, site in self.moments if service == people[0].service}
        chains: dict[int, list[int]] = {}
        for site in sites:
            chain = self._chain_at(site, people)
            if chain:
                chains[site] = chain
        first = self._preferred(people[0], {site: chain[0] for site, chain in chains.items()})
        if first is None:
            left = any(self._any_left(person, soon=False) for person in people)
            why: Reason = "family_does_not_fit" if left else "no_seat"
            return [Given(one, None, why) for one in members]
        chain = chains[self.seats[first].site]
        return [
            Given(one, self._take(number, one.waiting))
            for one, number in zip(members, chain, strict=True)
        ]

    def _chain_at(self, site: int, people: Sequence[Waiting]) -> list[int] | None:
        """The first seats of a site that follow one another and suit each of them in turn."""
        place = (people[0].service, site)
        starts, passed = self.starts[place], (*place, len(people))
        lanes = [set(self._lanes_for(person)) for person in people]

        def suits(at: int, number: int) -> bool:
            return self.lane_of[number] in lanes[at] and self._is_free(people[at], number)

        for step in range(self.passed[passed], len(starts)):
            if self._follow(place, starts[step], len(people), lambda _at, _number: True) is None:
                if step == self.passed[passed]:
                    self.passed[passed] += 1  # seats only go: no household will ever fit here
                continue
            chain = self._follow(place, starts[step], len(people), suits)
            if chain:
                return chain
        return None

    def _follow(
        self,
        place: tuple[str, int],
        moment: datetime,
        count: int,
        suits: Callable[[int, int], bool],
        at: int = 0,
    ) -> list[int] | None:
        tried: set[datetime] = set()
        for number in self.moments[place].get(moment, ()):
            ends_at = self.seats[number].ends_at
            if self.is_taken[number] or ends_at in tried or not suits(at, number):
                continue
            if at + 1 == count:
                return [number]
            tried.add(ends_at)
            rest = self._follow(place, ends_at, count, suits, at + 1)
            if rest is not None:
                return [number, *rest]
        return None
