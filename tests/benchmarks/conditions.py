"""What it costs to say what a form of 300 questions and 200 conditions shows.

    .venv/bin/python -m tests.benchmarks.conditions [--fields 300] [--conditions 200]

CPU milliseconds of one evaluation of the whole form, and of twice and four times as many
questions: a ratio near 2 and 4 says that the cost follows their number. The goal is 5 ms.
"""

import argparse
import statistics
import time

from dossiers.catalogue.conditions import missing, shown
from tests.dossiers.catalogue.test_reference import long_form

TIMES = 10


def milliseconds(work, *given) -> float:
    """CPU time of one call."""
    before = time.process_time()
    for _ in range(TIMES):
        work(*given)
    return (time.process_time() - before) * 1000 / TIMES


def main():
    """Print the median of each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fields", type=int, default=300)
    parser.add_argument("--conditions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    first = None
    for times in (1, 2, 4):
        procedure, said = long_form(options.fields * times, options.conditions * times)
        costs = {}
        for name, work in (("shown", shown), ("missing", missing)):
            costs[name] = statistics.median(
                milliseconds(work, procedure, said) for _ in range(options.rounds)
            )
        first = first or costs["shown"]
        print(
            f"{options.fields * times} questions, {options.conditions * times} conditions:"
            f" shown {costs['shown']:.2f} ms (ratio {costs['shown'] / first:.2f}),"
            f" missing {costs['missing']:.2f} ms"
        )


if __name__ == "__main__":
    main()
