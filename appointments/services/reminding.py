"""Ten days and two days before a visit, its person is told again, in their language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from appointments.enums import ReminderChannel, ReminderKind
from appointments.models import Appointment, Reminder
from appointments.queries.delivery import to_remind
from appointments.services import notices
from portal.core import journal

# (kind, after and up to so many days, how long the notice must have been known by then): a
# reminder that comes just after the notice says nothing new.
_MOMENTS = (
    (ReminderKind.TWO_DAYS, (-1, 2), 1),
    (ReminderKind.TEN_DAYS, (2, 10), 3),
)
_LINES = {
    ReminderKind.TEN_DAYS: "appointment_reminded",
    ReminderKind.TWO_DAYS: "appointment_reminded_last",
}
_LOCK = "select pg_advisory_xact_lock(hashtextextended('appointments.remind', 0))"


@dataclass(frozen=True)
class Channel:
    """Another way to the person: whom it reaches, and how it sends the kind of reminder."""

    code: ReminderChannel
    reaches: Callable[[Appointment], bool]
    send: Callable[[Appointment, str], None]


_channels: list[Channel] = []


def declare_channel(channel: Channel) -> None:
    """Add a way of reminding, such as text messages. The mail and the timeline remain."""
    _channels.append(channel)


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Remind everybody whose visit is near: one message for each moment, whoever runs it twice.

    The message, its row, the timeline and the journal are written together or not at all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    reminded = 0
    for kind, days, known_for in _MOMENTS:
        for appointment in to_remind(kind, at=at, days=days, known_for=known_for):
            _remind(appointment, kind)
            reminded += 1
    return reminded


def _remind(appointment: Appointment, kind: ReminderKind) -> None:
    found = next((one for one in _channels if one.reaches(appointment)), None)
    channel = found.code if found else ReminderChannel.MAIL
    Reminder.objects.create(
        appointment=appointment,
        dossier_id=appointment.dossier_id,
        applicant_id=appointment.applicant_id,
        prefecture_code=appointment.prefecture_code,
        site_id=appointment.site_id,
        kind=kind,
        channel=channel,
        sent_at=appointment.issued_at,  # the trigger writes the true moment
    )
    notices.tell_about(appointment, _LINES[kind])
    if found:
        found.send(appointment, kind)
    journal.record(
        "appointment.remind",
        subject_type="appointment",
        subject_id=appointment.pk,
        dossier_id=appointment.dossier_id,
        prefecture=appointment.prefecture_code,
        facts={"kind": kind.value, "channel": channel.value},
    )
