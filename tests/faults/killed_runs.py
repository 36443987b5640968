"""Runs killed in the middle: all of a run or nothing of it, and no notice twice.

    .venv/bin/python -m tests.faults.killed_runs [--kills 50] [--people 200]

A child process runs one prefecture and is killed (SIGKILL) at a moment drawn between its start
and its end. After each kill the rows of the run are counted together. A run that ends before its
kill counts as ended; then as many people more wait. The last run of all is left in peace.
"""

import argparse
import os
import random
import signal
import sys
import time

from django.db import connection, connections

from appointments.services import issuing
from portal.core.door import acting
from tests.benchmarks import visits
from tests.benchmarks.places import fresh_clone, owner_of

# What one run writes for each appointment, counted in one statement.
_COUNTS = """
select (select count(*) from appointments_appointment),
    (select count(*) from appointments_issuedecision where appointment_id is not null),
    (select count(distinct (slot_id, seat_number)) from appointments_appointment),
    (select count(*) from correspondence_letter),
    (select count(*) from correspondence_timelineline where kind = 'appointment_issued'),
    (select count(*) from correspondence_outgoingmail),
    (select count(*) from core_journalline where act = 'appointment.issue'),
    (select count(*) from procrastinate_jobs where task_name = 'correspondence.render_letter'),
    (select count(*) from procrastinate_jobs where task_name = 'correspondence.send_mail'),
    (select coalesce(sum(issued), 0) from appointments_issuerun),
    (select count(distinct dossier_id) from appointments_appointment)
"""


def run_once() -> None:
    """One run, as the issuing role, committed."""
    with acting(None, prefectures=[visits.OFFICE]) as act:
        with connection.cursor() as cursor:
            cursor.execute("set local role portal_issuer")
        issuing.issue(visits.OFFICE, at=act.now)


def start() -> int:
    """A child that runs once and leaves."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            run_once()
            os._exit(0)
        finally:
            os._exit(1)
    return child


def kill_after(seconds: float) -> bool:
    """Start a run and kill it; False when it had ended by itself."""
    child = start()
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("a run failed by itself")
    return os.WIFSIGNALED(status)


def counted(owner) -> tuple:
    """The counts, once the server has noticed that its client is gone."""
    while owner.execute(
        "select count(*) from pg_locks where locktype = 'advisory' and database ="
        " (select oid from pg_database where datname = current_database())"
    ).fetchone()[0]:
        time.sleep(0.02)
    return owner.execute(_COUNTS).fetchone()


def main():
    """Kill, count, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, killed, ended, partial = random.Random(options.seed), 0, 0, []
    with fresh_clone() as name, owner_of(name) as owner:
        visits.prepare(owner, seats=options.people * options.kills * 4)
        visits.open_calendar()
        people = 0

        def more():
            nonlocal people
            visits.add_people(owner, people + 1, people + options.people)
            people += options.people

        for _ in range(2):  # the first fills caches: the second says how long a run lasts
            more()
            began = time.monotonic()
            run_once()
            lasts = time.monotonic() - began
        more()
        while killed < options.kills:
            if kill_after(dice.uniform(0, lasts * 1.1)):
                killed += 1
            else:
                ended += 1
            found = counted(owner)
            if len(set(found)) != 1:
                partial.append(found)
            if found[0] == people:
                more()
        run_once()
        found = counted(owner)
        if len(set(found)) != 1 or found[0] != people:
            partial.append(found)
    print(
        f"{killed} runs of {options.people} people killed within {lasts * 1.1:.2f} s, {ended} ended"
        f" before; {people} people in all, {found[0]} appointments, letters, lines, mails, jobs"
        f" and journal lines; partial runs: {len(partial)}"
    )
    return bool(partial)


if __name__ == "__main__":
    sys.exit(main())
