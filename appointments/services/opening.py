"""The weekly hours of a counter, set by the supervisor of its prefecture."""

from datetime import date, time, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.utils.translation import gettext_lazy as _

from appointments.models import CounterSkill, OpeningPattern
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal

_REFUSALS = {
    "a_counter_has_one_opening_at_a_time": _(
        "Ce guichet est déjà ouvert à ces heures ce jour-là. Terminez d’abord l’autre horaire."
    )
}


@transaction.atomic
def open_counter(
    *, counter, service, weekday: int, hours: tuple[time, time], seats: int, first_day: date
) -> OpeningPattern:
    """Open a counter every week from a day on. The next run makes the slots.

    Raises DomainRefusal when the hours are too short for one visit or overlap others.
    """
    starts, ends = (moment.hour * 60 + moment.minute for moment in hours)
    if ends - starts < service.minutes:
        raise DomainRefusal(
            _("Ces heures sont trop courtes : une visite dure %(minutes)s minutes.")
            % {"minutes": service.minutes}
        )
    CounterSkill.objects.get_or_create(counter=counter, service=service)
    with refusing(_REFUSALS):
        opening = OpeningPattern.objects.create(
            counter=counter,
            service=service,
            weekday=weekday,
            minutes=NumericRange(starts, ends, "[)"),
            seats=seats,
            valid=DateRange(first_day, None, "[)"),
        )
    _write("counter.open", opening)
    return opening


@transaction.atomic
def end_opening(opening: OpeningPattern, *, today: date) -> None:
    """The hours end tonight: free slots are withdrawn at the next run, given ones are kept."""
    first = opening.valid.lower
    end = max(today, first) + timedelta(days=1) if first else today + timedelta(days=1)
    if opening.valid.upper is not None and opening.valid.upper <= end:
        return
    opening.valid = DateRange(first, end, "[)")
    opening.save(update_fields=["valid"])
    _write("counter.end", opening)


def _write(act: str, opening: OpeningPattern) -> None:
    journal.record(
        act,
        subject_type="opening",
        subject_id=opening.pk,
        prefecture=opening.counter.site.prefecture_id,
        facts={"counter": opening.counter_id, "service": opening.service_id},
    )
