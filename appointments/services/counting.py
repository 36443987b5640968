"""Visits per title, counted from the check-ins and published."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from appointments.models import PUBLISHED_FROM, VisitFigure
from portal.core import clock

MONTHS_RECOUNTED = 2

# One pass for every prefecture and for all of them ("").
_COUNT = """
with shown as (
    select given.id, given.dossier_id, given.prefecture_code, given.purpose, given.state,
           lower(given.period) as day, lower(given.period) - clearance.cleared_at as waited
    from appointments_appointment given
    join appointments_clearance clearance on clearance.id = given.clearance_id
    where given.state in ('honoured', 'missed')
      -- who was never reached has missed nothing
      and not exists (select from appointments_undeliverednotice notice
                      where notice.appointment_id = given.id and notice.reached_at is null
                        and given.state = 'missed')
      and lower(given.period) >= %(start)s and lower(given.period) < %(end)s
), ended as (
    select coalesce(prefecture_code, '') as office,
           count(*) filter (where state = 'honoured') as honoured,
           count(*) filter (where state = 'missed') as missed,
           percentile_cont(0.5) within group (order by extract(epoch from waited) / 86400)
               filter (where state = 'honoured') as waited
    from shown group by grouping sets ((prefecture_code), ())
), title as (
    select dossier_id, prefecture_code from shown
    where purpose = 'collection' and state = 'honoured'
), taken as (
    select coalesce(title.prefecture_code, '') as office,
           count(distinct title.dossier_id) as titles, count(*) as visits
    from title join appointments_checkin entry on entry.dossier_id = title.dossier_id
    group by grouping sets ((title.prefecture_code), ())
)
select office, titles, visits, honoured, missed, round(waited)::int
from taken join ended using (office) where titles >= %(least)s
"""


@transaction.atomic
def count_visits(*, at: datetime) -> int:
    """Count the month before and the month of this moment; returns how many figures stand.

    Counting again gives the same rows: what is published of a month is what the check-ins say.
    """
    counted = 0
    month = clock.legal_day(at).replace(day=1)
    for _back in range(MONTHS_RECOUNTED):
        counted += _count(month, at)
        month = (month - timedelta(days=1)).replace(day=1)
    return counted


def _rows(month: date) -> list[tuple]:
    following = (month + timedelta(days=32)).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {"start": _midnight(month), "end": _midnight(following), "least": PUBLISHED_FROM},
        )
        return cursor.fetchall()


def _count(month: date, at: datetime) -> int:
    rows = _rows(month)
    VisitFigure.objects.bulk_create(
        [
            VisitFigure(
                prefecture_code=office,
                month=month,
                titles=titles,
                visits=visits,
                honoured=honoured,
                missed=missed,
                waited_days=waited,
                counted_at=at,
            )
            for office, titles, visits, honoured, missed, waited in rows
        ],
        update_conflicts=True,
        unique_fields=["prefecture_code", "month"],
        update_fields=["titles", "visits", "honoured", "missed", "waited_days", "counted_at"],
    )
    return len(rows)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.PARIS)
