"""A site that must shut, a counter that receives nobody: what was promised is given again first."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments.enums import AppointmentState, OutageKind
from appointments.models import Appointment, Closure, CounterOutage
from appointments.services import notices
from portal.core import door, journal
from portal.core.jobs import enqueue
from portal.territory.api import Counter


@transaction.atomic
def close_site(*, site, starts_at: datetime, ends_at: datetime, reason: str) -> list[Appointment]:
    """Close a site. The database revokes the appointments it hits; each person is told.

    They keep their rank, are raised by one class, and a run asked for in the same transaction
    gives them another.
    """
    period = DateTimeTZRange(starts_at, ends_at, "[)")
    hold(site.pk)
    before = set(_revoked(period, site=site).values_list("pk", flat=True))
    closure = Closure.objects.create(
        site=site, prefecture_code=site.prefecture_id, period=period, reason=reason
    )
    hit = list(_revoked(period, site=site).exclude(pk__in=before).order_by("period", "pk"))
    _tell(hit)
    journal.record(
        "site.close",
        subject_type="closure",
        subject_id=closure.pk,
        prefecture=site.prefecture_id,
        facts={"site": site.pk, "appointments": len(hit)},
    )
    _issue_again(site.prefecture_id)
    return hit


@transaction.atomic
def take_out_counter(
    *, counter: Counter, starts_at: datetime, ends_at: datetime, kind: OutageKind
) -> tuple[CounterOutage, list[Appointment]]:
    """A counter receives nobody for a while: out of order, or its agent is absent.

    The same as a closure, for one counter: revoked by the database, told, given again first.
    """
    site = counter.site
    period = DateTimeTZRange(starts_at, ends_at, "[)")
    hold(site.pk)
    before = set(_revoked(period, counter=counter).values_list("pk", flat=True))
    outage = CounterOutage.objects.create(
        counter=counter,
        site=site,
        prefecture_code=site.prefecture_id,
        period=period,
        kind=kind,
    )
    hit = list(_revoked(period, counter=counter).exclude(pk__in=before).order_by("period", "pk"))
    _tell(hit)
    journal.record(
        "counter.out",
        subject_type="outage",
        subject_id=outage.pk,
        prefecture=site.prefecture_id,
        facts={"counter": counter.pk, "kind": outage.kind, "appointments": len(hit)},
    )
    _issue_again(site.prefecture_id)
    return outage, hit


def hold(site_id: int) -> None:
    """Wait for the run under way, and keep the next from giving anything at this site until then.

    The lock that the database's own triggers take: what is counted after it is what is revoked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"appointments.site:{site_id}"],
        )


def _issue_again(prefecture_code: str) -> None:
    """Ask for a run in this transaction; it acts for nobody, and does not wait for the night."""
    with door.acting(None, prefectures=[prefecture_code]):
        enqueue(
            "appointments.issue",
            prefecture_code=prefecture_code,
            _lock=f"appointments.issue:{prefecture_code}",
        )


def _tell(hit: Iterable[Appointment]) -> None:
    for appointment in hit:
        notices.withdraw_letter(appointment)
        notices.tell_about(appointment, "appointment_revoked", by_role="supervisor")


def _revoked(period, **place):
    return Appointment.objects.filter(
        period__overlap=period, state=AppointmentState.REVOKED, **place
    ).select_related("site", "letter", "applicant")
