"""Places put on line, first come, first served: robots, then people, and sales in between."""

import numpy as np

from appointments.market import sellers
from appointments.market.seekers import ALONE, BOUGHT, DOUBLE, WRONG
from appointments.market.sellers import Group
from appointments.market.world import World

BUYERS_DAYS = 2
"""A place sold is at the earliest in two days."""


def open_day(world: World, pool: int, today: int, added: slice | None) -> None:
    """One day of a pool left open: release, race, tries, sales."""
    if added is not None and added.stop > added.start:
        _robots(world, pool, today, added)
    _people(world, pool, today, is_release=added is not None)
    _customers(world, pool, today)


def _robots(world: World, pool: int, today: int, added: slice) -> None:
    """Within a second of the release, in an order that only latency decides."""
    cost = sellers.cost_of_a_place(world.parameters, world.regime)
    for number in world.dice.permutation(len(world.groups)):
        group = world.groups[number]
        if not group.active:
            continue
        if world.regime.may_hoard(pool):
            count = sellers.wanted(group, pool, today, world.parameters)
            days = world.office.scattered(pool, added, count, world.dice)
            np.add.at(group.held[pool], days, 1)
            world.note("hoarded", len(days), today)
        else:
            days = _deliver(world, group, pool, today)
        world.note("captured", len(days), today)
        group.spend(cost * len(days))


def _deliver(world: World, group: Group, pool: int, today: int) -> np.ndarray:
    """Made to order: the robot books in the name of clients who already waited."""
    people = world.people
    clients = np.array(sorted(group.ordered[pool]), dtype=np.int64)
    clients = clients[people.seeking(today)[clients]] if len(clients) else clients
    clients = world.dice.permutation(clients)
    days = world.office.earliest(pool, today + BUYERS_DAYS, len(clients))
    served = clients[: len(days)]
    _hand_over(world, group, served, days, today)
    group.ordered[pool] = set(clients[len(days) :].tolist())
    group.unmet += len(clients) - len(days)
    return days


def _hand_over(world: World, group: Group, who: np.ndarray, days: np.ndarray, today: int) -> None:
    """The clients pay; some places were taken for the wrong counter."""
    people, figures = world.people, world.parameters
    wrong = world.dice.random(len(who)) < figures.wrong_counter
    people.book(who, days, BOUGHT, today)
    people.kind[who[wrong]] = WRONG
    np.add.at(world.office.given, (people.pool[who], days), 1)
    _pay(world, group, who, today)


def _pay(world: World, group: Group, who: np.ndarray, today: int) -> None:
    world.people.paid[who] += group.price
    group.earn(len(who), world.parameters.labour_cost)
    world.note("sales", len(who), today)
    world.note("revenue", len(who) * group.price, today)


def _people(world: World, pool: int, today: int, *, is_release: bool) -> None:
    """Each who tries today finds a place while there is one."""
    people, regime = world.people, world.regime
    seeking = people.seeking_in(pool, today)
    tries = world.dice.random(len(seeking)) < people.tries[seeking]
    there = np.zeros(0, dtype=np.int64)
    if is_release and not regime.random_release:
        knows = people.knows[seeking]
        there = world.dice.permutation(seeking[knows])
        tries &= ~knows
    others = world.dice.permutation(seeking[tries])
    if not world.office.is_open(today) and not is_release:
        others = others[:0]
    queue = np.concatenate([there, others])
    late = 0
    if is_release and regime.random_release:
        late = int((world.dice.random(len(queue)) < world.dice.random()).sum())
    left = int(world.office.free[pool, today + 1 : world.office.released[pool]].sum())
    days = world.office.earliest(pool, today + 1, min(len(queue) - late, left))
    winners = queue[late : late + len(days)]
    people.book(winners, days, ALONE, today)
    np.add.at(world.office.given[pool], days, 1)
    world.note("tries", len(queue), today)
    world.note("successes", len(winners), today)
    world.overtaken(pool, winners, today)
    if is_release:
        _time_the_race(world, len(there), left, today)


def _time_the_race(world: World, there: int, left: int, today: int) -> None:
    """Minutes until the last place of a release is gone, and the chance of who knew the hour."""
    world.note("chances", min(1.0, left / max(there, 1)), today)
    if there >= left:
        moments = np.sort(world.dice.exponential(world.parameters.race_minutes, max(there, 1)))
        world.sold_out(float(moments[left - 1]) if left else 0.0, today)
    else:
        world.sold_out(float("nan"), today)


def _customers(world: World, pool: int, today: int) -> None:
    """Those who lost patience look for a seller, by word of mouth."""
    people, figures = world.people, world.parameters
    active = [group for group in world.groups if group.active]
    if not active:
        return
    who = people.impatient(people.seeking_in(pool, today), today, figures)
    looking = world.dice.random(len(who)) < figures.looks_for_a_seller
    who = world.dice.permutation(who[looking])
    would_pay = people.would_pay(who, today, figures)
    choice = world.dice.integers(0, len(active), len(who))
    for number, group in enumerate(active):
        mine = who[(choice == number) & (would_pay >= group.price)]
        _sell(world, group, pool, mine, today)


def _sell(world: World, group: Group, pool: int, buyers: np.ndarray, today: int) -> None:
    group.asked[pool] += len(buyers)
    if not world.regime.may_hoard(pool):
        fresh = set(buyers.tolist()) - group.ordered[pool]
        group.ordered[pool] |= fresh
        group.asked[pool] += len(fresh) - len(buyers)
        return
    stock = group.held[pool, today + BUYERS_DAYS : world.office.released[pool]]
    taken = np.diff(np.minimum(np.cumsum(stock), len(buyers)), prepend=0)
    stock -= taken
    days = today + BUYERS_DAYS + np.repeat(np.arange(len(stock)), taken)
    served, unserved = buyers[: len(days)], buyers[len(days) :]
    _hand_over(world, group, served, days, today)
    doubles = int((world.dice.random(len(days)) < world.parameters.double_sale).sum())
    cheated = unserved[:doubles]
    if len(cheated):
        again = world.dice.choice(days, len(cheated))
        world.people.book(cheated, again, DOUBLE, today)
        _pay(world, group, cheated, today)
    group.unmet += len(unserved) - len(cheated)


def draw_lots(world: World, pool: int, today: int) -> None:
    """Once a week, every registered person has the same chance at every place of the batch.

    Sellers may register invented people and win; a name cannot be changed, so that nobody buys.
    """
    people, figures = world.people, world.parameters
    first = today + figures.notice_days
    waiting = people.seeking_in(pool, today)
    invented = sum(figures.probe_slots for group in world.groups if group.active)
    left = int(world.office.free[pool, first : world.office.released[pool]].sum())
    entries = world.dice.permutation(len(waiting) + invented)[:left]
    days = world.office.earliest(pool, first, len(entries))
    days = world.dice.permutation(days)
    real = entries < len(waiting)
    winners = waiting[entries[real]]
    people.book(winners, days[real], ALONE, today)
    np.add.at(world.office.given[pool], days[real], 1)
    world.lost(pool, days[~real])
    world.note("captured", int((~real).sum()), today)
    world.note("hoarded", int((~real).sum()), today)
    world.overtaken(pool, winners, today)
    for group in world.groups:
        if group.active:
            group.spend(figures.probe_slots * figures.email_cost)
