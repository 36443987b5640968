"""Places that open, people cleared for a visit, and appointments given by a true run."""

import contextlib
from datetime import timedelta
from types import SimpleNamespace

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.db.models import F

from appointments import demo
from appointments.models import (
    NOTICE,
    Appointment,
    ChangeRequest,
    CheckIn,
    Clearance,
    CounterSkill,
    OpeningPattern,
    Preference,
    Service,
    ShortNoticeOffer,
    Slot,
    Urgency,
)
from appointments.services import issuing, passes, supplying
from dossiers.api import Dossier
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.territory.api import Counter, Site
from tests.factories import workflows
from tests.factories.workflows import Life

OFFICE = "75"
__all__ = ["NOTICE", "Life", "acting", "workflows"]
SITE = """
insert into territory_site (prefecture_id, name, address, access, kind, step_free)
values (%s, %s, %s, '', 'prefecture', true)
on conflict (prefecture_id, name) do update set address = excluded.address returning id
"""
_COUNTER = """
insert into territory_counter (site_id, name) values (%s, %s)
on conflict (site_id, name) do update set name = excluded.name returning id
"""


def places(owner):
    """Two sites of two prefectures, with their counters; written by the owner, once."""
    found = SimpleNamespace()
    for name, office in (("here", OFFICE), ("elsewhere", "34")):
        (site,) = owner.execute(SITE, [office, f"Site inventé {office}", "1 rue Test"]).fetchone()
        counters = [
            owner.execute(_COUNTER, [site, f"Guichet {letter}"]).fetchone()[0] for letter in "AB"
        ]
        setattr(found, name, SimpleNamespace(site=site, counters=counters, office=office))
    owner.commit()
    return found


def open_counters(place):
    """The first counter hands cards over, the second takes prints."""
    for pk, service in zip(place.counters, ("collection", "biometrics"), strict=True):
        demo.open_counter(Counter.objects.get(pk=pk), service)


def open_once(place, *, seats, in_days=14, service="collection"):
    """One morning, in some days, with so many seats one after the other at the first counter."""
    counter, day = place.counters[0], clock.today() + timedelta(days=in_days)
    minutes = Service.objects.get(pk=service).minutes
    CounterSkill.objects.get_or_create(counter_id=counter, service_id=service)
    return OpeningPattern.objects.create(
        counter_id=counter,
        service_id=service,
        weekday=day.isoweekday(),
        minutes=NumericRange(540, 540 + minutes * seats, bounds="[)"),
        valid=DateRange(day, day + timedelta(days=1), bounds="[)"),
    )


