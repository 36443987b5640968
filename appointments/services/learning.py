"""How many people stay away, learned each night from the appointments that are past."""

from datetime import datetime, timedelta

from django.db import transaction

from appointments import queries
from appointments.models import NoShowRate, Service
from appointments.queries.rates import honoured_and_missed
from portal.core import clock

OVER = timedelta(days=180)
PRIOR_WEIGHT = 50
"""The prior counts as fifty visits: a small office is not led by its first ten."""


def learned_rate(honoured: int, missed: int) -> float:
    """The mean of a Beta law whose prior is the published share of people who stay away."""
    return (missed + PRIOR_WEIGHT * queries.PRIOR_NO_SHOW_RATE) / (honoured + missed + PRIOR_WEIGHT)


@transaction.atomic
def learn(prefecture_code: str, *, at: datetime) -> int:
    """Keep the rate of each service of a prefecture, dated. Twice the same day keeps one."""
    counted = {
        service: (came, stayed)
        for service, came, stayed in honoured_and_missed(prefecture_code, at=at, over=OVER)
    }
    rates = []
    for service in Service.objects.order_by("pk"):
        honoured, missed = counted.get(service.pk, (0, 0))
        rates.append(
            NoShowRate(
                prefecture_code=prefecture_code,
                service=service,
                learned_on=clock.legal_day(at),
                honoured=honoured,
                missed=missed,
                rate=learned_rate(honoured, missed),
            )
        )
    return len(NoShowRate.objects.bulk_create(rates, ignore_conflicts=True))
