"""Opening the calendar: slots and seats from weekly patterns, for the days to come.

A few statements for a whole prefecture, whatever the number of slots; none reads a past day.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from appointments import ordering, queries
from portal.core import clock
from portal.territory import api as territory

HORIZON_DAYS = 60

# Each slot that the patterns ask for. Its identifier is made of what it is, so that making it
# twice makes it once, and a slot of another length or of other students is another slot.
_WANTED = """
with wanted as materialized (
    select md5(concat_ws('/', pattern.counter_id, pattern.service_id, extract(epoch from starts_at),
            length, students.service_id))::uuid as id,
        site.id as site_id, pattern.counter_id, pattern.service_id, pattern.id as pattern_id,
        pattern.seats as places, pattern.reserve, pattern.interpreters,
        students.service_id as student_counter_id, day, minute >= 720 as afternoon,
        tstzrange(starts_at, starts_at + make_interval(mins => length)) as period
    from appointments_openingpattern pattern
    join appointments_service service on service.code = pattern.service_id
    join territory_counter counter on counter.id = pattern.counter_id
    join territory_site site on site.id = counter.site_id and site.prefecture_id = %(office)s
    cross join lateral (select coalesce(pattern.slot_minutes, service.minutes) as length) as lengths
    join generate_series(%(first)s::date, %(last)s::date, interval '1 day') as days(midnight)
        on extract(isodow from midnight) = pattern.weekday and midnight::date <@ pattern.valid
    cross join lateral (select midnight::date as day) as dated
    cross join lateral generate_series(
        lower(pattern.minutes), upper(pattern.minutes) - length, length) as minute
    cross join lateral (
        select (day + make_interval(mins => minute)) at time zone 'Europe/Paris' as starts_at
    ) as moments
    left join appointments_studentsite students
        on students.site_id = site.id and site.kind = 'university'
        and day <@ daterange(students.starts_on, students.ends_on, '[]')
    where starts_at > %(at)s
        and (site.kind <> 'university' or students.id is not null)
        and (site.kind <> 'mobile' and day <> all(%(holidays)s::date[])
            or exists (select from appointments_openday opened
                where opened.site_id = site.id and opened.day = dated.day))
        and not exists (select from appointments_closure shut where shut.site_id = site.id
            and shut.period && tstzrange(starts_at, starts_at + make_interval(mins => length)))
        and not exists (select from appointments_counteroutage out
            where out.counter_id = pattern.counter_id
            and out.period && tstzrange(starts_at, starts_at + make_interval(mins => length)))
)
"""
_HELD = """(exists (select from appointments_appointment held where held.slot_id = slot.id
    and held.state in ('issued', 'confirmed', 'honoured'))
    or exists (select from appointments_shortnoticeoffer offer where offer.slot_id = slot.id
    and offer.state in ('open', 'accepted')))"""
_NOT_OFFERED = """not exists (select from appointments_shortnoticeoffer offer
    where offer.slot_id = seat.slot_id and offer.seat_number = seat.number
    and offer.state in ('open', 'accepted'))"""
_AHEAD = "slot.prefecture_code = %(office)s and lower(slot.period) > %(at)s"

# What nobody holds, nor is offered, and no pattern makes any more.
_WITHDRAW = f"""{_WANTED}
update appointments_slot slot set state = 'withdrawn'
where {_AHEAD} and slot.state = 'open' and not {_HELD}
    and not exists (select from wanted where wanted.id = slot.id)
"""  # noqa: S608 -- constants of this module
# A counter that is already taken at that moment, by a slot that somebody holds, stays as it is.
_REOPEN = f"""{_WANTED}
update appointments_slot slot set state = 'open' from wanted
where wanted.id = slot.id and {_AHEAD} and slot.state = 'withdrawn'
    and not exists (select from appointments_slot other where other.counter_id = slot.counter_id
        and other.state = 'open' and other.period && slot.period)
"""  # noqa: S608 -- constants of this module
_MAKE = f"""{_WANTED}
insert into appointments_slot (id, prefecture_code, site_id, counter_id, service_id, period, state,
    places, interpreters, student_counter_id)
select id, %(office)s, site_id, counter_id, service_id, period, 'open', places, interpreters,
    student_counter_id
from wanted where not exists (select from appointments_slot known where known.id = wanted.id)
order by period, counter_id
on conflict do nothing
"""  # noqa: S608 -- constants of this module
# A language promised to somebody is not taken away from the slot that they hold.
_FOLLOW = f"""{_WANTED}, said as (
    select slot.id, wanted.places, case when {_HELD} then array(
        select distinct language from unnest(slot.interpreters || wanted.interpreters) language
        order by language) else wanted.interpreters end as interpreters
    from appointments_slot slot join wanted on wanted.id = slot.id
)
update appointments_slot slot set places = said.places, interpreters = said.interpreters
from said where said.id = slot.id
    and (slot.places, slot.interpreters) is distinct from (said.places, said.interpreters)
