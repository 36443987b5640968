"""A site that must shut: what it had promised is taken back, and given again first."""

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments.enums import AppointmentState
from appointments.models import Appointment, Closure
from appointments.services import notices
from portal.core import journal


@transaction.atomic
def close_site(*, site, starts_at: datetime, ends_at: datetime, reason: str) -> list[Appointment]:
    """Close a site. The database revokes the appointments it hits; each person is told.

    They keep their rank, are raised by one class, and the next run gives them another.
    """
    period = DateTimeTZRange(starts_at, ends_at, "[)")
    before = set(_revoked_in(site, period).values_list("pk", flat=True))
    closure = Closure.objects.create(
        site=site, prefecture_code=site.prefecture_id, period=period, reason=reason
    )
    # read after the database's own lock: a run at the same moment is seen whole, or not at all
    hit = list(_revoked_in(site, period).exclude(pk__in=before).order_by("period", "pk"))
    for appointment in hit:
        notices.withdraw_letter(appointment)
        notices.tell_about(appointment, "appointment_revoked", by_role="supervisor")
    journal.record(
        "site.close",
        subject_type="closure",
        subject_id=closure.pk,
        prefecture=site.prefecture_id,
        facts={"site": site.pk, "appointments": len(hit)},
    )
    return hit


def _revoked_in(site, period):
    return Appointment.objects.filter(
        site=site, period__overlap=period, state=AppointmentState.REVOKED
    ).select_related("site", "letter", "applicant")
