"""Paired measures of CPU time, the database's share included, for the benchmark scripts.

Wall time on a shared machine says more about the neighbours than about us; CPU time of this
process and of its PostgreSQL backends is steadier, and only ratios inside one run are printed.
"""

import os
import statistics
import time
from pathlib import Path

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")


def backend_seconds() -> float:
    """CPU seconds used so far by the PostgreSQL backend of Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return process_seconds(cursor.fetchone()[0])


def process_seconds(pid: int) -> float:
    """CPU seconds used so far by a process, to the nanosecond where Linux keeps them so."""
    counted = Path(f"/proc/{pid}/schedstat")
    if counted.exists():
        return int(counted.read_text().split()[0]) / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class CPU:
    """CPU seconds of this process, of Django's backend, and of other backends that work for it."""

    def __init__(self, *logins):
        self.others = [login.info.backend_pid for login in logins]

    def __call__(self) -> float:
        database = backend_seconds() + sum(process_seconds(pid) for pid in self.others)
        return time.process_time() + database


def cost(work, times: int, clock=None) -> float:
    """CPU milliseconds of one call of `work`, application and database together."""
    clock = clock or CPU()
    before = clock()
    for _ in range(times):
        work()
    return (clock() - before) * 1000 / times


def paired(ours, limit, *, rounds: int, times: int, clock=None) -> dict:
    """Run both in turn; medians of each and of the ratio of each pair."""
    ours(), limit()
    pairs = [(cost(ours, times, clock), cost(limit, times, clock)) for _ in range(rounds)]
    ratios = [a / b for a, b in pairs]
    return {
        "ours": statistics.median(a for a, _ in pairs),
        "limit": statistics.median(b for _, b in pairs),
        "ratio": statistics.median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
    }


def line(name: str, found: dict, statements: int) -> str:
    """One line of the report."""
    return (
        f"{name:<34} {found['ours']:7.2f} ms  limit {found['limit']:7.2f} ms"
        f"  ratio {found['ratio']:.2f} ({found['lowest']:.2f}-{found['highest']:.2f})"
        f"  {statements} statements"
    )
