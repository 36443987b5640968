"""The agent who sells: alone where one person can give a place, in league where it takes two."""

import numpy as np

from appointments.market.regimes import ISSUED, POOLS
from appointments.market.seekers import ALONE, GIVEN
from appointments.market.world import World

SOON = 3


def sell_inside(world: World, pool: int, today: int) -> None:
    """Once a week, the soonest places go to those who would pay most, at what they would pay."""
    people, figures = world.people, world.parameters
    issued = world.regime.modes[pool] == ISSUED
    rate = figures.insider_pairs_a_week if issued else figures.insider_a_week
    count = int(world.dice.poisson(rate / len(POOLS)))
    who = people.impatient(people.seeking_in(pool, today), today, figures)
    if issued:
        who = world.cleared_among(who)
    best = who[np.argsort(-people.would_pay(who, today, figures), kind="stable")][:count]
    days = world.office.earliest(pool, today + SOON, len(best))
    best = best[: len(days)]
    people.book(best, days, GIVEN if issued else ALONE, today)
    np.add.at(world.office.given[pool], days, 1)
    world.forget(best)
    paid = people.would_pay(best, today, figures)
    people.paid[best] += paid
    world.note("insider", float(paid.sum()), today)
