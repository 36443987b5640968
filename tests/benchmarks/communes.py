"""What finding a commune costs the server: by postcode, by name, without accents, with a slip.

    .venv/bin/python -m tests.benchmarks.communes [--rounds 400]

In a fresh clone of the migrated template (35 014 communes), the queries of people who type: CPU
of the application and of PostgreSQL for each, one after the other; median, 95th percentile and
worst of each kind. The goal of the 95th percentile is 20 ms. `found` says how often the place
that was meant is among those offered.
"""

import argparse
import random
import statistics

import django

from portal.territory.loaders import fold
from tests.benchmarks.measuring import CPU
from tests.benchmarks.places import fresh_clone

OFFERED = 20


def slip(dice, text: str) -> str:
    """One letter left out, doubled, exchanged with the next, or replaced."""
    if len(text) < 4:
        return text
    place = dice.randrange(1, len(text) - 1)
    kind = dice.choice(("out", "twice", "swap", "other"))
    if kind == "out":
        return text[:place] + text[place + 1 :]
    if kind == "twice":
        return text[:place] + text[place] + text[place:]
    if kind == "swap":
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + dice.choice("abcdefghijklmnopqrstuvwxyz") + text[place + 1 :]


KINDS = {
    "postcode": lambda dice, place: dice.choice(place.postcodes),
    "name": lambda dice, place: place.name,
    "name without accents": lambda dice, place: fold(place.name),
    "first letters": lambda dice, place: place.name[: max(3, len(place.name) // 2)],
    "name with a slip": lambda dice, place: slip(dice, place.name.lower()),
    "nothing like it": lambda dice, place: "".join(dice.choices("qwxkz", k=9)),
}


def measured(kind, places, dice, search):
    """Milliseconds of each search, and how many offered the place that was meant."""
    clock, costs, found = CPU(), [], 0
    for place in places:
        text = KINDS[kind](dice, place)
        before = clock()
        offered = search(text, limit=OFFERED)
        costs.append((clock() - before) * 1000)
        found += place.insee in {commune.insee for commune in offered}
    return sorted(costs), found


def main():
    """Search, each kind in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=6)
    options = parser.parse_args()
    django.setup()
    from portal.territory.api import Commune, search_communes  # noqa: PLC0415

    with fresh_clone():
        every = list(Commune.objects.order_by("insee"))
        dice = random.Random(options.seed)
        # large places are typed more often than small ones, and every place is typed
        weights = [500 + (commune.population or 0) for commune in every]
        for kind in KINDS:
            places = dice.choices(every, weights=weights, k=options.rounds)
            search_communes("lyon", limit=OFFERED)
            costs, found = measured(kind, places, dice, search_communes)
            print(
                f"{kind:22} median {statistics.median(costs):6.2f} ms,"
                f" p95 {costs[int(len(costs) * 0.95)]:6.2f} ms, worst {costs[-1]:6.2f} ms,"
                f" found {found} of {options.rounds}"
            )


if __name__ == "__main__":
    main()
