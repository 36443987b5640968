"""Many seeds of many scenarios, on several processes; the same seeds under every rule."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from multiprocessing import get_context

from appointments.market import measures, simulation
from appointments.market.parameters import Parameters
from appointments.market.regimes import SCENARIOS

PROCESSES = 2
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """What one seed of one scenario gave."""

    scenario: str
    seed: int
    values: dict[str, float]


def _one(task: tuple[str, int, Parameters]) -> Row:
    code, seed, base = task
    world = simulation.build(SCENARIOS[code], base, seed)
    desk = simulation.run(world)
    return Row(code, seed, measures.measure(world, desk))


def run(
    codes: Sequence[str],
    seeds: int,
    base: Parameters,
    *,
    processes: int = PROCESSES,
    progress: Progress | None = None,
) -> list[Row]:
    """Every scenario with seeds 1, 2, … in an order that does not depend on who ends first."""
    tasks = [(code, seed, base) for code in codes for seed in range(1, seeds + 1)]
    rows: list[Row] = []
    if processes == 1:
        for task in tasks:
            _add(rows, _one(task), len(tasks), progress)
        return rows
    with get_context("spawn").Pool(processes) as pool:
        for row in pool.imap(_one, tasks, chunksize=1):
            _add(rows, row, len(tasks), progress)
    return rows


def _add(rows: list[Row], row: Row, total: int, progress: Progress | None) -> None:
    rows.append(row)
    if progress:
        progress(len(rows), total)


def write_csv(rows: Sequence[Row]) -> str:
    """One line for each seed of each scenario; an empty cell where a measure has no sense."""
    codes = [one.code for one in measures.MEASURES]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scenario", "seed", *codes])
    for row in rows:
        writer.writerow([row.scenario, row.seed, *(_cell(row.values[code]) for code in codes)])
    return text.getvalue()


def read_csv(text: str) -> list[Row]:
    """What `write_csv` wrote."""
    return [
        Row(
            line.pop("scenario"),
            int(line.pop("seed")),
            {code: float(value) if value else nan for code, value in line.items()},
        )
        for line in csv.DictReader(io.StringIO(text))
    ]


def _cell(value: float) -> str:
    return "" if value != value else f"{value:.6g}"
