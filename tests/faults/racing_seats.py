"""Thirty-two clients at once on the last seats, by every path: nobody twice, nothing stuck.

    .venv/bin/python -m tests.faults.racing_seats [--rounds 5] [--clients 32]

In each round, on real connections that start together: runs, people who give their appointment
back, closures of a site, clearances revoked, runs of near seats, people who accept one. Counted:
seats given twice, people with two live appointments, appointments live in a closure or on a revoked
clearance, seats under offer that somebody else has, deadlocks, other failures.
"""

import argparse
import random
import sys
import threading
from collections import Counter
from datetime import timedelta

import psycopg
from django.db import DatabaseError, connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments.models import (
    Appointment,
    ChangeRequest,
    Clearance,
    Closure,
    ShortNoticeOffer,
)
from appointments.services import issuing
from portal.core.door import acting
from tests.benchmarks import visits
from tests.benchmarks.places import fresh_clone, owner_of

_WRONG = {
    "seats given twice": """
        select count(*) - count(distinct (slot_id, seat_number)) from appointments_appointment
        where state in ('issued', 'confirmed', 'honoured')""",
    "people expected twice": """
        select count(*) - count(distinct (dossier_id, purpose)) from appointments_appointment
        where state in ('issued', 'confirmed')""",
    "live in a closure": """
        select count(*) from appointments_appointment given join appointments_closure shut
            on shut.site_id = given.site_id and shut.period && given.period
        where given.state in ('issued', 'confirmed')""",
    "live on a revoked clearance": """
        select count(*) from appointments_appointment given join appointments_clearance cleared
            on cleared.id = given.clearance_id
        where cleared.revoked_at is not null and given.state in ('issued', 'confirmed')""",
    "given without a decision": """
        select count(*) from appointments_appointment given where not exists (
            select from appointments_issuedecision where appointment_id = given.id)""",
    "had by another than the person asked": """
        select count(*) from appointments_appointment given join appointments_shortnoticeoffer offer
            on offer.slot_id = given.slot_id and offer.seat_number = given.seat_number
        where given.state in ('issued', 'confirmed', 'honoured')
            and offer.state in ('open', 'accepted') and offer.clearance_id <> given.clearance_id""",
    "near without a yes": """
        select count(*) from appointments_appointment given
        where lower(period) < issued_at + interval '10 days' and not exists (
            select from appointments_shortnoticeoffer
            where id = given.offer_id and state = 'used' and clearance_id = given.clearance_id)""",
    "given without its letter": """
        select count(*) from appointments_appointment given where not exists (
            select from correspondence_letter letter where letter.id = given.letter_id)""",
}


def a_run(_dice):
    with acting(None, prefectures=[visits.OFFICE]) as act:
        with connection.cursor() as cursor:
            cursor.execute("set local role portal_issuer")
        issuing.issue(visits.OFFICE, at=act.now)


def somebody_gives_back(dice):
    with acting(None, prefectures=[visits.OFFICE]):
        live = list(Appointment.objects.live().order_by("pk")[:200])
    if not live:
        return
    one = dice.choice(live)
    with acting(one.applicant_id):
        ChangeRequest.objects.create(
            appointment=one,
            dossier_id=one.dossier_id,
            applicant_id=one.applicant_id,
            prefecture_code=one.prefecture_code,
            site_id=one.site_id,
            reason="work",
        )


def a_site_closes(dice):
    with acting(None, prefectures=[visits.OFFICE]) as act:
        live = Appointment.objects.live().order_by("pk").values_list("site", flat=True)[:200]
        sites = list(live)
        if sites:
            begins = act.now + timedelta(days=dice.randrange(10, 60))
            Closure.objects.create(
                site_id=dice.choice(sites),
                prefecture_code=visits.OFFICE,
                period=DateTimeTZRange(begins, begins + timedelta(hours=6), "[)"),
                reason="Panne",
            )


def a_clearance_is_revoked(dice):
    with acting(None, prefectures=[visits.OFFICE]) as act:
        found = list(Clearance.objects.live().order_by("pk").values_list("pk", flat=True)[:400])
        for pk in dice.sample(found, min(2, len(found))):
            Clearance.objects.filter(pk=pk, revoked_at=None).update(revoked_at=act.now)


def a_near_run(_dice):
    with acting(None, prefectures=[visits.OFFICE]) as act:
        with connection.cursor() as cursor:
            cursor.execute("set local role portal_issuer")
        issuing.issue_near(visits.OFFICE, at=act.now)


def somebody_accepts(dice):
    with acting(None, prefectures=[visits.OFFICE]):
        with connection.cursor() as cursor:
            cursor.execute("set local role portal_issuer")
        asked = list(ShortNoticeOffer.objects.filter(state="open").order_by("pk"))
    if asked:
        one = dice.choice(asked)
        with acting(one.applicant_id):
            ShortNoticeOffer.objects.filter(pk=one.pk, state="open").update(state="accepted")


PATHS = (
    a_run,
    somebody_gives_back,
    a_near_run,
    somebody_accepts,
    a_site_closes,
    a_clearance_is_revoked,
    somebody_accepts,
)


def race(clients: int, dice: random.Random) -> Counter:
    """Every client takes one path; what became of them."""
    start, said = threading.Barrier(clients), Counter()

    def go(path, own):
        try:
            connection.ensure_connection()
            start.wait(60)
            path(own)
            said[f"{path.__name__}: done"] += 1
        except DatabaseError as error:
            cause = error.__cause__
            if isinstance(cause, psycopg.errors.DeadlockDetected):
                said["deadlock"] += 1
            else:
                name = getattr(getattr(cause, "diag", None), "constraint_name", None)
                said[f"{path.__name__}: {name or type(cause).__name__}"] += 1
        finally:
            connection.close()

    threads = [
        threading.Thread(target=go, args=(PATHS[n % len(PATHS)], random.Random(dice.random())))
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    said["stuck"] += sum(thread.is_alive() for thread in threads)
    return said


def main():
    """Race, ask what is wrong, and say it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--people", type=int, default=1_300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, said = random.Random(options.seed), Counter()
    with fresh_clone() as name, owner_of(name) as owner:
        visits.prepare(owner, seats=100)  # one counter: fewer seats than people
        visits.add_people(owner, 1, options.people)
        visits.make_volunteers(owner)
        a_run(dice)
        a_near_run(dice)
        for _round in range(options.rounds):
            said += race(options.clients, dice)
        wrong = {rule: owner.execute(sql).fetchone()[0] for rule, sql in _WRONG.items()}
        given = owner.execute("select count(*) from appointments_appointment").fetchone()[0]
        used = owner.execute(
            "select count(*) from appointments_appointment where offer_id is not null"
        ).fetchone()[0]
    for what, count in sorted(said.items()):
        print(f"{count:>5}  {what}")
    print(
        f"{given} appointments given, {used} of near seats; "
        + ", ".join(f"{n} {rule}" for rule, n in wrong.items())
    )
    return bool(any(wrong.values()) or said["deadlock"] or said["stuck"])


if __name__ == "__main__":
    sys.exit(main())
