"""Opening hours for the demonstration's counters: every weekday, morning and afternoon."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange

from appointments.enums import Purpose
from appointments.models import CounterSkill, OpeningPattern
from portal.territory.api import Counter

OPEN_SINCE = date(2026, 1, 1)
WEEKDAYS = range(1, 6)
MORNING, AFTERNOON = (9 * 60, 12 * 60), (13 * 60 + 30, 16 * 60)


def load() -> None:
    """Open every counter that has no hours yet; running it again changes nothing.

    At each site the second counter takes fingerprints and the others hand over cards.
    """
    rank_at: dict[int, int] = {}
    for counter in Counter.objects.order_by("site", "name", "pk"):
        rank = rank_at[counter.site_id] = rank_at.get(counter.site_id, 0) + 1
        purpose = Purpose.BIOMETRICS if rank == 2 else Purpose.COLLECTION
        open_counter(counter, purpose.value)


def open_counter(counter: Counter, service: str) -> None:
    """Give a counter the skill of a service, and its hours."""
    CounterSkill.objects.get_or_create(counter=counter, service_id=service)
    if OpeningPattern.objects.filter(counter=counter).exists():
        return
    OpeningPattern.objects.bulk_create(
        OpeningPattern(
            counter=counter,
            service_id=service,
            weekday=weekday,
            minutes=NumericRange(*hours, bounds="[)"),
            seats=1,
            valid=DateRange(OPEN_SINCE, None, bounds="[)"),
        )
        for weekday in WEEKDAYS
        for hours in (MORNING, AFTERNOON)
    )
