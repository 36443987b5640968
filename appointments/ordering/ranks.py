"""The order is lexicographic, without any score: class, end of cover, filing, seeded digest."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from appointments.ordering.facts import Ranked, Waiting

URGENT, COVER_ENDS, VULNERABLE, OTHERS = 0, 1, 2, 3
COVER_ENDS_WITHIN_DAYS = 21
PROMOTED_EVERY_DAYS = 30
MISSED_AT_MOST = 2
URGENCIES_IN_A_HUNDRED = 5
FAMILY_AT_MOST = 8
"""An account that asks for more people at once is no household: each of them goes alone."""


Keyed = list[tuple["Key", Waiting]]
"""People who are served together, first to last, each with what is compared."""


class Key(NamedTuple):
    """What is compared, in this order and no other."""

    priority_class: int
    deadline_on: date
    filed_at: datetime
    is_alone: bool
    tie: str
    clearance_id: str


def may_be_served(waiting: Waiting) -> bool:
    """Two missed appointments stop the runs until an agent spoke with the person, each time."""
    return waiting.missed < MISSED_AT_MOST + waiting.readmitted


def urgencies_at_most(seats: int) -> int:
    """How many people a run may put before all others: one seat in twenty, and at least one."""
    return max(1, seats * URGENCIES_IN_A_HUNDRED // 100)


def class_of(waiting: Waiting, today: date) -> int:
    """The class of a person on a day; class 0 needs two people and is given by `in_order`.

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


def in_order(
    waiting: Iterable[Waiting], *, today: date, seed: str, urgencies: int | None = None
) -> list[Ranked]:
    """Everybody, first to last. The same set in any order gives the same list.

    Of the people whose urgency two agents agreed to, `urgencies` at most go before all others
    (all of them when it is None); the next ones are of class 1 in this run, and it is said. A
    household has the rank of its first member, and goes before someone alone of the same rank.
    A couple of two accounts waits for the later of the two: a link raises nobody.
    """
    people = list(waiting)
    agreed = sorted(_key(one, URGENT, seed) for one in people if one.urgent and may_be_served(one))
    cap = len(agreed) if urgencies is None else urgencies
    first = {key.clearance_id for key in agreed[:cap]}
    capped = {key.clearance_id for key in agreed[cap:]}
    units: list[Keyed] = []
    for unit in _units(people, first):
        keyed = []
        for one in unit:
            name = one.clearance_id
            urgent = URGENT if name in first else COVER_ENDS if name in capped else None
            found = class_of(one, today) if urgent is None else urgent
            keyed.append((_key(one, found, seed, is_alone=len(unit) == 1), one))
        keyed.sort(key=lambda pair: pair[0])
        units.append(keyed)
    ranked: list[Ranked] = []
    for lead, home, keyed in sorted(_with_couples(units, first | capped), key=lambda unit: unit[0]):
        for key, one in keyed:
            is_capped = key.clearance_id in capped
            ranked.append(Ranked(len(ranked) + 1, lead.priority_class, one, is_capped, home))
    return ranked


def _with_couples(units: list[Keyed], urgent: set[str]) -> list[tuple[Key, str, Keyed]]:
    """Each unit with the key of its turn and its name; two units of a couple are one.

    Two units whose members were linked beforehand come together for one service, at the turn of
    the one that would have come later: nobody's turn comes sooner by a link. An urgency and an
    accepted seat stay one person's; where one is of a more pressing class than the other, each
    goes alone: a link takes from nobody the days that their cover leaves them.
    """
    sides: dict[tuple[str, str], list[int]] = {}
    for number, unit in enumerate(units):
        for _key_of_one, one in unit:
            alone = one.clearance_id in urgent or one.accepted is not None
            if one.couple and not alone and may_be_served(one):
                sides.setdefault((one.couple, one.service), []).append(number)
    found: list[tuple[Key, str, Keyed]] = []
    joined: set[int] = set()
    for (couple, service), pair in sorted(sides.items()):
        if _may_join(units, pair) and joined.isdisjoint(pair):
            joined.update(pair)
            sooner, later = sorted((units[number] for number in pair), key=lambda unit: unit[0][0])
            found.append((later[0][0], f"couple-{couple}/{service}", [*sooner, *later]))
    for number, unit in enumerate(units):
        if number not in joined:
            leader = unit[0][1]
            home = f"{leader.household}/{leader.service}" if len(unit) > 1 else ""
            found.append((unit[0][0], home, unit))
    return found


def _may_join(units: list[Keyed], pair: list[int]) -> bool:
    if len(pair) != 2 or pair[0] == pair[1]:
        return False
    one, other = (units[number] for number in pair)
    same_class = one[0][0].priority_class == other[0][0].priority_class
    return same_class and len(one) + len(other) <= FAMILY_AT_MOST


def _units(people: Sequence[Waiting], first: set[str]) -> list[list[Waiting]]:
    """Households that come together for one service; everybody else alone.

    An urgency is one person's, and so is a seat that somebody said yes to: they draw nobody with
    them, and do not wait for the others.
    """
    units: list[list[Waiting]] = []
    homes: dict[tuple[str, str], list[Waiting]] = {}
    for one in people:
        alone = one.clearance_id in first or one.accepted is not None
        if one.household and not alone and may_be_served(one):
            homes.setdefault((one.household, one.service), []).append(one)
        else:
            units.append([one])
    for home in homes.values():
        if len(home) <= FAMILY_AT_MOST:
            units.append(home)
        else:
            units.extend([one] for one in home)
    return units


def _key(one: Waiting, priority_class: int, seed: str, *, is_alone: bool = True) -> Key:
    return Key(
        priority_class,
        one.deadline_on or date.max,
        one.filed_at,
        is_alone,
        tie_break(seed, one.dossier_id),
        one.clearance_id,
    )
