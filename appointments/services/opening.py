"""The weekly hours of a counter and the days that differ, set by the supervisor of its prefecture.

Hours are never rewritten: a change ends a pattern on a day and begins another, so that what was
opened in the past stays written. What was already given is kept: only free slots are withdrawn.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.utils.translation import gettext_lazy as _

from appointments.models import CounterSkill, OpenDay, OpeningPattern, Service
from portal.core import door, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.territory.api import Counter, Site

ALREADY_OPEN = _(
    "Ce guichet est déjà ouvert à ces heures ce jour-là. Terminez d’abord l’autre horaire."
)
_REFUSALS = {
    "a_counter_has_one_opening_at_a_time": ALREADY_OPEN,
    "an_opening_ends_and_never_changes": _(
        "Cet horaire a déjà changé. Rechargez la page avant de recommencer."
    ),
}
_OPEN_DAYS = {
    "a_site_opens_a_day_once": _("Ce site est déjà ouvert ce jour-là par exception."),
}


@dataclass(frozen=True)
class Hours:
    """What a counter offers on a weekday: when, for what, how many at once, in which languages."""

    service: Service
    weekday: int
    starts: time
    ends: time
    seats: int = 1
    reserve: int = 0
    slot_minutes: int | None = None
    interpreters: tuple[str, ...] = ()

    @property
    def minutes(self) -> NumericRange:
        """Minutes after midnight, the last one not included."""
        starts, ends = (one.hour * 60 + one.minute for one in (self.starts, self.ends))
        return NumericRange(starts, max(starts, ends), "[)")

    @property
    def length(self) -> int:
        """Minutes of one slot."""
        return self.slot_minutes or self.service.minutes


@transaction.atomic
def open_counter(
    *, counter: Counter, hours: Hours, first_day: date, last_day: date | None = None
) -> OpeningPattern:
    """Open a counter every week from a day on. The calendar's job makes the slots.

    Raises DomainRefusal when the hours are too short for one visit or overlap others.
    """
    refuse_impossible(hours)
    CounterSkill.objects.get_or_create(counter=counter, service=hours.service)
    with refusing(_REFUSALS):
        opening = OpeningPattern.objects.create(
            counter=counter,
            service=hours.service,
            weekday=hours.weekday,
            minutes=hours.minutes,
            seats=hours.seats,
            reserve=hours.reserve,
            slot_minutes=hours.slot_minutes,
            interpreters=sorted(hours.interpreters),
            valid=DateRange(first_day, last_day and last_day + timedelta(days=1), "[)"),
        )
    _write("counter.open", opening)
    return opening


def refuse_impossible(hours: Hours) -> None:
    """Raise DomainRefusal for hours in which nobody could be received as they say."""
    starts, ends = hours.minutes.lower, hours.minutes.upper
    if ends - starts < hours.length:
        raise DomainRefusal(
            _("Ces heures sont trop courtes : une visite dure %(minutes)s minutes.")
            % {"minutes": hours.length}
        )
    if hours.length < hours.service.minutes:
        raise DomainRefusal(
            _("Une visite dure au moins %(minutes)s minutes.") % {"minutes": hours.service.minutes}
        )
    if hours.reserve > (ends - starts) // hours.length * hours.seats:
        raise DomainRefusal(_("Il y a plus de places gardées que de places."))


@transaction.atomic
def change_opening(
    opening: OpeningPattern, *, hours: Hours, first_day: date, today: date
) -> OpeningPattern:
    """From a day on, these hours instead; until the day before, what was said stays.

    Free slots that the new hours do not make are withdrawn; given ones are kept.
    """
    last = opening.valid.upper
    end_opening(opening, last_day=first_day - timedelta(days=1), today=today)
    return open_counter(
        counter=opening.counter,
        hours=hours,
        first_day=first_day,
        last_day=last and last - timedelta(days=1),
    )


@transaction.atomic
def end_opening(opening: OpeningPattern, *, last_day: date, today: date) -> None:
    """The hours end that night, tonight at the earliest: free slots are withdrawn, given ones kept.

    Hours that had not begun are given up whole when they end before their first day.
    """
    first, upper = opening.valid.lower, opening.valid.upper
    end = max(last_day, today) + timedelta(days=1)
    if first is not None and first > today:
        end = max(last_day + timedelta(days=1), first)
    if upper is not None and upper <= end:
        return
    opening.valid = DateRange(first, end, "[)")
    with refusing(_REFUSALS):
        opening.save(update_fields=["valid"])
    _write("counter.end", opening)


@transaction.atomic
def open_day(*, site: Site, day: date) -> OpenDay:
    """Open a site on a public holiday, or a mobile counter on a day of its tour.

    Raises DomainRefusal when it was already said.
    """
    with refusing(_OPEN_DAYS):
        opened = OpenDay.objects.create(site=site, prefecture_code=site.prefecture_id, day=day)
    journal.record(
        "site.open_day",
        subject_type="open_day",
        subject_id=opened.pk,
        prefecture=site.prefecture_id,
        facts={"site": site.pk, "day": day.isoformat()},
    )
    refresh(site.prefecture_id)
    return opened


def refresh(prefecture_code: str) -> None:
    """Have the issuing role follow the calendar after this act; it acts for nobody."""
    with door.acting(None, prefectures=[prefecture_code]):
        enqueue(
            "appointments.open_calendar",
            prefecture_code=prefecture_code,
            _lock=f"appointments.issue:{prefecture_code}",
        )


def _write(act: str, opening: OpeningPattern) -> None:
    prefecture_code = opening.counter.site.prefecture_id
    journal.record(
        act,
        subject_type="opening",
        subject_id=opening.pk,
        prefecture=prefecture_code,
        facts={"counter": opening.counter_id, "service": opening.service_id},
    )
    refresh(prefecture_code)
