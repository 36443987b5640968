"""What an edit of the calendar would do to appointments already given, before it is made."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from appointments.models import Appointment, OpeningPattern
from appointments.queries.calendar import by_day, midnight
from portal.core import clock


@dataclass(frozen=True)
class Effect:
    """How many people, by day, lose their appointment; how many keep one outside the hours.

    `version` seals what was shown with what was asked: the same words and the same people give
    the same text, and anything else another.
    """

    moved: tuple[tuple[date, int], ...]
    kept: tuple[tuple[date, int], ...]
    version: str

    @property
    def people_moved(self) -> int:
        """How many people in all will be told and given another day."""
        return sum(count for _day, count in self.moved)

    @property
    def people_kept(self) -> int:
        """How many people in all are still expected where no hours are left."""
        return sum(count for _day, count in self.kept)


def effect(
    said: object, *, moved: Iterable[Appointment] = (), kept: Iterable[Appointment] = ()
) -> Effect:
    """The effect of an edit on these appointments."""
    moved, kept = list(moved), list(kept)
    sealed = [str(said), sorted(str(one.pk) for one in moved), sorted(str(one.pk) for one in kept)]
    return Effect(by_day(moved), by_day(kept), sha256(json.dumps(sealed).encode()).hexdigest())


def expected_during(starts_at: datetime, ends_at: datetime, **place) -> list[Appointment]:
    """Appointments to come that a closure of this place would take back."""
    live = Appointment.objects.live().filter(period__overlap=(starts_at, ends_at), **place)
    return list(live.order_by("period", "pk"))


def expected_in(opening: OpeningPattern, *, first: date) -> list[Appointment]:
    """Appointments to come that were given in these hours, from a day on."""
    live = (
        Appointment.objects.live()
        .filter(
            counter=opening.counter_id,
            service=opening.service_id,
            period__startswith__gte=midnight(first),
        )
        .order_by("period", "pk")
    )
    return [one for one in live if _is_in(one, opening.weekday, opening.minutes, opening.valid)]


def outside(appointments: Iterable[Appointment], *, hours) -> list[Appointment]:
    """Those that these new hours would not make: another weekday, hour, service or length."""
    return [
        one
        for one in appointments
        if one.service_id != hours.service.pk
        or one.ends_at - one.starts_at != timedelta(minutes=hours.length)
        or not _is_in(one, hours.weekday, hours.minutes, None)
        or (_minute(one.starts_at) - hours.minutes.lower) % hours.length
    ]


def _is_in(appointment: Appointment, weekday: int, minutes, valid) -> bool:
    day = clock.legal_day(appointment.starts_at)
    return (
        day.isoweekday() == weekday
        and (valid is None or day in valid)
        and minutes.lower <= _minute(appointment.starts_at) < minutes.upper
    )


def _minute(moment: datetime) -> int:
    there = moment.astimezone(clock.PARIS)
    return there.hour * 60 + there.minute
