"""What the issuing run, the person's page and the day sheet read."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet

from appointments import ordering
from appointments.enums import LIVE_STATES, SEATED_STATES, AppointmentState, SeatKind, SlotState
from appointments.models import (
    NOTICE,
    Appointment,
    Clearance,
    Closure,
    CounterOutage,
    CounterSkill,
    IssueRun,
    OpeningPattern,
    Seat,
    Visit,
    VisitFigure,
    is_made_again,
)
from appointments.ordering import FreeSeat, Waiting
from appointments.queries.delivery import undelivered as undelivered
from portal.core import clock
from portal.territory.api import Counter, Site

PRIOR_NO_SHOW_RATE = 0.08


def waiting_clearances(prefecture_code: str) -> QuerySet:
    """Live clearances that have neither a live nor an honoured appointment.

    A visit that did not reach its end counts as none, once it may be made again.
    """
    seated = _seated()
    history = Prefetch("appointments", Appointment.objects.order_by("attempt"))
    return (
        Clearance.objects.live()
        .filter(~Exists(seated), prefecture_code=prefecture_code)
        .prefetch_related(history, "readmissions")
        .order_by("pk")
    )


def _seated() -> QuerySet:
    return Appointment.objects.filter(
        ~is_made_again(), clearance=OuterRef("pk"), state__in=SEATED_STATES
    )


def waiting_deadlines(prefecture_code: str) -> list[tuple[str, date | None]]:
    """The service and the end of cover of each person whom the next run would serve."""
    people = waiting_clearances(prefecture_code).prefetch_related(None)
    return list(people.values_list("service", "deadline_on"))


def as_waiting(clearance: Clearance, busy: dict[UUID, list]) -> Waiting:
    """What the order may look at, and nothing else."""
    history = list(clearance.appointments.all())
    ended = {AppointmentState.CANCELLED, AppointmentState.MISSED}
    return Waiting(
        clearance_id=str(clearance.pk),
        dossier_id=str(clearance.dossier_id),
        person_id=str(clearance.person_id),
        service=clearance.service_id,
        filed_at=clearance.filed_at,
        cleared_on=clock.legal_day(clearance.cleared_at),
        deadline_on=clearance.deadline_on,
        vulnerable=clearance.is_vulnerable,
        missed=sum(one.state == AppointmentState.MISSED for one in history),
        readmitted=len(clearance.readmissions.all()),
        revoked_by_the_office=sum(one.state == AppointmentState.REVOKED for one in history),
        avoid=frozenset(clock.legal_day(one.starts_at) for one in history if one.state in ended),
        busy=tuple(busy.get(clearance.person_id, ())),
        student_counter=str(clearance.student_counter_id or ""),
    )


def busy_moments(prefecture_code: str) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """When each person is already expected at this prefecture."""
    busy: dict[UUID, list[tuple[datetime, datetime]]] = {}
    live = Appointment.objects.live().filter(prefecture_code=prefecture_code).order_by("pk")
    for one in live:
        busy.setdefault(one.person_id, []).append((one.starts_at, one.ends_at))
    return busy


def free_seats(prefecture_code: str, *, at: datetime) -> list[FreeSeat]:
    """Seats that may be given today: ten days ahead or more, not held, not in a closure.

    Only the issuing role may run this: the web role reads neither slots nor seats.
    """
    held = Appointment.objects.filter(
        slot=OuterRef("slot"), seat_number=OuterRef("number"), state__in=SEATED_STATES
    )
    closed = Closure.objects.filter(
        site=OuterRef("slot__site"), period__overlap=OuterRef("slot__period")
    )
    seats = (
        Seat.objects.filter(
            ~Exists(held),
            ~Exists(closed),
            slot__prefecture_code=prefecture_code,
            slot__state=SlotState.OPEN,
            slot__period__startswith__gte=at + NOTICE,
        )
        .exclude(kind__in=(SeatKind.WITHDRAWN, SeatKind.RESERVE))
        .annotate(
            service=F("slot__service"),
            period=F("slot__period"),
            student_counter=F("slot__student_counter"),
        )
        .order_by("slot__period", "slot", "number")
    )
    return [
        FreeSeat(
            slot_id=str(seat.slot_id),
            number=seat.number,
            service=seat.service,
            starts_at=seat.period.lower,
            ends_at=seat.period.upper,
            day=clock.legal_day(seat.period.lower),
            student_counter=str(seat.student_counter or ""),
        )
        for seat in seats
    ]


def latest_of(dossier_ids: Iterable[UUID]) -> QuerySet:
    """The last appointment given for each of these dossiers, whatever became of it."""
    return (
        Appointment.objects.filter(dossier__in=list(dossier_ids))
        .select_related("site", "counter", "clearance")
        .order_by("dossier", "-issued_at", "-attempt", "pk")
        .distinct("dossier")
    )


def current_appointment(dossier_id: UUID) -> Appointment | None:
    """The last appointment given for this dossier."""
    return latest_of([dossier_id]).first()


def waiting_of(dossier_id: UUID) -> Clearance | None:
    """The clearance of this dossier that still waits for an appointment."""
    return (
        Clearance.objects.live()
        .filter(~Exists(_seated()), dossier=dossier_id)
        .order_by("-cleared_at", "pk")
        .first()
    )


def unused_clearances(case_id: UUID) -> QuerySet:
    """Live clearances of a case whose visit has not taken place."""
    done = _seated().filter(state=AppointmentState.HONOURED)
    return Clearance.objects.live().filter(~Exists(done), case=case_id).order_by("pk")


def prefectures_with_a_calendar() -> list[str]:
    """The prefectures where at least one counter opens, in order of code."""
    codes = OpeningPattern.objects.values_list("counter__site__prefecture", flat=True)
    return list(codes.distinct().order_by("counter__site__prefecture"))


def last_digest(prefecture_code: str) -> str:
    """The seal of the last run of a prefecture, empty before the first."""
    sealed = IssueRun.objects.filter(prefecture_code=prefecture_code)
    followed = IssueRun.objects.filter(
        prefecture_code=prefecture_code, previous_digest=OuterRef("digest")
    )
    last = sealed.filter(~Exists(followed)).order_by("pk").values_list("digest", flat=True)
    return last.first() or ""


def sites_of(user) -> list[Site]:
    """The sites where this agent may receive, by name."""
    return list(Site.objects.filter(prefecture__in=user.prefectures).order_by("name", "pk"))


def counters_for(appointment: Appointment) -> QuerySet:
    """The counters of the appointment's site where its service is done."""
    return (
        Counter.objects.filter(site=appointment.site_id, skills__service=appointment.service_id)
        .select_related("site")
        .order_by("name", "pk")
    )


