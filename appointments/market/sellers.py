"""Those who sell places: a stock, a price that follows their own results, and a way out."""

from dataclasses import dataclass, field

import numpy as np

from appointments.market.parameters import Parameters
from appointments.market.regimes import POOLS, Regime

WEEK = 7
MEMORY = 0.3
SMALLEST_PRICE = 1.0


@dataclass
class Group:
    """One seller: places held by pool and day, clients who ordered, and accounts by week."""

    held: np.ndarray
    price: float
    forecast: np.ndarray
    direction: int = 1
    active: bool = True
    since: int = 0
    ordered: list[set[int]] = field(default_factory=lambda: [set() for _ in POOLS])
    asked: np.ndarray = field(default_factory=lambda: np.zeros(len(POOLS)))
    unmet: int = 0
    revenue: list[float] = field(default_factory=lambda: [0.0])
    cost: list[float] = field(default_factory=lambda: [0.0])
    sales: list[int] = field(default_factory=lambda: [0])
    weeks_out: int = 0

    def spend(self, amount: float) -> None:
        self.cost[-1] += amount

    def earn(self, count: int, labour: float) -> None:
        """So many sales at the price of the day."""
        self.revenue[-1] += count * self.price
        self.sales[-1] += count
        self.spend(count * labour)


def found(parameters: Parameters, length: int, dice: np.random.Generator) -> list[Group]:
    """The sellers of the first day, each with its own first price."""
    return [
        Group(
            held=np.zeros((len(POOLS), length), dtype=np.int64),
            price=parameters.first_price * float(np.exp(0.2 * dice.normal())),
            forecast=np.full(len(POOLS), parameters.probe_slots / 2.0),
        )
        for _ in range(parameters.groups)
    ]


def cost_of_a_place(parameters: Parameters, regime: Regime) -> float:
    """What taking one place costs, sold or not."""
    return regime.captcha * parameters.captcha_cost + regime.email_limit * parameters.email_cost


def wanted(group: Group, pool: int, today: int, parameters: Parameters) -> int:
    """Places to take now: what should be sold while they last, less what is held."""
    if not group.active:
        return 0
    target = parameters.cover * group.forecast[pool] * parameters.release_weeks
    stock = group.held[pool, today + 1 : today + WEEK * (parameters.release_weeks + 2)].sum()
    return max(int(max(target, parameters.probe_slots) - stock + 0.5), 0)


def close_week(group: Group, parameters: Parameters) -> None:
    """Once a week: learn what can be sold, move the price, leave when it does not pay."""
    if group.active:
        group.spend(parameters.weekly_cost)
        group.forecast = (1 - MEMORY) * group.forecast + MEMORY * group.asked
        _move_price(group, parameters)
        group.since += 1
        _leave_if_unprofitable(group, parameters)
    else:
        group.weeks_out += 1
        # who never sold anything has learnt that there is nothing to sell
        if sum(group.sales) and group.weeks_out >= parameters.try_again_after_weeks:
            _come_back(group, parameters)
    group.asked = np.zeros(len(POOLS))
    group.unmet = 0
    group.revenue.append(0.0)
    group.cost.append(0.0)
    group.sales.append(0)


def _move_price(group: Group, parameters: Parameters) -> None:
    """Higher while buyers are turned away; else go on as long as the revenue rises."""
    if group.unmet > group.sales[-1] // 4:
        group.direction = 1
    elif len(group.revenue) > 1 and group.revenue[-1] < group.revenue[-2]:
        group.direction = -group.direction
    group.price = max(SMALLEST_PRICE, group.price * (1 + parameters.price_step * group.direction))


def _leave_if_unprofitable(group: Group, parameters: Parameters) -> None:
    weeks = parameters.leave_after_weeks
    if group.since < weeks:
        return
    if sum(group.revenue[-weeks:]) < sum(group.cost[-weeks:]):
        group.active = False
        group.weeks_out = 0
        group.ordered = [set() for _ in POOLS]


def _come_back(group: Group, parameters: Parameters) -> None:
    group.active, group.since = True, 0
    group.price = parameters.first_price
    group.forecast = np.full(len(POOLS), parameters.probe_slots / 2.0)
