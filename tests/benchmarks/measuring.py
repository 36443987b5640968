"""Paired measures of CPU time, the database's share included, for the benchmark scripts.

Wall time on a shared machine says more about the neighbours than about us; CPU time of this
process and of its PostgreSQL backend is steadier, and only ratios inside one run are printed.
"""

import os
import statistics
import time
from pathlib import Path

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")


def backend_seconds() -> float:
    """CPU seconds used so far by the PostgreSQL backend of this connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cost(work, times: int) -> float:
    """CPU milliseconds of one call of `work`, application and database together."""
    database, application = backend_seconds(), time.process_time()
    for _ in range(times):
        work()
    spent = time.process_time() - application + backend_seconds() - database
    return spent * 1000 / times


def paired(ours, limit, *, rounds: int, times: int) -> dict:
    """Run both in turn; medians of each and of the ratio of each pair."""
    ours(), limit()
    pairs = [(cost(ours, times), cost(limit, times)) for _ in range(rounds)]
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
