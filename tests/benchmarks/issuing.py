"""An issuing run with every invariant on, beside the bare statement that gives ranks to ranks.

    .venv/bin/python -m tests.benchmarks.issuing [--people 1200 12000] [--rounds 3] [--profile]

For each number of people, in a fresh clone: so many who wait and a quarter more seats. In turn,
and each undone: the whole run by the issuing role (order, appointments, decisions, letters, lines,
mails, jobs, journal, inputs kept, every deferred key checked), and one INSERT … SELECT that joins
the people by rank with the seats by rank, into a table without any constraint. CPU of the
application and of PostgreSQL. Nothing is asserted: read the ratios and the exponent.
"""

import argparse
import cProfile
import math
import pstats
import statistics
import sys
import time

from django.db import connection, transaction

from appointments.services import issuing
from portal.core.door import acting
from tests.benchmarks import visits
from tests.benchmarks.measuring import CPU, backend_seconds
from tests.benchmarks.places import fresh_clone, owner_of

EARLIER = 1_000
_BARE_TABLE = """
drop table if exists bare_appointment;
create unlogged table bare_appointment (clearance uuid, dossier uuid, applicant bigint,
    person uuid, slot uuid, number smallint, period tstzrange);
grant all on bare_appointment to portal_issuer
"""
# The statement of the design: everybody in order joined with every seat in order.
_BARE = """
insert into bare_appointment
select waiting.id, dossier_id, applicant_id, person_id, slot_id, number, period
from (select *, row_number() over (order by
        case when deadline_on <= portal_now()::date + 21 then 1
            when is_vulnerable then 2 else 3 end,
        deadline_on, filed_at, md5('seed' || dossier_id::text)) as rank
    from appointments_clearance cleared where revoked_at is null and prefecture_code = '75'
        and not exists (select from appointments_appointment held
            where held.clearance_id = cleared.id)) as waiting
join (select slot_id, number, period, row_number() over (order by period, slot_id, number) as rank
    from appointments_seat seat join appointments_slot slot on slot.id = seat.slot_id
    where state = 'open' and lower(period) >= portal_now() + interval '10 days'
        and not exists (select from appointments_appointment held
            where held.slot_id = seat.slot_id and held.seat_number = seat.number)) as free
    using (rank)
"""


def run_and_undo(profile=None) -> tuple[int, float, float]:
    """One whole run, undone: how many were given, CPU seconds of both, and of PostgreSQL."""
    with acting(None, prefectures=[visits.OFFICE]) as act:
        with connection.cursor() as cursor:
            cursor.execute("set local role portal_issuer")
        clock = CPU()
        before, database = clock(), backend_seconds()
        if profile:
            profile.enable()
        report = issuing.issue(visits.OFFICE, at=act.now)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        if profile:
            profile.disable()
        spent = clock() - before, backend_seconds() - database
        transaction.set_rollback(True)
    return report.issued, *spent


def run_first() -> None:
    """An earlier run, kept."""
    with acting(None, prefectures=[visits.OFFICE]) as act:
        with connection.cursor() as cursor:
            cursor.execute("set local role portal_issuer")
        issuing.issue(visits.OFFICE, at=act.now)


def bare_and_undo() -> float:
    """CPU seconds of the bare statement."""
    with acting(None, prefectures=[visits.OFFICE]), connection.cursor() as cursor:
        cursor.execute("set local role portal_issuer")
        before = CPU()()
        cursor.execute(_BARE)
        spent = CPU()() - before
        transaction.set_rollback(True)
    return spent


def measure(people: int, rounds: int, *, profiled: bool) -> float:
    """One size: one line. Returns the CPU seconds of a run."""
    with fresh_clone() as name, owner_of(name) as owner:
        visits.prepare(owner, seats=people * 5 // 4 + EARLIER)
        visits.add_people(owner, 1, EARLIER)
        # plans are made for tables that hold something: an office has issued before
        run_first()
        visits.add_people(owner, EARLIER + 1, EARLIER + people)
        owner.execute(_BARE_TABLE)
        owner.execute("analyze")
        profile = cProfile.Profile(time.process_time) if profiled else None
        runs = [(run_and_undo(profile), bare_and_undo()) for _ in range(rounds)]
        (seats,) = owner.execute("select count(*) from appointments_seat").fetchone()
    given = runs[0][0][0]
    ours = statistics.median(run[1] for run, _bare in runs)
    database = statistics.median(run[2] for run, _bare in runs)
    bare = statistics.median(bare for _run, bare in runs)
    ratios = [run[1] / bare for run, bare in runs]
    print(
        f"{given:>7} given of {people} people, {seats} seats: {ours:7.2f} s of CPU"
        f" ({database:.2f} PostgreSQL), {ours * 1000 / max(given, 1):.2f} ms each;"
        f" bare {bare:.3f} s, ratio {statistics.median(ratios):.1f}"
        f" ({min(ratios):.1f}-{max(ratios):.1f})",
        flush=True,
    )
    if profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    return ours


def main():
    """Every size, then the exponent between the first and the last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, nargs="+", default=[1_200, 12_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    spent = [measure(size, options.rounds, profiled=options.profile) for size in options.people]
    if len(spent) > 1:
        grown = math.log(spent[-1] / spent[0]) / math.log(options.people[-1] / options.people[0])
        print(f"exponent from {options.people[0]} to {options.people[-1]}: {grown:.2f}")


if __name__ == "__main__":
    sys.exit(main())
