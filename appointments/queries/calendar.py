"""What the calendar page shows: hours, closures, holidays and totals; no slot and no seat."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from appointments.enums import AppointmentState
from appointments.models import (
    Appointment,
    Closure,
    CounterOutage,
    DailyTotal,
    Forecast,
    OpenDay,
    OpeningPattern,
)
from portal.core import clock
from portal.territory import api as territory
from portal.territory.api import Site, SiteKind

CALLED_WITHIN = timedelta(days=3)


@dataclass(frozen=True)
class Hours:
    """Hours of one counter on one day, and why nobody is received then."""

    opening: OpeningPattern
    outage: CounterOutage | None


@dataclass(frozen=True)
class Day:
    """One day of a site. `places` and `given` are the issuer's totals, None where it says none."""

    day: date
    holiday: str
    opened_anyway: bool
    closures: tuple[Closure, ...]
    outages: tuple[CounterOutage, ...]
    hours: tuple[Hours, ...]
    places: int | None
    given: int | None


@dataclass(frozen=True)
class _Facts:
    """All that is read of a site for some days, once."""

    site: Site
    patterns: list[OpeningPattern]
    closures: list[Closure]
    outages: list[CounterOutage]
    open_days: set[date]
    holidays: dict[date, str]
    totals: dict[date, tuple[int, int | None]]


def calendar(site: Site, *, first: date, last: date, counter_id: int | None = None) -> list[Day]:
    """Each day of a site, both ends included; for one counter alone, without the site's totals."""
    facts = _facts(site, first, last, counter_id)
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [_day(facts, day) for day in days]


def _facts(site: Site, first: date, last: date, counter_id: int | None) -> _Facts:
    span = (midnight(first), midnight(last + timedelta(days=1)))
    here = Q(counter=counter_id) if counter_id else Q()
    patterns = OpeningPattern.objects.filter(
        here, counter__site=site, valid__overlap=(first, last + timedelta(days=1))
    )
    outages = CounterOutage.objects.filter(here, site=site, period__overlap=span)
    opened = OpenDay.objects.filter(site=site, day__range=(first, last))
    return _Facts(
        site=site,
        patterns=list(
            patterns.select_related("counter", "service").order_by("minutes", "counter__name", "pk")
        ),
        closures=list(
            Closure.objects.filter(site=site, period__overlap=span).order_by("period", "pk")
        ),
        outages=list(outages.select_related("counter").order_by("period", "pk")),
        open_days=set(opened.values_list("day", flat=True)),
        holidays=territory.holiday_names(site.prefecture_id, *range(first.year, last.year + 1)),
        totals={} if counter_id else _totals(site, first, last),
    )


def _totals(site: Site, first: date, last: date) -> dict[date, tuple[int, int | None]]:
    lines = DailyTotal.objects.filter(site=site, day__range=(first, last)).values("day")
    summed = lines.annotate(all_places=Sum("places"), all_given=Sum("given")).order_by("day")
    return {line["day"]: (line["all_places"], line["all_given"]) for line in summed}


def _day(facts: _Facts, day: date) -> Day:
    starts, ends = midnight(day), midnight(day + timedelta(days=1))
    holiday = facts.holidays.get(day, "")
    opened = day in facts.open_days
    works = opened or (facts.site.kind != SiteKind.MOBILE and not holiday)
    closures = tuple(one for one in facts.closures if _meets(one.period, starts, ends))
    outages = tuple(one for one in facts.outages if _meets(one.period, starts, ends))
    shut = any(one.period.lower <= starts and _ends_after(one.period, ends) for one in closures)
    out_of = {one.counter_id: one for one in outages}
    hours = tuple(
        Hours(one, out_of.get(one.counter_id))
        for one in facts.patterns
        if works and not shut and one.weekday == day.isoweekday() and day in one.valid
    )
    places, given = facts.totals.get(day, (None, None))
    return Day(day, holiday, opened, closures, outages, hours, places, given)


def _meets(period, starts: datetime, ends: datetime) -> bool:
    return (period.lower is None or period.lower < ends) and (
        period.upper is None or period.upper > starts
    )


def _ends_after(period, ends: datetime) -> bool:
    return period.upper is None or period.upper >= ends


def midnight(day: date) -> datetime:
    """The first moment of a legal day."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.PARIS)


def end_of(day: date) -> datetime:
    """The moment when a legal day is over."""
    return midnight(day + timedelta(days=1))


def forecasts_of(user) -> QuerySet:
    """How long the queue is, service by service, as the issuing role counted it last."""
    return (
        Forecast.objects.filter(prefecture_code__in=user.prefectures)
        .select_related("service")
        .order_by("prefecture_code", "service", "pk")
    )


def to_call(user, at: datetime) -> QuerySet:
    """People whose appointment of today or the next days was taken back, and who have no other.

    A mail may be read too late: somebody calls them.
    """
    another = Appointment.objects.live().filter(period__startswith__gt=at)
    return (
        Appointment.objects.filter(
            prefecture_code__in=user.prefectures,
            state=AppointmentState.REVOKED,
            clearance__revoked_at=None,
            period__startswith__gte=midnight(clock.legal_day(at)),
            period__startswith__lt=midnight(clock.legal_day(at)) + CALLED_WITHIN,
        )
        .exclude(clearance__in=another.values("clearance"))
        .select_related("clearance", "counter", "dossier", "site")
        .order_by("period", "pk")
    )


def opening_of(user, opening_id: int) -> OpeningPattern | None:
    """Hours of a counter of this agent's prefectures."""
    return (
        OpeningPattern.objects.filter(counter__site__prefecture__in=user.prefectures, pk=opening_id)
        .select_related("counter__site", "service")
        .first()
    )


def overlapping(
    counter_id: int, weekday: int, minutes, *, first: date, besides: int | None = None
) -> bool:
    """Whether this counter has other hours then, from that day on."""
    others = OpeningPattern.objects.filter(
        counter=counter_id, weekday=weekday, minutes__overlap=minutes, valid__overlap=(first, None)
    )
    return others.exclude(pk=besides).exists()


def by_day(appointments) -> tuple[tuple[date, int], ...]:
    """How many people are expected on each of these days."""
    counts: defaultdict[date, int] = defaultdict(int)
    for one in appointments:
        counts[clock.legal_day(one.starts_at)] += 1
    return tuple(sorted(counts.items()))
