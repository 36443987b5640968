"""The share of people who stay away, as it was last learned."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from appointments.enums import AppointmentState
from appointments.models import Appointment, NoShowRate, UndeliveredNotice

PRIOR_NO_SHOW_RATE = 0.08
"""What offices that issue appointments with reminders have published."""


def no_show_rate(prefecture_code: str, service_code: str) -> float:
    """The last rate learned for a service of a prefecture; the prior before the first."""
    learned = NoShowRate.objects.filter(prefecture_code=prefecture_code, service=service_code)
    rate = learned.order_by("-learned_on", "pk").values_list("rate", flat=True).first()
    return PRIOR_NO_SHOW_RATE if rate is None else rate


def honoured_and_missed(
    prefecture_code: str, *, at: datetime, over: timedelta
) -> list[tuple[str, int, int]]:
    """How many came and how many did not, by service, of the last months.

    Who was never reached has missed nothing.
    """
    untold = UndeliveredNotice.objects.standing().filter(appointment=OuterRef("pk"))
    past = Appointment.objects.filter(
        ~Q(state=AppointmentState.MISSED) | ~Exists(untold),
        prefecture_code=prefecture_code,
        state__in=(AppointmentState.HONOURED, AppointmentState.MISSED),
        period__endswith__gt=at - over,
        period__endswith__lte=at,
    )
    counted = past.values("service").annotate(
        came=Count("pk", filter=Q(state=AppointmentState.HONOURED)),
        stayed_away=Count("pk", filter=Q(state=AppointmentState.MISSED)),
    )
    return list(counted.order_by("service").values_list("service", "came", "stayed_away"))
