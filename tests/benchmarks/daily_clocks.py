"""How many cases a second the daily run recounts, in how much memory and how many statements.

    .venv/bin/python -m tests.benchmarks.daily_clocks [--cases 50000]

Runs as the `worker` role on a clone of the test database filled with copies of one invented case,
a third of them paused once. `measure` walks whatever cases the database holds: a script that
makes a greater country may call it too. Nothing here is asserted: read the numbers.
"""

import argparse
import contextlib
import os
import resource
import sys
import time
from dataclasses import dataclass

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, connections

from portal.core import clock
from portal.core.door import acting
from tests import database
from tests.benchmarks.filing_and_queue import fill as copies_of_one_case
from tests.factories.workflows import filed_dossier

_PAUSE = """
insert into workflows_clockpause (id, dossier_id, applicant_id, prefecture_code, case_id,
    completion_request_id, starts_on, due_on, supplied_on, closed_at)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, id, gen_random_uuid(),
    filed_at::date + 5, filed_at::date + 35, filed_at::date + 15, filed_at
from (select *, row_number() over (order by id) as n from workflows_case) as cases
where n % 3 = 0
"""
_SETTLE = """
update workflows_case set due_on = implicit_refusal_on;
update workflows_case set due_on = due_on + 10, implicit_refusal_on = implicit_refusal_on + 10
where exists (select 1 from workflows_clockpause where case_id = workflows_case.id)
"""


@dataclass(frozen=True)
class Measured:
    """One whole run of the clocks."""

    cases: int
    drift: int
    recount_seconds: float
    seconds: float
    peak_megabytes: float

    @property
    def cases_a_second(self) -> float:
        """The speed of the recount, the stage that reads every live case."""
        return self.cases / max(self.recount_seconds, 1e-6)


def measure() -> Measured:
    """Run the clocks of the present day, each batch in its own transaction, as the worker."""
    from workflows.models import ClockRun  # noqa: PLC0415 -- after setup
    from workflows.services import daily  # noqa: PLC0415 -- after setup

    with _worker():
        at = clock.now()
    began, recounted, more = time.perf_counter(), 0.0, True
    while more:
        with _worker():
            more = daily.step(at=at)
            run = ClockRun.objects.get(legal_day=clock.legal_day(at))
        if run.stage != "recount" and not recounted:
            recounted = time.perf_counter() - began
    return Measured(
        cases=run.counts["recount"],
        drift=run.counts["drift"],
        recount_seconds=recounted,
        seconds=time.perf_counter() - began,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


@contextlib.contextmanager
def _worker():
    """One transaction of the worker, which sees every office."""
    with acting(None, scope="system"):
        with connection.cursor() as cursor:
            cursor.execute("set local role portal_worker")
        yield


def fill(owner, cases: int) -> None:
    """Copies of the one case, each with the dates that its rule and its pause give."""
    copies_of_one_case(owner, cases)
    for table in ("workflows_case", "workflows_clockpause"):
        owner.execute(f"alter table {table} disable trigger user")
    owner.execute(_PAUSE)
    owner.execute(_SETTLE)
    owner.execute("set constraints all immediate")
    for table in ("workflows_case", "workflows_clockpause"):
        owner.execute(f"alter table {table} enable trigger user")


def main():
    """Clone, fill, measure, drop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=50_000)
    options = parser.parse_args()
    name = database.own_name()
    database.clone(name)
    try:
        filed_dossier()
        with database.cluster().connect("owner", name, options="-c portal.migrating=on") as owner:
            with owner.transaction():
                fill(owner, options.cases)
            owner.execute("analyze")
        found = measure()
    finally:
        connections.close_all()
        database.drop(name)
    print(
        f"{found.cases} cases, {found.drift} drifted: recounted in {found.recount_seconds:.2f} s "
        f"({found.cases_a_second:,.0f} a second), whole run {found.seconds:.2f} s, "
        f"peak {found.peak_megabytes:.0f} MB"
    )


if __name__ == "__main__":
    sys.exit(main())
