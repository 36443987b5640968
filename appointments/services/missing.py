"""Appointments nobody came to: noted once the moment has passed, and given again once."""

from datetime import datetime, timedelta

from django.db import transaction

from appointments import queries
from appointments.enums import LIVE_STATES, AppointmentState
from appointments.models import Appointment, Clearance
from appointments.services import notices
from portal.core import journal

TOO_LATE_AFTER = timedelta(hours=2)


@transaction.atomic
def mark_missed(prefecture_code: str, *, at: datetime) -> int:
    """Note who did not come. They wait again, behind those who did nothing wrong.

    Who was never told has missed nothing, and reads so.

    The clearance is locked before its appointment, as a revocation does, and what another act
    holds at this moment is left to the next run: nobody waits for anybody.
    """
    gone = Appointment.objects.live().filter(
        prefecture_code=prefecture_code, period__endswith__lt=at - TOO_LATE_AFTER
    )
    rights = Clearance.objects.filter(pk__in=gone.order_by("pk").values("clearance"))
    held = _lock(rights).values_list("pk", flat=True)
    here = list(_lock(gone.filter(clearance__in=list(held))).values_list("pk", flat=True))
    if not here:
        return 0
    Appointment.objects.filter(pk__in=here, state__in=LIVE_STATES).update(
        state=AppointmentState.MISSED
    )
    missed = list(
        Appointment.objects.filter(pk__in=here).select_related("site").order_by("period", "pk")
    )
    unreached = queries.undelivered(one.pk for one in missed)
    notices.tell_of_many([one for one in missed if one.pk not in unreached], "appointment_missed")
    notices.tell_of_many([one for one in missed if one.pk in unreached], "appointment_unreached")
    journal.record_many(
        "appointment.miss",
        [journal.Line(str(one.pk), one.dossier_id) for one in missed],
        chain=f"run:missed:{here[0]}",
        subject_type="appointment",
        prefecture=prefecture_code,
    )
    return len(missed)


def _lock(rows):
    return rows.order_by("pk").select_for_update(of=("self",), skip_locked=True, no_key=True)
