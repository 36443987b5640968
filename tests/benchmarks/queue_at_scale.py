"""The queue and its counters in a full database, beside fifty rows read by primary key.

    .venv/bin/python -m tests.benchmarks.queue_at_scale --database portal_national [--page 600]

`portal_national` is made by `tests.benchmarks.national`. As the role web, through the door of a
supervisor of the office that has the most work: the statements of the first page and of a far
page with the name of who has each case, and of the same rows alone; the capped counters of an
office, and the count of the cases that nobody has. Through the door of the reviewer who has the
most cases there: their own first page, and their next case. Each is compared in turn with fifty
rows of the same columns by range of the primary key, in CPU of PostgreSQL and of a plain cursor,
with the 95th percentile of the wall time beside it. Nothing is asserted: read the ratios.
"""

import argparse
import statistics
import sys
import time

from django.db import connection

from portal.accounts.models import User
from portal.core.door import acting_for
from tests import database
from tests.benchmarks.measuring import cost
from tests.benchmarks.places import existing, owner_of
from tests.benchmarks.recording import STRUCTURAL, Recorder
from tests.factories.workflows import agent
from workflows.enums import CaseState
from workflows.models import Case
from workflows.queries import queue
from workflows.queries.counts import capped_counts
from workflows.queries.paging import place_of, rows_beyond

_BUSIEST = """
select prefecture_code, count(*) from workflows_case where state = any(%s)
group by 1 order by 2 desc limit 1
"""
_HEAVIEST = """
select reviewer_id, count(*) from workflows_case where prefecture_code = %s
    and reviewer_id is not null
group by 1 order by 2 desc, 1 limit 1
"""
_PLACE = """
select id, due_on from workflows_case where prefecture_code = %s and state = any(%s)
order by due_on nulls last, id offset %s limit 1
"""


def statements_of(work) -> list:
    """What a piece of work asks of the database."""
    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        work()
    return [one for one in recorder.statements if not one[0].upper().startswith(STRUCTURAL)]


def replay(statements):
    """Send them again through a plain cursor."""

    def once():
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()

    return once


def compare(title, work, limit, options) -> None:
    """One line: median ratio of CPU, and the 95th percentiles of the wall time."""
    statements = statements_of(work)
    ours = replay(statements)
    ours(), limit()
    pairs = [(cost(ours, options.times), cost(limit, options.times)) for _ in range(options.rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    mine, theirs = walls(ours, limit, options.rounds * options.times)
    print(
        f"{title:<44} {statistics.median(a for a, _ in pairs):8.2f} ms"
        f"  ratio {ratio:6.2f}  p95 {mine:.2f} of {theirs:.2f} ms = {mine / theirs:.2f}"
        f"  {len(statements)} statement(s)",
        flush=True,
    )


def walls(ours, limit, times):
    """The 95th percentile of the wall milliseconds of each, in turn."""
    spent: tuple[list, list] = ([], [])
    for _ in range(times):
        for work, kept in ((ours, spent[0]), (limit, spent[1])):
            began = time.perf_counter()
            work()
            kept.append((time.perf_counter() - began) * 1000)
    return tuple(sorted(kept)[int(len(kept) * 0.95)] for kept in spent)


def limit_of(person, office):
    """Fifty rows and one by primary key, of the same office."""
    start = Case.objects.visible_to(person).order_by("pk").first().pk
    rows = Case.objects.filter(pk__gte=start, prefecture_code=office).order_by("pk")
    return replay(statements_of(lambda: list(rows[:51])))


def measure_own(reviewer, office, options) -> None:
    """What a reviewer reads of their own cases."""
    by_key = limit_of(reviewer, office)
    compare("a reviewer's first page", lambda: queue.queue(reviewer), by_key, options)
    compare("a reviewer's next case", lambda: queue.next_of(reviewer), by_key, options)


def measure(person, office, work, place, options) -> None:
    """Every comparison, inside one door."""
    cases = Case.objects.visible_to(person).filter(state__in=work).most_urgent_first()
    by_key = limit_of(person, office)
    after = place_of(Case(id=place[0], due_on=place[1]))
    page = f"page {options.page}"
    for title, what in (
        ("the limit against itself", None),
        ("first page, queue", lambda: queue.queue(person)),
        (f"{page}, queue", lambda: queue.queue(person, after=after)),
        ("first page, rows alone", lambda: rows_beyond(cases, "", queue.PAGE + 1)),
        (f"{page}, rows alone", lambda: rows_beyond(cases, after, queue.PAGE + 1)),
        ("one counter, capped", lambda: capped_counts(office, [CaseState.UNDER_REVIEW])),
        ("every counter, capped", lambda: capped_counts(office, CaseState)),
        ("cases that nobody has", lambda: queue.count_unassigned(person)),
    ):
        if what is None:
            mine, theirs = walls(by_key, by_key, options.rounds * options.times)
            print(f"{title:<44} {cost(by_key, options.times):8.2f} ms  p95 {mine:.2f}")
        else:
            compare(title, what, by_key, options)


def main():
    """Find the busiest office, measure, leave the database as it was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", default="portal_national")
    parser.add_argument("--page", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    if not database.cluster().has_database(options.database):
        sys.exit(f"{options.database} does not exist: run tests.benchmarks.national first.")
    work = [str(state) for state in queue.WORK_OF["supervisor"]]
    with existing(options.database), owner_of(options.database) as login:
        (office, waiting) = login.execute(_BUSIEST, [work]).fetchone()
        options.page = min(options.page, waiting // queue.PAGE - 1)
        offset = options.page * queue.PAGE
        place = login.execute(_PLACE, [office, work, offset]).fetchone()
        (total,) = login.execute("select count(*) from workflows_case").fetchone()
        print(f"{total} cases, {waiting} of them waiting in the busiest office, {office}")
        person = agent("supervisor", office=office)
        try:
            with acting_for(person):
                measure(person, office, work, place, options)
            (heaviest, held) = login.execute(_HEAVIEST, [office]).fetchone()
            print(f"the heaviest reviewer there has {held} cases")
            reviewer = User.objects.get(pk=heaviest)
            with acting_for(reviewer):
                measure_own(reviewer, office, options)
        finally:
            forget(login, person)


def forget(login, person) -> None:
    """Take away the agent made for the measure, so that the next one finds the same database."""
    login.execute("delete from accounts_post where user_id = %s", [person.pk])
    login.execute("alter table accounts_user disable trigger user")
    login.execute("delete from accounts_user where id = %s", [person.pk])
    login.execute("alter table accounts_user enable trigger user")


if __name__ == "__main__":
    sys.exit(main())
