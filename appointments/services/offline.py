"""An hour without the server: what a device may keep of a day, and how it is entered afterwards.

A device keeps keyed digests of codes, initials, hours and counters; the key is of one site and
one day. Neither a name nor a code can be read from it, and the digests are worth nothing tomorrow.
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from appointments import queries
from appointments.enums import AppointmentState
from appointments.models import Appointment, CheckIn
from appointments.services import checking_in
from portal.core import clock, journal
from portal.core.errors import DomainRefusal
from portal.territory.api import Site

CLOCKS_DIFFER_BY = timedelta(minutes=5)
_LENGTH = 32
_INITIALS = 3


@dataclass(frozen=True)
class Entry:
    """An arrival noted by a device: of which digest, when it says, at which counter, by whom."""

    key: UUID
    mark: str
    claimed_at: datetime
    counter_id: int
    by: str


@dataclass(frozen=True)
class Answer:
    """What became of an entry: `entered`, `again` (sent twice), `conflict` or `refused`."""

    kind: str
    sentence: str


def key_of(site_id: int, day: date) -> bytes:
    """The key of a site's day, computed again whenever it is needed and kept nowhere here."""
    text = f"{site_id}|{day.isoformat()}"
    return salted_hmac("appointments.offline", text, algorithm="sha256").digest()


def mark(key: bytes, text: str) -> str:
    """The digest that a device compares with what it scans."""
    return hmac.new(key, text.encode(), sha256).hexdigest()[:_LENGTH]


def initials(name: str) -> str:
    """The first letters of a name's first words."""
    words = [word for word in name.replace("-", " ").split() if word]
    return " ".join(f"{word[0].upper()}." for word in words[:_INITIALS])


def sheet_of(site: Site, *, user, day: date) -> dict:
    """What a device keeps of a day; the loading leaves a line."""
    key = key_of(site.pk, day)
    expected = queries.day_sheet(user, site_id=site.pk, day=day)
    people = [
        {
            "code": mark(key, one.code),
            "scan": mark(key, one.scan_id.hex),
            "initials": initials(one.clearance.holder_name),
            "starts": int(one.starts_at.timestamp()),
            "ends": int(one.ends_at.timestamp()),
            "counter": one.counter.name,
            "entered": _entered_at(one),
        }
        for one in expected
    ]
    _note_loading("offline.load", site, len(people))
    return {
        "site": site.pk,
        "name": site.name,
        "day": day.isoformat(),
        "key": key.hex(),
        "by": _mark_of(user, key),
        "counters": [[one.pk, one.name] for one in queries.counters_at(site.pk)],
        "people": people,
    }


def paper_of(site: Site, *, user, day: date) -> list[dict]:
    """What is printed where there is no script: initials, hour, counter, the code's last signs."""
    expected = queries.day_sheet(user, site_id=site.pk, day=day)
    lines = [
        {
            "starts_at": one.starts_at,
            "initials": initials(one.clearance.holder_name),
            "counter": one.counter.name,
            "code_end": one.code[-3:],
            "entered": _entered_at(one),
        }
        for one in expected
    ]
    _note_loading("offline.print", site, len(lines))
    return lines


def enter(entry: Entry, *, site: Site, user, at: datetime) -> Answer:
    """Enter an arrival that a device noted, once, whatever the number of times it is sent."""
    if CheckIn.objects.filter(entry_key=entry.key, agent=user).exists():
        return Answer("again", _("Cette arrivée était déjà envoyée."))
    day = clock.legal_day(at)
    key = key_of(site.pk, day)
    appointment = _of_mark(entry.mark, key, site, user, day)
    reason = _not_to_be_entered(entry, appointment, key, user, at)
    if appointment is None or reason:
        return Answer("refused", reason)
    claim = checking_in.Claim(at=min(entry.claimed_at, at), key=entry.key)
    try:
        with transaction.atomic():
            counter = queries.counters_at(site.pk).filter(pk=entry.counter_id).first()
            arrived = checking_in.arrive(
                appointment, counter=counter or appointment.counter, user=user, at=at, claim=claim
            )
    except DomainRefusal as refusal:
        return _conflict(appointment, refusal, entry, site, user, at)
    number = arrived.visit.number
    return Answer("entered", _("Arrivée enregistrée. Numéro %(number)s.") % {"number": number})


def _not_to_be_entered(entry, appointment, key, user, at) -> str:
    """Why this entry is no arrival of today by this agent; nothing when it is."""
    if not hmac.compare_digest(entry.by, _mark_of(user, key)):
        return _(
            "Cette arrivée a été notée un autre jour, à un autre site ou par un autre agent. "
            "Prévenez votre responsable."
        )
    if entry.claimed_at > at + CLOCKS_DIFFER_BY:
        return _("L’horloge de cet appareil avance. Prévenez votre responsable.")
    if clock.legal_day(entry.claimed_at) != clock.legal_day(at):
        return _("Une arrivée s’envoie le jour même. Prévenez votre responsable.")
    if appointment is None:
        return _("Ce code n’est pas dans la liste du jour de ce site.")
    return ""


def _of_mark(wanted, key, site, user, day) -> Appointment | None:
    """The appointment of a digest, whatever became of it since the morning."""
    for one in queries.expected_on(user, site_id=site.pk, day=day):
        if wanted in (mark(key, one.code), mark(key, one.scan_id.hex)):
            return one
    return None


def _conflict(appointment, refusal, entry, site, user, at) -> Answer:
    """Somebody else entered the person meanwhile, or the appointment ended: said in words."""
    if CheckIn.objects.filter(entry_key=entry.key).exists():
        return Answer("again", _("Cette arrivée était déjà envoyée."))
    now = Appointment.objects.select_related("site", "check_in__counter").get(pk=appointment.pk)
    if now.state == AppointmentState.HONOURED:
        reasons = checking_in.reasons_not_to_receive(now, site_id=site.pk, at=at)
        return Answer("conflict", " ".join(reasons))
    return Answer("refused", " ".join(str(reason) for reason in refusal.reasons))


def _entered_at(one: Appointment) -> str:
    if one.state != AppointmentState.HONOURED:
        return ""
    return f"{one.check_in.arrived_at.astimezone(clock.PARIS):%H:%M}"


def _mark_of(user, key) -> str:
    return mark(key, f"agent|{user.pk}")


def _note_loading(act, site, count):
    journal.record(
        act,
        subject_type="site",
        subject_id=site.pk,
        prefecture=site.prefecture_id,
        facts={"people": count},
    )
