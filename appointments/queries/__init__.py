"""What the person's page, the day sheet and the calendar read; `runs` is what a run reads."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Exists, QuerySet

from appointments.enums import LIVE_STATES, AppointmentState
from appointments.models import (
    Appointment,
    Clearance,
    Closure,
    CounterOutage,
    CounterSkill,
    IssueRun,
    OpeningPattern,
    Visit,
    VisitFigure,
)
from appointments.ordering import may_be_served
from appointments.queries.delivery import undelivered
from appointments.queries.offers import is_to_run, near_clearances
from appointments.queries.rates import PRIOR_NO_SHOW_RATE, no_show_rate
from appointments.queries.runs import (
    as_waiting,
    busy_moments,
    doubted_clearances,
    free_seats,
    last_run,
    offers_held,
    said_of,
    seated,
    waiting_clearances,
)
from portal.core import clock
from portal.territory.api import Counter, Site

__all__ = [
    "PRIOR_NO_SHOW_RATE",
    "as_waiting",
    "busy_moments",
    "closures_of",
    "count_expected",
    "count_waiting",
    "counters_at",
    "counters_for",
    "counters_of",
    "current_appointment",
    "day_sheet",
    "doubted_clearances",
    "expected_on",
    "figures_of",
    "is_waiting_elsewhere",
    "free_seats",
    "is_to_run",
    "last_run",
    "last_run_of",
    "latest_of",
    "left_open",
    "near_clearances",
    "next_for",
    "no_show_rate",
    "offers_held",
    "openings_of",
    "outages_of",
    "outcomes_since",
    "prefectures_with_a_calendar",
    "said_of",
    "sites_of",
    "to_contact",
    "undelivered",
    "unused_clearances",
    "visit_of",
    "visits_to_follow_up",
    "waiting_clearances",
    "waiting_deadlines",
    "waiting_of",
]


def waiting_deadlines(prefecture_code: str) -> list[tuple[str, date | None]]:
    """The service and the end of cover of each person whom the next run would serve."""
    people = waiting_clearances(prefecture_code).prefetch_related(None)
    return list(people.values_list("service", "deadline_on"))


def latest_of(dossier_ids: Iterable[UUID]) -> QuerySet:
    """The last appointment given for each of these dossiers, whatever became of it."""
    return (
        Appointment.objects.filter(dossier__in=list(dossier_ids))
        .select_related("site", "counter", "clearance__kept")
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
        .filter(~Exists(seated()), dossier=dossier_id)
        .select_related("kept")
        .order_by("-cleared_at", "pk")
        .first()
    )


def visit_of(appointment: Appointment | None) -> Visit | None:
    """The visit that the arrival for an appointment began; None before it."""
    if appointment is None or appointment.state != AppointmentState.HONOURED:
        return None
    return Visit.objects.filter(pk=appointment.pk).order_by("pk").first()


def is_waiting_elsewhere(waiting: Clearance | None, last: Appointment | None) -> bool:
    """Whether the person moved, and the office where they live has given them nothing yet."""
    return (
        waiting is not None
        and waiting.kept_rank is not None
        and (last is None or last.clearance_id != waiting.pk)
    )


def unused_clearances(case_id: UUID) -> QuerySet:
    """Live clearances of a case whose visit has not taken place."""
    done = seated().filter(state=AppointmentState.HONOURED)
    return Clearance.objects.live().filter(~Exists(done), case=case_id).order_by("pk")


def prefectures_with_a_calendar() -> list[str]:
    """The prefectures where at least one counter opens, in order of code."""
    codes = OpeningPattern.objects.values_list("counter__site__prefecture", flat=True)
    return list(codes.distinct().order_by("counter__site__prefecture"))


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
    """The last run that had somebody to serve, those of near seats excepted."""
    runs = IssueRun.objects.filter(prefecture_code__in=user.prefectures, is_near=False)
    return runs.order_by("-started_at", "pk").first()


def to_contact(user) -> list[Clearance]:
    """People of these prefectures whom no run serves any more: an agent speaks with them first."""
    return [
        clearance
        for code in user.prefectures
        for clearance in [
            *(one for one in waiting_clearances(code) if not may_be_served(as_waiting(one))),
            *doubted_clearances(code),
        ]
    ]


def figures_of(prefecture_code: str) -> list[VisitFigure]:
    """The published months of a prefecture ("" for all of France), newest first, two years."""
    return list(VisitFigure.objects.filter(prefecture_code=prefecture_code).order_by("-month")[:24])
