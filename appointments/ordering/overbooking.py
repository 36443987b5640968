"""How many people may be expected above the places, from the share of those who stay away."""

from math import comb

CROWDED_AT_MOST = 0.05


def overbooking(places: int, no_show_rate: float) -> int:
    """How many seats more than places may be given for a half-day.

    The most for which more people than places come in one half-day of twenty at most, each of
    them coming or not without regard to the others; never more than the places themselves.
    """
    extra = 0
    while extra < places and crowded(places, places + extra + 1, no_show_rate) <= CROWDED_AT_MOST:
        extra += 1
    return extra


def crowded(places: int, given: int, no_show_rate: float) -> float:
    """The chance that more people than places come, of `given` people (binomial law)."""
    shows = 1 - no_show_rate
    return sum(
        comb(given, came) * shows**came * no_show_rate ** (given - came)
        for came in range(places + 1, given + 1)
    )
