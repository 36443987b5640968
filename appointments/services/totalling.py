"""What the issuing role says of the calendar: totals of days, and how long the queue is.

Written by the role that sees seats, for those who may not: no slot, no free seat is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from django.db import connection, transaction

from appointments import queries
from appointments.models import NOTICE, Forecast
from appointments.services.supplying import HORIZON_DAYS
from portal.core import clock

FIVES = 5

# A withdrawn slot that somebody still holds counts: a person is expected there.
_TOTALS = """
with slots as (
    select slot.site_id, slot.service_id,
        (lower(slot.period) at time zone 'Europe/Paris')::date as day, slot.places, slot.state,
        (select count(*) from appointments_appointment given where given.slot_id = slot.id
            and given.state not in ('cancelled', 'revoked')) as people
    from appointments_slot slot
    where slot.prefecture_code = %(office)s and lower(slot.period) >= %(midnight)s
)
insert into appointments_dailytotal
    (prefecture_code, site_id, service_id, day, places, given, computed_on)
select %(office)s, site_id, service_id, day,
    coalesce(sum(places) filter (where state = 'open'), 0),
    case when day < %(first)s::date + %(notice)s then sum(people) end, %(first)s
from slots group by site_id, service_id, day
on conflict (site_id, service_id, day) do update
    set places = excluded.places, given = excluded.given, computed_on = excluded.computed_on
"""
_FREE = """
select slot.service_id, (lower(slot.period) at time zone 'Europe/Paris')::date as day,
    count(*), count(*) filter (where not exists (
        select from appointments_appointment held where held.slot_id = slot.id
            and held.seat_number = seat.number
            and held.state in ('issued', 'confirmed', 'honoured')))
from appointments_slot slot
join appointments_seat seat on seat.slot_id = slot.id and seat.kind in ('regular', 'reserve')
where slot.prefecture_code = %(office)s and slot.state = 'open'
    and lower(slot.period) >= %(soonest)s
group by 1, 2 order by 1, 2
"""


@dataclass(frozen=True)
class Supply:
    """The seats of one day that a run may give: all of them, and those that are free."""

    day: date
    seats: int
    free: int


@transaction.atomic
def count(prefecture_code: str, *, at: datetime) -> None:
    """Write the totals of the days to come and the forecasts of a prefecture, over the old ones."""
    today = clock.legal_day(at)
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTALS,
            {
                "office": prefecture_code,
                "midnight": datetime(today.year, today.month, today.day, tzinfo=clock.PARIS),
                "first": today,
                "notice": NOTICE.days,
            },
        )
        cursor.execute(_FREE, {"office": prefecture_code, "soonest": at + NOTICE})
        rows = cursor.fetchall()
    supplies: dict[str, list[Supply]] = {}
    for service, day, seats, free in rows:
        supplies.setdefault(service, []).append(Supply(day, seats, free))
    waiting: dict[str, list[date | None]] = {}
    for service, deadline in queries.waiting_deadlines(prefecture_code):
        waiting.setdefault(service, []).append(deadline)
    known = Forecast.objects.filter(prefecture_code=prefecture_code)
    services = {*supplies, *waiting, *known.values_list("service", flat=True)}
    Forecast.objects.bulk_create(
        [
            Forecast(
                prefecture_code=prefecture_code,
                service_id=service,
                waiting=len(waiting.get(service, [])),
                weeks_to_clear=weeks_to_clear(
                    len(waiting.get(service, [])), supplies.get(service, []), today
                ),
                seats_missing=seats_missing(waiting.get(service, []), supplies.get(service, [])),
                computed_on=today,
            )
            for service in sorted(services)
        ],
        update_conflicts=True,
        unique_fields=["prefecture_code", "service"],
        update_fields=["waiting", "weeks_to_clear", "seats_missing", "computed_on"],
    )


def weeks_to_clear(waiting: int, supply: Sequence[Supply], today: date) -> int | None:
    """In how many whole weeks everybody who waits today is received; None when nothing opens.

    Past the open calendar, it goes on at the pace of its days.
    """
    left = waiting
    for one in supply:
        if left <= 0:
            break
        left -= one.free
        if left <= 0:
            return ceil(((one.day - today).days + 1) / 7)
    if waiting == 0:
        return 0
    seats = sum(one.seats for one in supply)
    if not seats:
        return None
    open_days = max(HORIZON_DAYS - NOTICE.days, 1)
    return ceil((HORIZON_DAYS + left * open_days / seats) / 7)


def seats_missing(deadlines: Sequence[date | None], supply: Sequence[Supply]) -> int:
    """How many of those who wait cannot be received before their cover ends, rounded up to fives.

    Counted for each deadline in turn: the people due by then, and the seats open by then.
    """
    worst = free = position = 0
    seats = sorted(supply, key=lambda one: one.day)
    due = sorted(one for one in deadlines if one is not None)
    for needed, deadline in enumerate(due, start=1):
        while position < len(seats) and seats[position].day <= deadline:
            free += seats[position].free
            position += 1
        worst = max(worst, needed - free)
    return ceil(worst / FIVES) * FIVES