"""  # noqa: S608 -- constants of this module
_OFFERED = f"""{_WANTED}, offered as materialized (
    select wanted.*, sum(wanted.places) over half_day as size, count(*) over half_day as slots,
        row_number() over (partition by wanted.site_id, wanted.service_id, day, afternoon
            order by wanted.period, wanted.counter_id) as rank
    from wanted join appointments_slot slot using (id) where slot.state = 'open'
    window half_day as (partition by wanted.site_id, wanted.service_id, day, afternoon)
)
"""  # noqa: S608 -- constants of this module
_SIZES = f"{_OFFERED} select distinct service_id, size from offered order by service_id, size"  # noqa: S608 -- a constant

# Evenly: of n things in order, the r-th share falls where r*rank/n passes a whole number.
_SEATS = f"""{_OFFERED}, own as (
    select id, pattern_id, day, afternoon, period, number, reserve,
        row_number() over (partition by pattern_id, day, afternoon order by number, period) as rank,
        count(*) over (partition by pattern_id, day, afternoon) as total
    from offered cross join generate_series(1, places) as number
), asked as materialized (
    select id as slot_id, number, case
        when rank * least(reserve, total) / total > (rank - 1) * least(reserve, total) / total
        then 'reserve' else 'regular' end as kind
    from own
    union all
    select id, places + extra, 'overbook' from offered
    join unnest(%(services)s::text[], %(sizes)s::int[], %(extras)s::int[])
        as pool(service_id, size, extras) using (service_id, size)
    cross join generate_series(1, rank * extras / slots - (rank - 1) * extras / slots) as extra
    where places + extra <= 20
)
"""  # noqa: S608 -- constants of this module
_MAKE_SEATS = f"""{_SEATS}
insert into appointments_seat (slot_id, number, kind) select slot_id, number, kind from asked
where not exists (select from appointments_seat known
    where known.slot_id = asked.slot_id and known.number = asked.number)
order by slot_id, number
on conflict do nothing
"""  # noqa: S608 -- constants of this module
_NAME_SEATS = f"""{_SEATS}
update appointments_seat seat set kind = asked.kind from asked
where asked.slot_id = seat.slot_id and asked.number = seat.number and asked.kind <> seat.kind
    and {_NOT_OFFERED}
"""  # noqa: S608 -- constants of this module
_WITHDRAW_SEATS = f"""{_SEATS}
update appointments_seat seat set kind = 'withdrawn' from offered
where offered.id = seat.slot_id and seat.kind <> 'withdrawn'
    and not exists (select from asked
        where asked.slot_id = seat.slot_id and asked.number = seat.number)
    and not exists (select from appointments_appointment held
        where held.slot_id = seat.slot_id and held.seat_number = seat.number
        and held.state in ('issued', 'confirmed', 'honoured'))
    and {_NOT_OFFERED}
"""  # noqa: S608 -- constants of this module


@transaction.atomic
def open_slots(prefecture_code: str, horizon_days: int = HORIZON_DAYS, *, at: datetime) -> int:
    """Make the slots and seats of the coming days; withdraw those that no pattern makes any more.

    Running it again adds only what is missing. Returns the number of new slots. A slot that
    somebody holds, or is offered, is never withdrawn: a closure or an outage takes it back.
    """
    first = clock.legal_day(at)
    last = first + timedelta(days=horizon_days)
    said: dict[str, Any] = {
        "office": prefecture_code,
        "at": at,
        "first": first,
        "last": last,
        "holidays": _holidays(prefecture_code, first, last),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, said)
        cursor.execute(_REOPEN, said)
        cursor.execute(_MAKE, said)
        made = cursor.rowcount
        cursor.execute(_FOLLOW, said)
        cursor.execute(_SIZES, said)
        said |= _overbooked(prefecture_code, cursor.fetchall())
        for statement in (_MAKE_SEATS, _NAME_SEATS, _WITHDRAW_SEATS):
            cursor.execute(statement, said)
    return made


def lock(prefecture_code: str) -> None:
    """Wait for a run of this prefecture to end: the calendar is opened by one at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"appointments.issue:{prefecture_code}"],
        )


def _overbooked(prefecture_code: str, pools: list[tuple[str, int]]) -> dict[str, list]:
    """How many seats more each size of half-day gets, for the share of people who stay away."""
    rates = {
        service: queries.no_show_rate(prefecture_code, service)
        for service in {service for service, _size in pools}
    }
    return {
        "services": [service for service, _size in pools],
        "sizes": [int(size) for _service, size in pools],
        "extras": [ordering.overbooking(int(size), rates[service]) for service, size in pools],
    }


def _holidays(prefecture_code: str, first: date, last: date) -> list[date]:
    years = range(first.year, last.year + 1)
    return sorted(
        day for day in territory.public_holidays(prefecture_code, *years) if first <= day <= last
    )


def is_holiday(prefecture_code: str, day: date) -> bool:
    """Whether that day is a public holiday there (code du travail L.3133-1, L.3134-13)."""
    return day in territory.public_holidays(prefecture_code, day.year)
