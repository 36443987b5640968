"""The issuing run: the only way to an appointment. By the issuer role, in order, under one lock."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from appointments import ordering, queries
from appointments.enums import IssueOutcome
from appointments.models import Appointment, Clearance, IssueDecision, IssueRun, Slot
from appointments.services import missing, notices, passes, supplying
from portal.core import clock, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal

_ELSEWHERE = {
    name: _("Cette personne est déjà attendue ailleurs à ce moment.")
    for name in ("a_person_is_in_one_place_at_a_time", "an_applicant_is_in_one_place_at_a_time")
}


@dataclass(frozen=True)
class Report:
    """What one run did."""

    prefecture_code: str
    waiting: int
    issued: int


@transaction.atomic
def issue(prefecture_code: str, *, at: datetime) -> Report:
    """Give the free seats of a prefecture to those who wait, first to last.

    Opens the calendar, writes each appointment with its letter, line and mail, and the rank
    and outcome of everybody: all of it, or nothing. A second run finds nobody left to serve.
    """
    _lock(prefecture_code)
    missing.mark_missed(prefecture_code, at=at)
    supplying.open_slots(prefecture_code, at=at)
    clearances = {str(one.pk): one for one in queries.waiting_clearances(prefecture_code)}
    if not clearances:
        return Report(prefecture_code, 0, 0)
    busy = queries.busy_moments(prefecture_code)
    seed = secrets.token_hex(16)
    ranked = ordering.in_order(
        (queries.as_waiting(one, busy) for one in clearances.values()),
        today=clock.legal_day(at),
        seed=seed,
    )
    served = [one for one in ranked if ordering.may_be_served(one.waiting)]
    given = {
        one.ranked.rank: one
        for one in ordering.give(served, queries.free_seats(prefecture_code, at=at))
    }
    decisions = [
        _decide(one, given.get(one.rank), clearances[one.waiting.clearance_id]) for one in ranked
    ]
    return _write_down(prefecture_code, seed, decisions)


def _lock(prefecture_code: str) -> None:
    """One run at a time for a prefecture; the second one then sees all that the first gave."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"appointments.issue:{prefecture_code}"],
        )


def _decide(
    ranked: ordering.Ranked, given: ordering.Given | None, clearance: Clearance
) -> IssueDecision:
    decision = IssueDecision(
        clearance=clearance,
        dossier_id=clearance.dossier_id,
        applicant_id=clearance.applicant_id,
        prefecture_code=clearance.prefecture_code,
        rank=ranked.rank,
        priority_class=ranked.priority_class,
        outcome=IssueOutcome.NO_SEAT,
    )
    if given is None:
        decision.outcome = IssueOutcome.MISSED_TWICE
    elif given.seat is not None:
        try:
            decision.appointment = _give(given.seat, clearance)
        except DomainRefusal:
            # expected that day at another prefecture, which this run cannot see: next run
            return decision
        decision.outcome = IssueOutcome.SEAT
    return decision


def _give(seat: ordering.FreeSeat, clearance: Clearance) -> Appointment:
    slot = Slot.objects.select_related("site", "counter").get(pk=seat.slot_id)
    appointment = Appointment(
        clearance=clearance,
        dossier_id=clearance.dossier_id,
        applicant_id=clearance.applicant_id,
        person_id=clearance.person_id,
        prefecture_code=clearance.prefecture_code,
        service_id=clearance.service_id,
        purpose=clearance.purpose,
        slot=slot,
        seat_number=seat.number,
        site=slot.site,
        counter=slot.counter,
        period=DateTimeTZRange(slot.period.lower, slot.period.upper, "[)"),
        code=passes.new_code(),
    )
    with refusing(_ELSEWHERE):
        appointment.letter = notices.write_letter(appointment, clearance)
        appointment.save(force_insert=True)
        notices.tell_about(appointment, "appointment_issued")
    journal.record(
        "appointment.issue",
        subject_type="appointment",
        subject_id=appointment.pk,
        dossier_id=appointment.dossier_id,
        prefecture=appointment.prefecture_code,
        facts={"clearance": str(clearance.pk), "purpose": appointment.purpose},
    )
    return appointment


def _write_down(prefecture_code: str, seed: str, decisions: Iterable[IssueDecision]) -> Report:
    decisions = list(decisions)
    issued = sum(one.outcome == IssueOutcome.SEAT for one in decisions)
    previous = queries.last_digest(prefecture_code)
    run = IssueRun.objects.create(
        prefecture_code=prefecture_code,
        rule_version=ordering.RULE_VERSION,
        seed=seed,
        waiting=len(decisions),
        issued=issued,
        previous_digest=previous,
        digest=_digest(previous, seed, decisions),
    )
    for decision in decisions:
        decision.run = run
    IssueDecision.objects.bulk_create(decisions)
    return Report(prefecture_code, len(decisions), issued)


def _digest(previous: str, seed: str, decisions: Iterable[IssueDecision]) -> str:
    """Seals what the run decided and, through `previous`, every run before it."""
    said = [
        [
            one.rank,
            one.priority_class,
            str(one.clearance_id),
            one.outcome,
            str(one.appointment_id or ""),
        ]
        for one in decisions
    ]
    text = json.dumps([previous, ordering.RULE_VERSION, seed, said], separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
