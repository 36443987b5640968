"""Days that differ from the weekly hours: a counter out, a site that opens, whose students come."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from appointments.enums import OutageKind


class CounterOutage(models.Model):
    """A counter that receives nobody for a while; adding one revokes every appointment it hits.

    Like a closure, it only ever becomes shorter, and is left empty when it is given up. The absent
    agent is not named: the counter and the days are all that the calendar needs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counter = models.ForeignKey("territory.Counter", models.PROTECT, related_name="outages")
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    period = DateTimeRangeField()
    kind = models.CharField(max_length=20, choices=OutageKind.choices)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_outage_has_a_beginning_and_an_end",
                condition=Q(period__isempty=True)
                | Q(period__lower_inf=False, period__upper_inf=False),
            ),
            models.CheckConstraint(
                name="an_outage_is_of_a_known_kind", condition=Q(kind__in=OutageKind.values)
            ),
        ]

    def __str__(self):
        return f"outage {self.pk}"


class OpenDay(models.Model):
    """A day on which a site opens although the calendar says no.

    A public holiday on which it works all the same, or a stop of a mobile counter, which opens
    on these days and on no other. To undo one, close the site: a closure always wins.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="open_days")
    prefecture_code = models.CharField(max_length=3)
    day = models.DateField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_site_opens_a_day_once", fields=["site", "day"])
        ]

    def __str__(self):
        return f"{self.site_id} opens on {self.day}"


class StudentSite(models.Model):
    """The site of a students' counter: whose students it receives, from a day to a day.

    The service knows its institutions (`territory.Affiliation`), and the case its service.
    """

    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    service = models.ForeignKey("territory.Service", models.PROTECT, related_name="+")
    # Always "student_counter": a composite key of the migration refuses any other service.
    kind = models.GeneratedField(
        expression=Value("student_counter"),
        output_field=models.CharField(max_length=16),
        db_persist=True,
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_student_site_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            ExclusionConstraint(
                name="a_site_receives_the_students_of_one_counter_at_a_time",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.site_id} → {self.service_id}"
