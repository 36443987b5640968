"""One seed, one scenario: day after day, until everybody's fate is known."""

import numpy as np

from appointments.market import insider, office, seekers, sellers, trade
from appointments.market.issued import Desk, Issue
from appointments.market.ordered import give
from appointments.market.parameters import Parameters
from appointments.market.regimes import DRAWN, ISSUED, OPEN, POOLS, Scenario
from appointments.market.world import World

WEEK = 7


def build(scenario: Scenario, base: Parameters, seed: int) -> World:
    """The first morning. People and their luck depend on the seed alone."""
    parameters, regime = scenario.parameters(base), scenario.regime
    place = office.furnish(parameters, regime)
    dice = np.random.default_rng([seed, 2])
    return World(
        seed=seed,
        parameters=parameters,
        regime=regime,
        people=seekers.draw(seed, parameters, reviewed=ISSUED in regime.modes),
        office=place,
        groups=sellers.found(parameters, place.length, dice),
        dice=dice,
    )


def run(world: World, issue: Issue = give) -> Desk:
    """Play every day. `issue` is the run of a night: ours in memory, or the portal's own."""
    desk = Desk(world, issue)
    world.cleared, world.forgetting = desk.is_waiting, desk.forget
    for today in range(world.office.length):
        if today % WEEK == 0:
            for pool in desk.pools:
                insider.sell_inside(world, pool, today)
        desk.night(today)
        for pool in POOLS:
            _give_places(world, pool, today)
        desk.evening(today, *office.receive(world.office, world.people, today))
        if today % WEEK == WEEK - 1:
            for group in world.groups:
                sellers.close_week(group, world.parameters)
                _keep_accounts(world, group, today)
    return desk


def _give_places(world: World, pool: int, today: int) -> None:
    mode = world.regime.modes[pool]
    if mode == ISSUED:
        return
    ahead = today + WEEK * (world.parameters.release_weeks + 1)
    is_release = today % WEEK == 0
    if mode == OPEN:
        added = world.office.release(pool, ahead) if is_release else None
        if added is not None:
            insider.sell_inside(world, pool, today)
        trade.open_day(world, pool, today, added)
    elif mode == DRAWN and is_release:
        world.office.release(pool, ahead)
        insider.sell_inside(world, pool, today)
        trade.draw_lots(world, pool, today)


def _keep_accounts(world: World, group: sellers.Group, today: int) -> None:
    """The week just closed: what it cost, whether the seller is still there, and its price."""
    world.note("cost", group.cost[-2], today)
    world.note("active", group.active, today)