@contextlib.contextmanager
def role(name):
    """Take another role for a few statements of the test's transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        (before,) = cursor.fetchone()
        cursor.execute(f"set local role portal_{name}")
        yield
        if not connection.needs_rollback:
            cursor.execute(f"set local role {before}")


@contextlib.contextmanager
def issuer(office=OFFICE):
    """The issuing role, at work for one prefecture."""
    with acting(None, prefectures=[office]) as act, role("issuer"):
        yield act


def run(office=OFFICE):
    """One issuing run, by the issuing role."""
    with issuer(office) as act:
        return issuing.issue(office, at=act.now)


def cleared(*, purpose="collection", person=None, **facts):
    """A life led to a visit: the card is ready, or prints are due. Adds `.clearance`."""
    if purpose == "biometrics":
        facts["procedure"] = "spouse-of-french-first"
    life = Life(**facts)
    if person is not None:
        with life.desk():
            Dossier.objects.filter(pk=life.dossier.pk).update(person=person)
    return clear(life, purpose)


def clear(life, purpose="collection"):
    """Lead a life that was just received to its visit."""
    life.granted()
    if purpose == "collection":
        life.card_ready()
    with life.desk():
        life.clearance = Clearance.objects.live().get(dossier=life.dossier)
    return life


def appointed(**facts):
    """A life with an appointment to come. Adds `.appointment`."""
    life = cleared(**facts)
    run(life.office)
    life.appointment = appointment_of(life)
    return life


def appointment_of(life):
    """The newest appointment of a life, as its office sees it."""
    with life.desk():
        return (
            Appointment.objects.filter(dossier=life.dossier)
            .select_related("site", "counter", "clearance")
            .newest_first()
            .first()
        )


def site(place):
    return Site.objects.get(pk=place.site)


def open_calendar(office=OFFICE):
    """Slots and seats of the coming days, made as the issuing run makes them."""
    with issuer(office) as act:
        supplying.open_slots(office, at=act.now)


def slots(service="collection", *, after_days=10, office=OFFICE):
    """The open slots from some days ahead, first to last."""
    with issuer(office) as act:
        found = Slot.objects.filter(
            service=service,
            prefecture_code=office,
            state="open",
            period__startswith__gte=act.now + timedelta(days=after_days),
        )
        return list(found.order_by("period", "counter"))


def appointment(life, slot, **facts):
    """An appointment row as the issuer would write it, not saved; `facts` may lie."""
    clearance = life.clearance
    said = {
        "clearance_id": clearance.pk,
        "dossier_id": clearance.dossier_id,
        "applicant_id": clearance.applicant_id,
        "person_id": clearance.person_id,
        "prefecture_code": clearance.prefecture_code,
        "service_id": clearance.service_id,
        "purpose": clearance.purpose,
        "slot_id": slot.pk,
        "seat_number": 1,
        "site_id": slot.site_id,
        "counter_id": slot.counter_id,
        "period": slot.period,
        "code": passes.new_code(),
    }
    return Appointment(**said | facts)


def give(life, slot, **facts):
    """Write it, as the issuing role."""
    with issuer(life.office):
        row = appointment(life, slot, **facts)
        row.save(force_insert=True)
    return row


def change(appointment, **facts):
    """Saying that one cannot come, not saved; `facts` may lie."""
    said = {
        "appointment_id": appointment.pk,
        "dossier_id": appointment.dossier_id,
        "applicant_id": appointment.applicant_id,
        "prefecture_code": appointment.prefecture_code,
        "site_id": appointment.site_id,
        "reason": "work",
    }
    return ChangeRequest(**said | facts)


def check_in(life, **facts):
    """An arrival at the counter, not saved; `facts` may lie."""
    appointment = life.appointment
    said = {
        "appointment_id": appointment.pk,
        "dossier_id": appointment.dossier_id,
        "applicant_id": appointment.applicant_id,
        "prefecture_code": appointment.prefecture_code,
        "site_id": appointment.site_id,
        "counter_id": appointment.counter_id,
        "agent_id": life.counter.pk,
    }
    return CheckIn(**said | facts)


def asked_urgent(life, **facts):
    """An urgency that one agent asks for, written; `facts` may lie."""
    asker = workflows.agent(office=life.office)
    said = {
        "clearance_id": life.clearance.pk,
        "dossier_id": life.clearance.dossier_id,
        "applicant_id": life.clearance.applicant_id,
        "prefecture_code": life.office,
        "ground": "medical",
        "reason": "Soins prévus.",
        "asked_by": asker,
    }
    with acting_for(asker):
        return Urgency.objects.create(**said | facts)


def agreed_urgent(life):
    """The same, agreed to by a supervisor."""
    urgency, other = asked_urgent(life), workflows.agent("supervisor", office=life.office)
    with acting_for(other) as act:
        Urgency.objects.filter(pk=urgency.pk).update(approved_by=other, approved_at=act.now)
        return Urgency.objects.get(pk=urgency.pk)


def family(size, **facts):
    """Lives of one account, each with its own dossier, all cleared for the same service."""
    first = cleared(**facts)
    return [first, *(cleared(owner=first.applicant, **facts) for _one in range(size - 1))]


def willing(life, **facts):
    """The person of this life says that a near place may be offered to them."""
    with acting_for(life.applicant) as act:
        Preference.objects.create(
            dossier=life.dossier,
            applicant=life.applicant,
            person_id=life.dossier.person_id,
            prefecture_code=life.office,
            short_notice=True,
            changed_at=act.now,
            **facts,
        )
    return life


def volunteer(**facts):
    """A life that waits for a visit and may be offered a near seat."""
    return willing(cleared(**facts))


def run_near(office=OFFICE):
    """One run of the near seats, by the issuing role."""
    with issuer(office) as act:
        return issuing.issue_near(office, at=act.now)


def offered(place, *, in_days=5, seats=1, **facts):
    """A life with an open offer of a near seat. Adds `.offer`."""
    open_once(place, seats=seats, in_days=in_days)
    life = volunteer(**facts)
    open_calendar(life.office)
    run_near(life.office)
    life.offer = offer_of(life)
    return life


def offer_of(life):
    """The offer of a life that is not over, else its last; None without one."""
    with acting_for(life.applicant):
        mine = ShortNoticeOffer.objects.filter(dossier=life.dossier).select_related("site")
        # in a test that is one transaction, all offers are of one moment
        return mine.order_by(F("ended_at").desc(nulls_first=True), "pk").first()


def answered(life, state):
    """The person of a life answers by SQL, without any page."""
    with acting_for(life.applicant):
        return ShortNoticeOffer.objects.filter(pk=life.offer.pk).update(state=state)


def held_by(offer, life, **facts):
    """Another offer of the same seat, for this life, as the issuer would write it, not saved."""
    clearance = life.clearance
    said = {
        "run_id": offer.run_id,
        "rank": offer.rank,
        "clearance_id": clearance.pk,
        "dossier_id": clearance.dossier_id,
        "applicant_id": clearance.applicant_id,
        "person_id": clearance.person_id,
        "prefecture_code": clearance.prefecture_code,
        "service_id": clearance.service_id,
        "purpose": clearance.purpose,
        "slot_id": offer.slot_id,
        "seat_number": offer.seat_number,
        "site_id": offer.site_id,
        "counter_id": offer.counter_id,
        "period": offer.period,
        "offered_at": offer.offered_at,
        "expires_at": offer.expires_at,
        "digest": "0" * 64,
    }
    return ShortNoticeOffer(**said | facts)
