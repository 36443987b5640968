"""Means with their 95 % interval over seeds, and the sign test."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, nan, sqrt

import numpy as np

from appointments.market.runner import Row

_STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 9: 2.262, 14: 2.145, 19: 2.093}
"""Quantiles 97.5 % of Student's law by degrees of freedom; the next smaller one is used."""
_THIRTY = {29: 2.045, 59: 2.001, 99: 1.984}


@dataclass(frozen=True)
class Interval:
    """A mean over seeds and half the width of its interval; not a number without two seeds."""

    mean: float
    half: float
    count: int


def interval(values: Iterable[float]) -> Interval:
    """Of the seeds in which the measure has a sense."""
    known = np.array([one for one in values if one == one])
    if not len(known):
        return Interval(nan, nan, 0)
    if len(known) == 1:
        return Interval(float(known[0]), nan, 1)
    half = _student(len(known) - 1) * known.std(ddof=1) / sqrt(len(known))
    return Interval(float(known.mean()), float(half), len(known))


def _student(freedom: int) -> float:
    table = _STUDENT | _THIRTY
    return table[max(one for one in table if one <= freedom)]


def values_of(rows: Sequence[Row], scenario: str, measure: str) -> list[float]:
    """By seed."""
    mine = sorted((row for row in rows if row.scenario == scenario), key=lambda row: row.seed)
    return [row.values[measure] for row in mine]


def differences(rows: Sequence[Row], one: str, other: str, measure: str) -> Interval:
    """One scenario less another, seed by seed: the same people came under both."""
    both = [
        {row.seed: row.values[measure] for row in rows if row.scenario == code}
        for code in (one, other)
    ]
    return interval(both[0][seed] - both[1][seed] for seed in both[0] if seed in both[1])


def sign_test(positive: int, count: int) -> float:
    """The chance of so many heads or more among so many fair coins."""
    return sum(comb(count, heads) for heads in range(positive, count + 1)) / 2**count
