"""Whether what was said of a visit arrived: reminders due, notices that reached nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from appointments.enums import AppointmentState
from appointments.models import Appointment, Reminder, UndeliveredNotice
from portal.core import clock
from portal.core.models import JournalLine
from portal.correspondence.api import MailState, OutgoingMail

OPENED = "appointment.open_notice"
"""The act that the journal keeps when the person takes their notice or its calendar entry."""
LOOKED_AT_FROM = 7
STILL_UNDER_WAY = timedelta(days=1)
"""A mail that a server has not taken yet is given this long."""


def to_remind(kind: str, *, at: datetime, days: tuple[int, int], known_for: int) -> QuerySet:
    """Appointments that come in so many days, not reminded yet, whose notice is not that fresh.

    `days` are legal days from today: after the first, up to the second.
    """
    done = Reminder.objects.filter(appointment=OuterRef("pk"), kind=kind)
    after, last = days
    near = Appointment.objects.live().filter(
        ~Exists(done),
        period__startswith__gt=at,
        period__startswith__gte=midnight_after(at, after),
        period__startswith__lt=midnight_after(at, last),
        issued_at__lte=F("period__startswith") - timedelta(days=last + known_for),
    )
    return near.select_related("site", "letter", "applicant").order_by("period", "pk")


def midnight_after(at: datetime, days: int) -> datetime:
    """The end of the legal day that comes in so many days; -1 is the beginning of today."""
    day = clock.legal_day(at) + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=clock.PARIS)


def reached_nobody(at: datetime) -> QuerySet:
    """Appointments of the coming week whose every mail failed, neither confirmed nor opened.

    Who accepted the place knows of it.
    """
    near = Appointment.objects.filter(
        ~_arrived(),
        ~_opened(),
        ~_under_way(at),
        _written(),
        ~Exists(UndeliveredNotice.objects.filter(appointment=OuterRef("pk"))),
        state=AppointmentState.ISSUED,
        offer=None,
        period__startswith__gt=at,
        period__startswith__lt=midnight_after(at, LOOKED_AT_FROM),
    )
    return near.order_by("prefecture_code", "period", "pk")


def reached_at_last(at: datetime) -> QuerySet:
    """Undelivered notices whose person confirmed, opened the notice, or got a mail since."""
    known = Appointment.objects.filter(
        _arrived() | _opened() | Q(state=AppointmentState.CONFIRMED),
        pk=OuterRef("appointment"),
        period__startswith__gt=at,
    )
    return UndeliveredNotice.objects.standing().filter(Exists(known)).order_by("pk")


def undelivered(appointment_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these appointments of which nothing shows that their person knew."""
    standing = UndeliveredNotice.objects.standing().filter(appointment__in=list(appointment_ids))
    return frozenset(standing.order_by("pk").values_list("appointment", flat=True))


def to_reach(user, at: datetime) -> QuerySet:
    """The people of these prefectures whom an agent should reach by another way, soonest first."""
    standing = UndeliveredNotice.objects.visible_to(user).standing()
    return (
        standing.filter(
            appointment__state=AppointmentState.ISSUED, appointment__period__startswith__gt=at
        )
        .select_related("appointment__clearance", "appointment__site")
        .order_by("appointment__period", "pk")
    )


def _mails():
    """The mails written to the person about their dossier since the appointment was given."""
    return OutgoingMail.objects.filter(
        recipient=OuterRef("applicant"),
        dossier_id=OuterRef("dossier_id"),
        created_at__gte=OuterRef("issued_at"),
    )


def _written():
    return Exists(_mails())


def _arrived():
    return Exists(_mails().filter(state=MailState.SENT))


def _under_way(at):
    fresh = _mails().filter(created_at__gt=at - STILL_UNDER_WAY)
    return Exists(fresh.filter(state__in=[MailState.QUEUED, MailState.SENDING]))


def _opened():
    lines = JournalLine.objects.filter(
        dossier_id=OuterRef("dossier_id"),
        act=OPENED,
        subject_id=Cast(OuterRef("pk"), CharField()),
    )
    return Exists(lines)
