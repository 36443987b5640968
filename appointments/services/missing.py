"""Appointments nobody came to: noted once the moment has passed, and given again once."""

from datetime import datetime, timedelta

from django.db import transaction

from appointments.enums import LIVE_STATES, AppointmentState
from appointments.models import Appointment
from appointments.services import notices
from portal.core import journal

TOO_LATE_AFTER = timedelta(hours=2)


@transaction.atomic
def mark_missed(prefecture_code: str, *, at: datetime) -> int:
    """Note who did not come. They wait again, behind those who did nothing wrong."""
    gone = (
        Appointment.objects.live()
        .filter(prefecture_code=prefecture_code, period__endswith__lt=at - TOO_LATE_AFTER)
        .select_related("site", "letter", "applicant")
        .order_by("period", "pk")
    )
    missed = 0
    for appointment in gone:
        updated = Appointment.objects.filter(pk=appointment.pk, state__in=LIVE_STATES).update(
            state=AppointmentState.MISSED
        )
        if updated:
            notices.tell_about(appointment, "appointment_missed")
            journal.record(
                "appointment.miss",
                subject_type="appointment",
                subject_id=appointment.pk,
                dossier_id=appointment.dossier_id,
                prefecture=prefecture_code,
            )
            missed += 1
    return missed
