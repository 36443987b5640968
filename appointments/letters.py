"""The appointment as a calendar file; the notice itself is a letter (`services/notices.py`)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from appointments.enums import LIVE_STATES, AppointmentState
from appointments.models import Appointment

OVER = (AppointmentState.HONOURED, AppointmentState.MISSED)
"""Past: a calendar keeps it as it was."""
REMINDERS = (timedelta(days=-2), timedelta(hours=-3))


def calendar_file(appointment: Appointment, *, url: str, at: datetime) -> bytes:
    """An .ics that a calendar replaces when the appointment changes (RFC 5545, RFC 5546).

    The identifier follows the right to the visit, also to another office, and the sequence its
    attempts, so that a new appointment takes the place of the old one, and one that ended is
    taken out (CANCEL). It holds no name and no number.
    """
    event = Event()
    kept = appointment.clearance.kept_rank
    right = kept.first_id if kept else appointment.clearance_id
    event.add("uid", f"{right}@sejour-en-clair")
    event.add("sequence", appointment.attempt * 2 + (appointment.state not in LIVE_STATES))
    event.add("dtstamp", at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", _("Rendez-vous à la préfecture"))
    event.add("location", f"{appointment.site.name}, {_one_line(appointment.site.address)}")
    event.add("description", _("Apportez les originaux de la liste, sur votre convocation."))
    event.add("url", url)
    event.add("status", "CONFIRMED" if appointment.state in LIVE_STATES else "CANCELLED")
    for before in REMINDERS if appointment.is_live else ():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _("Rendez-vous à la préfecture"))
        alarm.add("trigger", before)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Sejour en clair//rendez-vous//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if appointment.is_live else "CANCEL")
    calendar.add_component(event)
    return calendar.to_ical()


def _one_line(address: str) -> str:
    return ", ".join(line.strip() for line in address.splitlines() if line.strip())