def expected_on(user, *, site_id: int, day: date) -> QuerySet:
    """Every appointment of a site on a legal day, whatever became of it, in order of time."""
    starts_at = datetime(day.year, day.month, day.day, tzinfo=clock.PARIS)
    return (
        Appointment.objects.visible_to(user)
        .filter(
            site=site_id,
            period__startswith__gte=starts_at,
            period__startswith__lt=starts_at + timedelta(days=1),
        )
        .select_related("clearance", "counter", "check_in__counter", "check_in__visit__counter")
        .order_by("period", "counter__name", "seat_number", "pk")
    )


def day_sheet(user, *, site_id: int, day: date) -> QuerySet:
    """Everybody expected at a site on a legal day, in order of time."""
    shown = (*LIVE_STATES, AppointmentState.HONOURED, AppointmentState.MISSED)
    return expected_on(user, site_id=site_id, day=day).filter(state__in=shown)


def next_for(counter: Counter, user) -> QuerySet:
    """Who waits today and may be served at this counter: by hour of appointment, then number."""
    skills = CounterSkill.objects.filter(counter=counter.pk).order_by("pk")
    return (
        Visit.objects.visible_to(user)
        .waiting()
        .filter(
            site=counter.site_id,
            day=clock.today(),
            purpose__in=skills.values("service__purpose"),
        )
        .order_by("check_in__appointment__period", "number")
    )


