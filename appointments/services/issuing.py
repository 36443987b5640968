"""The issuing run: the only way to an appointment. By the issuer role, in order, under one lock."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from appointments import ordering, queries
from appointments.enums import IssueOutcome
from appointments.models import (
    Appointment,
    Clearance,
    DrawnSeed,
    IssueDecision,
    IssueRun,
    RunInputs,
    ShortNoticeOffer,
    Slot,
)
from appointments.ordering import NOTICE, FreeSeat, Given
from appointments.queries.runs import Said
from appointments.services import missing, notices, offering, passes, replaying, supplying
from appointments.services.replaying import Inputs
from portal.core import clock, journal, rows

_LOCK_SITES = """
select pg_advisory_xact_lock_shared(hashtextextended('appointments.site:' || id, 0))
from (select id from territory_site where prefecture_id = %s order by id) as sites
"""
# What else is checked at commit is checked here, while the rows of the prefecture are in sight.
_CHECK_NOW = """
set constraints a_family_is_given_seats_together, a_run_decides_everybody immediate;
set constraints a_family_is_given_seats_together, a_run_decides_everybody deferred
"""


@dataclass(frozen=True)
class Report:
    """What one run did."""

    prefecture_code: str
    waiting: int
    issued: int
    offered: int = 0


@transaction.atomic
def issue(prefecture_code: str, *, at: datetime) -> Report:
    """Give the free seats of a prefecture to those who wait, first to last.

    Opens the calendar, writes each appointment with its letter, line and mail, and the rank
    and outcome of everybody: all of it, or nothing. A second run finds nobody left to serve.
    """
    _lock(prefecture_code)
    offering.end_what_is_over(prefecture_code, at=at)
    missing.mark_missed(prefecture_code, at=at)
    supplying.open_slots(prefecture_code, at=at)
    return _run(prefecture_code, queries.waiting_clearances(prefecture_code), at=at)


@transaction.atomic
def issue_near(prefecture_code: str, *, at: datetime) -> Report:
    """The seats inside the ten days: give those that were accepted, offer the others.

    A run like any other, of fewer people: agreed urgencies first, then each volunteer in turn is
    offered one seat, which nobody else is told of. A second run finds nothing more to offer.
    """
    _lock(prefecture_code)
    offering.end_what_is_over(prefecture_code, at=at)
    people = queries.near_clearances(prefecture_code)
    return _run(prefecture_code, people, at=at, is_near=True)


def _run(
    prefecture_code: str, people: QuerySet[Clearance], *, at: datetime, is_near: bool = False
) -> Report:
    clearances = _hold_waiting(prefecture_code, people)
    if not clearances:
        return Report(prefecture_code, 0, 0)
    said = queries.said_of(prefecture_code)
    inputs = Inputs(
        at=at,
        today=clock.legal_day(at),
        waiting=[queries.as_waiting(one, said) for one in clearances.values()],
        seats=queries.free_seats(prefecture_code, at=at, before=at + NOTICE if is_near else None),
        is_near=is_near,
    )
    if is_near and not inputs.seats:
        return Report(prefecture_code, 0, 0)
    before = queries.last_run(prefecture_code)
    seed = _seed_drawn_by(before)
    decided = replaying.decide(inputs, seed)
    given = _give(decided, clearances, said)
    _tell(prefecture_code, given, clearances, at)
    run = _write_down(
        prefecture_code,
        seed,
        before,
        inputs,
        _decisions(decided, given, clearances),
        offering.drafts(decided, clearances, at=at),
    )
    _write_lines(run, given)
    return Report(prefecture_code, run.waiting, run.issued, offering.tell(run))


def _write_lines(run: IssueRun, given: dict[str, Appointment]) -> None:
    journal.record_many(
        "appointment.issue",
        [
            journal.Line(
                str(one.pk),
                one.dossier_id,
                {"clearance": str(one.clearance_id), "purpose": one.purpose}
                | ({"offer": str(one.offer_id)} if one.offer_id else {}),
            )
            for one in given.values()
        ],
        chain=f"run:{run.pk}",
        subject_type="appointment",
        prefecture=run.prefecture_code,
    )


def _lock(prefecture_code: str) -> None:
    """One run at a time for a prefecture, and no closure of its sites meanwhile.

    The second run then sees all that the first gave; a closure waits, and takes back what it
    hits. Its sites are held before any row, as in a closure, so that neither waits for the other.
    """
    supplying.lock(prefecture_code)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_SITES, [prefecture_code])


def _hold_waiting(prefecture_code: str, people: QuerySet[Clearance]) -> dict[str, Clearance]:
    """Those who wait; nobody is waited for.

    A clearance that is being revoked at this moment, or whose offer is being answered, is left to
    the next run. An answer that comes during the run finds what the run did.
    """
    found = people.select_for_update(of=("self",), skip_locked=True, no_key=True)
    held = {str(one.pk): one for one in found}
    for name in offering.answered_now(prefecture_code):
        held.pop(name, None)
    return held


def _seed_drawn_by(before: IssueRun | None) -> str:
    """The seed that the run before drew and whose digest it published; a new one for the first."""
    if before is None or not before.next_seed_digest:
        return secrets.token_hex(16)
    return DrawnSeed.objects.get(pk=before.next_seed_digest).seed


def _give(
    decided: Sequence[Given], clearances: dict[str, Clearance], said: Said
) -> dict[str, Appointment]:
    """Write the appointments, by clearance. Who is expected elsewhere at that moment is left out.

    They are written in the order of the accounts: two runs that meet the same people wait for
    one another in one direction only. A code that another appointment has is drawn once more.
    """
    seated = [one for one in decided if one.seat is not None]
    slots = _slots_of(one.seat for one in seated if one.seat)
    families = _families(seated)
    drafts = [
        _appointment(
            one,
            clearances[one.ranked.waiting.clearance_id],
            slots,
            families.get(one.ranked.household),
            said,
        )
        for one in seated
    ]
    together = [one for one in drafts if one.family]
    written = _insert_families(together)
    written |= _insert([one for one in drafts if not one.family])
    return {str(one.clearance_id): one for one in drafts if one.pk in written}


class _Parted(Exception):
    """Of these families, somebody is expected elsewhere at that moment."""

    def __init__(self, families: set[UUID]):
        super().__init__()
        self.families = families


def _insert_families(drafts: list[Appointment]) -> set[UUID]:
    """Write whole families; one of which a member cannot come is left out whole."""
    while drafts:
        try:
            with transaction.atomic():
                written = _insert(drafts)
                parted = {one.family for one in drafts if one.family and one.pk not in written}
                if parted:
                    raise _Parted(parted)
                return written
        except _Parted as found:
            drafts = [one for one in drafts if one.family not in found.families]
    return set()


def _insert(drafts: list[Appointment]) -> set[UUID]:
    drafts = sorted(drafts, key=lambda one: (one.applicant_id, one.period.lower))
    written = rows.insert_many(drafts, skip_conflicts=True)
    again = [one for one in drafts if one.pk not in written]
    for one in again:
        one.code = passes.new_code()
    return written | rows.insert_many(again, skip_conflicts=True)


def _slots_of(seats: Iterable[FreeSeat]) -> dict[str, Slot]:
    found = Slot.objects.select_related("site", "counter")
    return {str(pk): one for pk, one in found.in_bulk({seat.slot_id for seat in seats}).items()}


def _families(seated: Iterable[Given]) -> dict[str, tuple[UUID, int]]:
    """The identifier and the size of each household that was given seats together."""
    sizes: dict[str, int] = {}
    for one in seated:
        if home := one.ranked.household:
            sizes[home] = sizes.get(home, 0) + 1
    return {home: (uuid4(), size) for home, size in sizes.items()}


def _appointment(
    one: Given,
    clearance: Clearance,
    slots: dict[str, Slot],
    family: tuple[UUID, int] | None,
    said: Said,
) -> Appointment:
    seat = one.seat
    if seat is None:
        raise ValueError("an appointment takes a seat")
    slot = slots[seat.slot_id]
    is_urgent = one.ranked.priority_class == ordering.URGENT
    urgency = said.urgencies.get(clearance.pk) if is_urgent else None
    offer = said.offers.get(clearance.pk)
    is_accepted = offer is not None and (seat.slot_id, seat.number) == one.ranked.waiting.accepted
    return Appointment(
        clearance_id=clearance.pk,
        dossier_id=clearance.dossier_id,
        applicant_id=clearance.applicant_id,
        person_id=clearance.person_id,
        prefecture_code=clearance.prefecture_code,
        service_id=clearance.service_id,
        purpose=clearance.purpose,
        slot_id=slot.pk,
        seat_number=seat.number,
        site=slot.site,
        counter=slot.counter,
        period=DateTimeTZRange(slot.period.lower, slot.period.upper, "[)"),
        issued_at=slot.period.lower,  # the trigger writes the true moment
        code=passes.new_code(),
        letter_id=uuid4(),
        family=family[0] if family else None,
        family_size=family[1] if family else None,
        urgency_id=urgency.pk if urgency else None,
        urgent_by_id=urgency.asked_by_id if urgency else None,
        urgent_approved_by_id=urgency.approved_by_id if urgency else None,
        offer_id=offer.pk if offer and is_accepted else None,
    )


def _tell(
    prefecture_code: str,
    given: dict[str, Appointment],
    clearances: dict[str, Clearance],
    at: datetime,
) -> None:
    """Letters, lines and mails: rows of this transaction; a job makes each PDF, another mails."""
    if not given:
        return
    notices.write_letters(
        [(one, clearances[name]) for name, one in given.items()],
        prefecture_code=prefecture_code,
        at=at,
    )
    notices.tell_of_many(list(given.values()), "appointment_issued", with_letter=True)


def _decisions(
    decided: Sequence[Given], given: dict[str, Appointment], clearances: dict[str, Clearance]
) -> list[IssueDecision]:
    return [
        _decision(one, given.get(name), clearances[name])
        for one in decided
        for name in [one.ranked.waiting.clearance_id]
    ]


def _decision(one: Given, appointment: Appointment | None, clearance: Clearance) -> IssueDecision:
    if appointment is not None:
        outcome = IssueOutcome.SEAT.value
    else:
        # expected that day at another prefecture, which this run cannot see: next run
        outcome = IssueOutcome.ELSEWHERE.value if one.seat else one.reason
    return IssueDecision(
        clearance_id=clearance.pk,
        dossier_id=clearance.dossier_id,
        applicant_id=clearance.applicant_id,
        prefecture_code=clearance.prefecture_code,
        rank=one.ranked.rank,
        priority_class=one.ranked.priority_class,
        is_capped=one.ranked.capped,
        outcome=outcome,
        appointment_id=appointment.pk if appointment else None,
    )


def _write_down(
    prefecture_code: str,
    seed: str,
    before: IssueRun | None,
    inputs: Inputs,
    decisions: list[IssueDecision],
    offers: list[ShortNoticeOffer],
) -> IssueRun:
    """Keep what the run looked at, decided and offered, each row sealing the one before."""
    packed, inputs_digest = replaying.pack(inputs)
    coming = secrets.token_hex(16)
    run = IssueRun(
        prefecture_code=prefecture_code,
        rule_version=ordering.RULE_VERSION,
        seed=seed,
        started_at=inputs.at,
        waiting=len(decisions),
        issued=sum(one.appointment_id is not None for one in decisions),
        previous_digest=before.digest if before else "",
        inputs_digest=inputs_digest,
        next_seed_digest=replaying.sealed(coming),
        is_near=inputs.is_near,
    )
    link = inputs_digest
    for decision in decisions:
        decision.run_id = run.pk
        decision.digest = link = replaying.seal_of_decision(link, decision)
    run.decisions_digest = link
    for offer in offers:
        offer.run_id = run.pk
        offer.digest = link = replaying.seal_of_offer(link, offer)
    run.offers_digest = link
    run.digest = replaying.seal_of_run(run)
    run.save(force_insert=True)
    RunInputs.objects.create(run=run, prefecture_code=prefecture_code, packed=packed)
    DrawnSeed.objects.create(
        digest=run.next_seed_digest, prefecture_code=prefecture_code, seed=coming
    )
    rows.insert_many(decisions)
    rows.insert_many(offers)
    with connection.cursor() as cursor:
        cursor.execute(_CHECK_NOW)
    return run
