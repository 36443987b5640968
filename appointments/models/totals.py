"""What the issuing role says of the calendar to those who may not see it."""

from django.db import models
from django.db.models import F, Q

from appointments.models.appointment import NOTICE


class DailyTotal(models.Model):
    """The places of a day at a site, for one service; and who is expected, once it matters.

    Places minus people expected is what is free. The number of people is therefore written
    only for past days and for days that no run gives any more, ten days ahead at most.
    """

    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    service = models.ForeignKey("appointments.Service", models.PROTECT, related_name="+")
    day = models.DateField()
    places = models.PositiveIntegerField()
    given = models.PositiveIntegerField(null=True)
    computed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_day_has_one_total", fields=["site", "service", "day"]),
            models.CheckConstraint(
                name="nobody_is_counted_on_a_day_that_a_run_may_still_give",
                condition=Q(given=None) | Q(day__lt=F("computed_on") + NOTICE),
            ),
        ]
        indexes = [models.Index(name="total_of_a_day", fields=["prefecture_code", "day"])]

    def __str__(self):
        return f"{self.site_id} {self.service_id} {self.day}"


class Forecast(models.Model):
    """How long those who wait will wait, in weeks, and how many places are missing, in fives."""

    prefecture_code = models.CharField(max_length=3)
    service = models.ForeignKey("appointments.Service", models.PROTECT, related_name="+")
    waiting = models.PositiveIntegerField()
    weeks_to_clear = models.PositiveSmallIntegerField(null=True)
    seats_missing = models.PositiveIntegerField()
    computed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_service_of_an_office_has_one_forecast",
                fields=["prefecture_code", "service"],
            ),
        ]

    def __str__(self):
        return f"{self.prefecture_code} {self.service_id}"
