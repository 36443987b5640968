"""Opening the calendar: slots and seats from weekly patterns, for the days to come."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef

from appointments.enums import SEATED_STATES, SlotState
from appointments.models import Appointment, Closure, OpeningPattern, Seat, Slot
from portal.core import clock
from portal.territory import api as territory

HORIZON_DAYS = 60
SLOTS_NAMESPACE = UUID("5d0f6b5e-8f0c-5f0e-9f5e-0d7f0a6c2a11")


@transaction.atomic
def open_slots(prefecture_code: str, horizon_days: int = HORIZON_DAYS, *, at: datetime) -> int:
    """Make the slots and seats of the coming days; withdraw those that no pattern makes any more.

    Running it again adds only what is missing. Returns the number of new slots. A slot that
    somebody holds is never withdrawn: closing a site is what takes appointments back.
    """
    wanted = {slot.pk: (slot, seats) for slot, seats in _wanted(prefecture_code, horizon_days, at)}
    ahead = Slot.objects.filter(prefecture_code=prefecture_code, period__startswith__gt=at)
    held = Appointment.objects.filter(slot=OuterRef("pk"), state__in=SEATED_STATES)
    ahead.filter(~Exists(held), state=SlotState.OPEN).exclude(pk__in=wanted).update(
        state=SlotState.WITHDRAWN
    )
    known = set(ahead.values_list("pk", flat=True))
    _reopen(ahead.filter(state=SlotState.WITHDRAWN, pk__in=wanted))
    new = [slot for slot, _seats in wanted.values() if slot.pk not in known]
    # a counter that is already taken at that moment (a slot somebody holds) stays as it is
    Slot.objects.bulk_create(new, ignore_conflicts=True)
    made = set(ahead.filter(state=SlotState.OPEN, pk__in=wanted).values_list("pk", flat=True))
    Seat.objects.bulk_create(
        [Seat(slot_id=pk, number=number) for pk in made for number in range(1, wanted[pk][1] + 1)],
        ignore_conflicts=True,
    )
    return len(made - known)


def _reopen(slots) -> None:
    for slot in slots.order_by("pk"):
        clash = Slot.objects.filter(
            counter=slot.counter_id, period__overlap=slot.period, state=SlotState.OPEN
        )
        if not clash.exists():
            Slot.objects.filter(pk=slot.pk).update(state=SlotState.OPEN)


def _wanted(prefecture_code: str, horizon_days: int, at: datetime) -> Iterator[tuple[Slot, int]]:
    patterns = list(
        OpeningPattern.objects.filter(counter__site__prefecture=prefecture_code)
        .select_related("counter", "service")
        .order_by("pk")
    )
    closed: dict[int, list] = {}
    for closure in Closure.objects.filter(
        prefecture_code=prefecture_code, period__endswith__gt=at
    ).order_by("pk"):
        closed.setdefault(closure.site_id, []).append(closure.period)
    first = clock.legal_day(at)
    for day in (first + timedelta(days=count) for count in range(1, horizon_days + 1)):
        if is_holiday(prefecture_code, day):
            continue
        for pattern in patterns:
            for slot in _slots_of(pattern, prefecture_code, day):
                if not any(_overlap(slot.period, one) for one in closed.get(slot.site_id, ())):
                    yield slot, pattern.seats


def _slots_of(pattern: OpeningPattern, prefecture_code: str, day: date) -> Iterator[Slot]:
    if day.isoweekday() != pattern.weekday or not _is_valid(pattern, day):
        return
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.PARIS)
    minute, last = pattern.minutes.lower, pattern.minutes.upper
    while minute + pattern.service.minutes <= last:
        hour, rest = divmod(minute, 60)
        starts_at = midnight.replace(hour=hour, minute=rest)
        ends_at = starts_at + timedelta(minutes=pattern.service.minutes)
        name = f"{pattern.counter_id}/{pattern.service_id}/{starts_at.isoformat()}"
        yield Slot(
            # the same slot always has the same identifier: making it twice makes it once
            pk=uuid5(SLOTS_NAMESPACE, name),
            prefecture_code=prefecture_code,
            site_id=pattern.counter.site_id,
            counter_id=pattern.counter_id,
            service_id=pattern.service_id,
            period=DateTimeTZRange(starts_at, ends_at, "[)"),
        )
        minute += pattern.service.minutes


def _is_valid(pattern: OpeningPattern, day: date) -> bool:
    lower, upper = pattern.valid.lower, pattern.valid.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)


def _overlap(one, other) -> bool:
    starts_before = other.upper is None or one.lower < other.upper
    return starts_before and (other.lower is None or other.lower < one.upper)


def is_holiday(prefecture_code: str, day: date) -> bool:
    """Whether that day is a public holiday there (code du travail L.3133-1, L.3134-13)."""
    return day in territory.public_holidays(prefecture_code, day.year)