def left_open(user, *, site_id: int, before: date) -> QuerySet:
    """Visits of a site that nobody ended on their day; each waits for its outcome."""
    return (
        Visit.objects.visible_to(user)
        .filter(site=site_id, day__lt=before, outcome="")
        .order_by("day", "number")
    )


def visits_to_follow_up(user) -> QuerySet:
    """People of these prefectures whom the counter could not recognise, the oldest first."""
    return (
        Visit.objects.visible_to(user)
        .to_follow_up()
        .select_related("site", "agent", "check_in__appointment__clearance")
        .order_by("ended_at", "pk")
    )


def outcomes_since(user, day: date) -> dict[str, int]:
    """How the visits of these prefectures ended since a day."""
    ended = Visit.objects.visible_to(user).filter(day__gte=day).exclude(outcome="")
    counted = ended.values("outcome").order_by("outcome").annotate(count=Count("pk"))
    return {row["outcome"]: row["count"] for row in counted}


def counters_at(site_id: int) -> QuerySet:
    """The counters of a site, by name."""
    return Counter.objects.filter(site=site_id).select_related("site").order_by("name", "pk")


def counters_of(user) -> QuerySet:
    """The counters of this agent's prefectures, by site and name."""
    return (
        Counter.objects.filter(site__prefecture__in=user.prefectures)
        .select_related("site")
        .order_by("site__name", "name", "pk")
    )


def no_show_rate(prefecture_code: str, service_code: str) -> float:
    """The share of people who do not come: what offices that issue appointments have published."""
    return PRIOR_NO_SHOW_RATE


def openings_of(user, today: date) -> QuerySet:
    """The hours that are not over, of the counters of this agent's prefectures."""
    return (
        OpeningPattern.objects.filter(
            counter__site__prefecture__in=user.prefectures, valid__isempty=False
        )
        .exclude(valid__fully_lt=DateRange(today, None))
        .select_related("counter__site", "service")
        .order_by("counter__site__name", "counter__name", "weekday", "minutes", "pk")
    )


def closures_of(user, at: datetime) -> QuerySet:
    """Closures to come or under way, of the sites of this agent's prefectures."""
    return (
        Closure.objects.filter(prefecture_code__in=user.prefectures, period__endswith__gt=at)
        .select_related("site")
        .order_by("period", "pk")
    )


def outages_of(user, at: datetime) -> QuerySet:
    """Counters out of service now or later, of this agent's prefectures."""
    return (
        CounterOutage.objects.filter(prefecture_code__in=user.prefectures, period__endswith__gt=at)
        .select_related("counter__site")
        .order_by("period", "pk")
    )


def count_waiting(user) -> int:
    """How many people of these prefectures wait for the next run."""
    return sum(waiting_clearances(code).count() for code in user.prefectures)


def count_expected(user, at: datetime) -> int:
    """How many appointments are to come."""
    return Appointment.objects.visible_to(user).live().filter(period__startswith__gt=at).count()


def last_run_of(user) -> IssueRun | None:
    """The last run that had somebody to serve."""
    runs = IssueRun.objects.filter(prefecture_code__in=user.prefectures)
    return runs.order_by("-started_at", "pk").first()


def to_contact(user) -> list[Clearance]:
    """People of these prefectures whom no run serves any more: an agent speaks with them first."""
    return [
        clearance
        for code in user.prefectures
        for clearance in waiting_clearances(code)
        if not ordering.may_be_served(as_waiting(clearance, {}))
    ]


def figures_of(prefecture_code: str) -> list[VisitFigure]:
    """The published months of a prefecture ("" for all of France), newest first, two years."""
    return list(VisitFigure.objects.filter(prefecture_code=prefecture_code).order_by("-month")[:24])
