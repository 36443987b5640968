"""What opening a case costs in a full database, beside the same in a nearly empty one.

    .venv/bin/python -m tests.benchmarks.opening --database portal_national [--few 1000]

`portal_national` is made by `tests.benchmarks.national`; beside it a fresh clone is filled with
`--few` cases. In turn, in one and then in the other, as the role web: a dossier is inserted, its
case opened and routed, every deferred key checked, and all of it undone. CPU of the application
and of PostgreSQL; what grows with the number of cases shows as a ratio above 1. Nothing is
asserted: read the ratio.
"""

import argparse
import statistics
import sys

from django.db import connection, transaction

from tests import database
from tests.benchmarks.loading import Bar
from tests.benchmarks.measuring import cost
from tests.benchmarks.national import fill
from tests.benchmarks.places import enter, fresh_clone, leave
from tests.benchmarks.recording import Recorder
from tests.factories.workflows import applicant, filed_dossier


def open_and_undo(owner):
    """One filing by this person, made whole and taken back."""
    with transaction.atomic():
        filed_dossier(owner)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)


def rounds_in(names, rounds: int, times: int) -> list[list[float]]:
    """Milliseconds of CPU of one opening in each database, one round after the other."""
    measured = []
    for _ in range(rounds):
        pair = []
        for name in names:
            enter(name)
            with transaction.atomic():
                owner = applicant()
                open_and_undo(owner)
                pair.append(cost(lambda owner=owner: open_and_undo(owner), times))
                transaction.set_rollback(True)
            leave()
        measured.append(pair)
    return measured


def main():
    """Fill a small clone, measure both, drop it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", default="portal_national")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    if not database.cluster().has_database(options.database):
        sys.exit(f"{options.database} does not exist: run tests.benchmarks.national first.")
    with fresh_clone() as small:
        fill(small, cases=options.few, seed=1, progress=Bar("cases of the small database"))
        measured = rounds_in((options.database, small), options.rounds, options.times)
        enter(options.database)
        recorder = Recorder()
        with transaction.atomic():
            owner = applicant()
            with connection.execute_wrapper(recorder):
                open_and_undo(owner)
            transaction.set_rollback(True)
        with database.cluster().connect("owner", options.database) as login:
            many = login.execute(
                "select reltuples::bigint from pg_class where relname = 'workflows_case'"
            ).fetchone()[0]
        enter(small)
    ratios = [full / few for full, few in measured]
    print(
        f"opening with {many} cases {statistics.median(full for full, _ in measured):.2f} ms,"
        f" with {options.few} {statistics.median(few for _, few in measured):.2f} ms,"
        f" ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}),"
        f" {len(recorder.statements)} statements with the dossier's own"
    )


if __name__ == "__main__":
    sys.exit(main())
