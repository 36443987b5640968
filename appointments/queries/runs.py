"""What an issuing run reads: who waits, what they said, which seats are free, the run before."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from appointments import ordering
from appointments.enums import (
    SEATED_STATES,
    AppointmentState,
    OfferEnd,
    OfferState,
    SeatKind,
    SlotState,
)
from appointments.models import (
    Appointment,
    Clearance,
    Closure,
    CounterOutage,
    IssueRun,
    KeptRank,
    Preference,
    PreferredSite,
    Readmission,
    Seat,
    ShortNoticeOffer,
    Urgency,
    is_made_again,
)
from appointments.ordering import FreeSeat, Waiting
from appointments.queries.rates import no_show_rate
from dossiers import api as dossiers
from portal.core import clock

Moments = list[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Said:
    """What is known of those who wait besides their clearances."""

    busy: dict[object, Moments] = field(default_factory=dict)
    preferences: dict[UUID, Preference] = field(default_factory=dict)
    urgencies: dict[UUID, Urgency] = field(default_factory=dict)
    offers: dict[UUID, ShortNoticeOffer] = field(default_factory=dict)
    declined: dict[UUID, set[date]] = field(default_factory=dict)
    couples: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)


NOTHING_SAID = Said()


def waiting_clearances(prefecture_code: str) -> QuerySet:
    """Live clearances that have neither a live nor an honoured appointment.

    A visit that did not reach its end counts as none, once it may be made again. Whoever nobody
    could recognise at the office that they left is spoken with first.
    """
    return _unseated(prefecture_code).exclude(_doubted())


def doubted_clearances(prefecture_code: str) -> QuerySet:
    """Those whom nobody could recognise at the office that they left: no run serves them yet."""
    return _unseated(prefecture_code).filter(_doubted())


def _unseated(prefecture_code: str) -> QuerySet:
    told = Appointment.objects.select_related("undelivered")
    history = Prefetch("appointments", told.order_by("attempt"))
    return (
        Clearance.objects.live()
        .filter(~Exists(seated()), prefecture_code=prefecture_code)
        .select_related("service", "kept")
        .prefetch_related(history, "readmissions")
        .order_by("pk")
    )


def _doubted() -> Exists:
    kept = KeptRank.objects.filter(clearance=OuterRef("pk"), is_doubted=True)
    spoken = Readmission.objects.filter(clearance=OuterRef("clearance"))
    return Exists(kept.filter(~Exists(spoken)))


def seated() -> QuerySet:
    """The appointments that keep a clearance (`OuterRef("pk")`) out of the queue."""
    return Appointment.objects.filter(
        ~is_made_again(), clearance=OuterRef("pk"), state__in=SEATED_STATES
    )


def said_of(prefecture_code: str) -> Said:
    """What those of a prefecture prefer, where they are expected, what is agreed and offered."""
    sites = Prefetch("sites", PreferredSite.objects.order_by("rank"))
    here = {"prefecture_code": prefecture_code}
    urgencies = Urgency.objects.agreed().filter(clearance__revoked_at=None, **here)
    preferences = Preference.objects.filter(**here).prefetch_related(sites).order_by("pk")
    return Said(
        busy=busy_moments(prefecture_code),
        preferences={one.dossier_id: one for one in preferences},
        urgencies={one.clearance_id: one for one in urgencies.order_by("pk")},
        offers={one.clearance_id: one for one in offers_held(prefecture_code)},
        declined=days_declined(prefecture_code),
        couples=couples_here(prefecture_code),
    )


def couples_here(prefecture_code: str) -> dict[UUID, tuple[str, datetime]]:
    """By dossier, the live link with another of this prefecture, and when both had wanted it."""
    found: dict[UUID, tuple[str, datetime]] = {}
    for couple in dossiers.couples_of(prefecture_code):
        for dossier_id in couple.dossiers:
            found[dossier_id] = (str(couple.link_id), couple.since)
    return found


def offers_held(prefecture_code: str) -> QuerySet:
    """The offers that keep a seat of this prefecture, open or accepted."""
    return ShortNoticeOffer.objects.holding().filter(prefecture_code=prefecture_code).order_by("pk")


def days_declined(prefecture_code: str) -> dict[UUID, set[date]]:
    """By clearance, the days of the seats that were offered to this person in vain."""
    found: dict[UUID, set[date]] = {}
    vain = ShortNoticeOffer.objects.filter(
        Q(state__in=(OfferState.DECLINED, OfferState.EXPIRED))
        | Q(ended_because=OfferEnd.ELSEWHERE),
        prefecture_code=prefecture_code,
        clearance__revoked_at=None,
    )
    for clearance, period in vain.order_by("pk").values_list("clearance", "period"):
        found.setdefault(clearance, set()).add(clock.legal_day(period.lower))
    return found


def busy_moments(prefecture_code: str) -> dict[object, Moments]:
    """When each person, and each account, is already expected at this prefecture."""
    busy: dict[object, Moments] = {}
    live = Appointment.objects.live().filter(prefecture_code=prefecture_code).order_by("pk")
    for person, applicant, period in live.values_list("person", "applicant", "period"):
        for who in (person, applicant):
            busy.setdefault(who, []).append((period.lower, period.upper))
    return busy


def as_waiting(clearance: Clearance, said: Said = NOTHING_SAID) -> Waiting:
    """What the order may look at, and nothing else."""
    wished = said.preferences.get(clearance.dossier_id)
    offer = said.offers.get(clearance.pk)
    accepted = offer is not None and offer.state == OfferState.ACCEPTED
    person, applicant = clearance.person_id, clearance.applicant_id
    return Waiting(
        clearance_id=str(clearance.pk),
        dossier_id=str(clearance.dossier_id),
        person_id=str(person),
        service=clearance.service_id,
        filed_at=clearance.filed_at,
        deadline_on=clearance.deadline_on,
        vulnerable=clearance.is_vulnerable,
        busy=tuple(sorted({*said.busy.get(person, ()), *said.busy.get(applicant, ())})),
        applicant_id=f"account-{applicant}",
        household=str(clearance.household or f"account-{applicant}"),
        urgent=clearance.pk in said.urgencies,
        sites=tuple(one.site_id for one in wished.sites.all()) if wished else (),
        blocked=frozenset(wished.blocked if wished else ()),
        step_free=bool(wished and wished.step_free),
        interpreter=wished.interpreter if wished else "",
        minutes_needed=_minutes_for(clearance, wished),
        student_counter=str(clearance.student_counter_id or ""),
        accepted=(str(offer.slot_id), offer.seat_number) if offer and accepted else None,
        volunteer=bool(wished and wished.short_notice),
        is_asked=offer is not None and not accepted,
        declined=frozenset(said.declined.get(clearance.pk, ())),
        couple=_couple_of(clearance, said),
        **_history_of(clearance),
    )


def _couple_of(clearance: Clearance, said: Said) -> str:
    """The link that both had wanted before this right was born; one made since counts for none."""
    link_id, since = said.couples.get(clearance.dossier_id, ("", None))
    return link_id if since is not None and since < _waits_since(clearance) else ""


def _waits_since(clearance: Clearance) -> datetime:
    """When the person began to wait, at the first office that gave the right."""
    kept = clearance.kept_rank
    return kept.waiting_since if kept is not None else clearance.cleared_at


def _history_of(clearance: Clearance) -> dict:
    """What happened to this right, here and at the offices that the person left before."""
    given, kept = list(clearance.appointments.all()), clearance.kept_rank
    ended = {AppointmentState.CANCELLED, AppointmentState.MISSED}
    readmitted = len(clearance.readmissions.all())
    missed = sum(_is_a_no_show(one) for one in given)
    taken_back = sum(one.state == AppointmentState.REVOKED for one in given)
    avoided = {clock.legal_day(one.starts_at) for one in given if one.state in ended}
    if kept is not None:
        missed, taken_back = missed + kept.missed, taken_back + kept.taken_back
        # the talk that ends a doubt allows no more missed visits
        readmitted += kept.readmitted - (kept.is_doubted and readmitted > 0)
        avoided |= set(kept.avoided)
    return {
        "cleared_on": clock.legal_day(_waits_since(clearance)),
        "missed": missed,
        "readmitted": readmitted,
        "revoked_by_the_office": taken_back,
        "avoid": frozenset(avoided),
    }


def _minutes_for(clearance: Clearance, wished: Preference | None) -> int:
    """How long a slot must be for what this person needs; 0 when any slot of the service does."""
    if wished is None or not (wished.step_free or wished.interpreter):
        return 0
    return clearance.service.minutes_for(
        interpreter=bool(wished.interpreter), step_free=wished.step_free
    )


def _is_a_no_show(appointment: Appointment) -> bool:
    """Who was never reached has missed nothing."""
    if appointment.state != AppointmentState.MISSED:
        return False
    notice = getattr(appointment, "undelivered", None)
    return notice is None or notice.reached_at is not None


def free_seats(
    prefecture_code: str, *, at: datetime, before: datetime | None = None
) -> list[FreeSeat]:
    """The seats to come that nobody has, where somebody receives; a run gives some of them.

    A seat under offer is among them, with the name of its one person. `before` leaves out what
    comes later. Only the issuing role may run this: the web reads neither slots nor seats.
    """
    held = Appointment.objects.filter(
        slot=OuterRef("slot"), seat_number=OuterRef("number"), state__in=SEATED_STATES
    )
    closed = Closure.objects.filter(
        site=OuterRef("slot__site"), period__overlap=OuterRef("slot__period")
    )
    out = CounterOutage.objects.filter(
        counter=OuterRef("slot__counter"), period__overlap=OuterRef("slot__period")
    )
    seats = (
        Seat.objects.filter(
            ~Exists(held),
            ~Exists(closed),
            ~Exists(out),
            kind__in=(SeatKind.REGULAR, SeatKind.OVERBOOK, SeatKind.RESERVE),
            slot__prefecture_code=prefecture_code,
            slot__state=SlotState.OPEN,
            slot__period__startswith__gt=at,
        )
        .annotate(service=F("slot__service"), period=F("slot__period"), site=F("slot__site"))
        .order_by("slot__period", "slot", "number")
    )
    if before is not None:
        seats = seats.filter(slot__period__startswith__lt=before)
    found = seats.values_list(
        "slot_id",
        "number",
        "kind",
        "service",
        "period",
        "site",
        "slot__site__step_free",
        "slot__interpreters",
        "slot__student_counter",
    )
    held_for = {
        (one.slot_id, one.seat_number): str(one.clearance_id)
        for one in offers_held(prefecture_code)
    }
    return _within_what_was_learned(prefecture_code, list(_as_seats(found, held_for)))


_ABOVE = """
select slot.site_id, slot.service_id, appointments_half_day(slot.period) as half_day,
    count(*) filter (where seat.kind in ('regular', 'reserve')) as places,
    count(held.id) filter (where seat.kind = 'overbook') as above
