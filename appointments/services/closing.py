"""A site that must shut, a counter that receives nobody: what was promised is given again first."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from appointments.enums import AppointmentState, OutageKind
from appointments.models import Appointment, Closure, CounterOutage
from appointments.services import notices
from portal.core import door, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.territory.api import Counter

NOT_SO = _(
    "Cette fermeture ne peut qu’être raccourcie, à partir de maintenant, et une autre personne a "
    "pu la changer. Rechargez la page avant de recommencer."
)


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


@transaction.atomic
def open_sooner(shut: Closure | CounterOutage, *, ends_at: datetime) -> None:
    """What is shut opens again from this moment on. Raises DomainRefusal when it ends before.

    Nobody gets a revoked appointment back: each person kept a rank, and a run asked for in the
    same transaction gives the seats that this makes, as any other.
    """
    _change(shut, DateTimeTZRange(shut.period.lower, ends_at, "[)"))


@transaction.atomic
def give_up(shut: Closure | CounterOutage, *, at: datetime) -> None:
    """What is shut opens now, or never shuts when it had not begun. Raises as `open_sooner`."""
    if shut.period.lower is not None and shut.period.lower > at:
        _change(shut, DateTimeTZRange(empty=True))
    else:
        open_sooner(shut, ends_at=at)


def _change(shut: Closure | CounterOutage, period: DateTimeTZRange) -> None:
    """Only while it still is what was read: of two edits at once, one is told to look again."""
    hold(shut.site_id)
    table = Closure if isinstance(shut, Closure) else CounterOutage
    rows = table.objects.filter(pk=shut.pk, period=shut.period)
    with refusing({"a_closure_only_becomes_shorter": NOT_SO}):
        changed = rows.update(period=period)
    if not changed:
        raise DomainRefusal(NOT_SO)
    was, shut.period = shut.period, period
    journal.record(
        "site.open_sooner" if isinstance(shut, Closure) else "counter.back_sooner",
        subject_type="closure" if isinstance(shut, Closure) else "outage",
        subject_id=shut.pk,
        prefecture=shut.prefecture_code,
        facts={"was": _told(was), "is": _told(period)},
    )
    _issue_again(shut.prefecture_code)


def _told(period: DateTimeTZRange) -> str:
    if period.isempty:
        return "never"
    return "/".join(one.isoformat() if one else "" for one in (period.lower, period.upper))


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