from appointments_slot slot
join appointments_seat seat on seat.slot_id = slot.id
left join appointments_appointment held on held.slot_id = slot.id
    and held.seat_number = seat.number and held.state in ('issued', 'confirmed', 'honoured')
where slot.prefecture_code = %s and slot.state = 'open' and lower(slot.period) > portal_now()
group by 1, 2, 3
"""


def _within_what_was_learned(prefecture_code: str, seats: list[FreeSeat]) -> list[FreeSeat]:
    """Leave out the seats above the places that the present rate of absences does not allow.

    They were made for the rate of another day; the database would refuse them.
    """
    if not any(seat.kind == SeatKind.OVERBOOK for seat in seats):
        return seats
    left: dict[tuple[int, str, str], int] = {}
    rates: dict[str, float] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [prefecture_code])
        for site, service, period, places, above in cursor.fetchall():
            if service not in rates:
                rates[service] = no_show_rate(prefecture_code, service)
            allowed = ordering.overbooking(places, rates[service])
            left[site, service, _half_day(period.lower)] = allowed - above
    kept = []
    for seat in seats:
        pool = (seat.site, seat.service, seat.half_day)
        if seat.kind == SeatKind.OVERBOOK:
            left[pool] = left.get(pool, 0) - 1
            if left[pool] < 0:
                continue
        kept.append(seat)
    return kept


def _half_day(moment: datetime) -> str:
    local = moment.astimezone(clock.PARIS)
    return f"{local.date().isoformat()}/{'am' if local.hour < 12 else 'pm'}"


def _as_seats(found: Iterable[tuple], held_for: dict[tuple[UUID, int], str]) -> Iterable[FreeSeat]:
    for slot, number, kind, service, period, site, step_free, languages, student_counter in found:
        local = period.lower.astimezone(clock.PARIS)
        yield FreeSeat(
            slot_id=str(slot),
            number=number,
            service=service,
            starts_at=period.lower,
            ends_at=period.upper,
            day=local.date(),
            site=site,
            kind=kind,
            half_day=_half_day(period.lower),
            step_free=step_free,
            interpreters=frozenset(languages),
            student_counter=str(student_counter or ""),
            held_for=held_for.get((slot, number), ""),
        )


def last_run(prefecture_code: str) -> IssueRun | None:
    """The last run of a prefecture, which the next one seals; None before the first."""
    sealed = IssueRun.objects.filter(prefecture_code=prefecture_code)
    followed = IssueRun.objects.filter(
        prefecture_code=prefecture_code, previous_digest=OuterRef("digest")
    )
    return sealed.filter(~Exists(followed)).order_by("pk").first()
