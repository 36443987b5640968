"""What the counters offer: services, skills, weekly openings, closures, slots and seats."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    DateRangeField,
    DateTimeRangeField,
    IntegerRangeField,
    RangeOperators,
)
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from appointments.enums import Purpose, SeatKind, SlotState

SEATS_AT_MOST = 20


class Service(models.Model):
    """What is done at a counter for one purpose, and how long it takes."""

    code = models.CharField(max_length=20, primary_key=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_service_serves_one_purpose", fields=["code", "purpose"]
            ),
            models.CheckConstraint(
                name="a_service_lasts_five_minutes_to_two_hours",
                condition=Q(minutes__gte=5, minutes__lte=120),
            ),
        ]

    def __str__(self):
        return self.code


class CounterSkill(models.Model):
    """A counter that is staffed and equipped for a service."""

    counter = models.ForeignKey("territory.Counter", models.PROTECT, related_name="skills")
    service = models.ForeignKey(Service, models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_counter_has_a_skill_once", fields=["counter", "service"]
            )
        ]

    def __str__(self):
        return f"{self.counter_id}: {self.service_id}"


class OpeningPattern(models.Model):
    """Plage d'ouverture: one counter, one weekday, some minutes of the day, while it is valid."""

    counter = models.ForeignKey("territory.Counter", models.PROTECT, related_name="openings")
    service = models.ForeignKey(Service, models.PROTECT)
    weekday = models.PositiveSmallIntegerField(
        help_text="1 is Monday", validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    minutes = IntegerRangeField(help_text="minutes after midnight, in Europe/Paris")
    seats = models.PositiveSmallIntegerField(default=1)
    valid = DateRangeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_opening_is_on_a_day_of_the_week",
                condition=Q(weekday__gte=1, weekday__lte=7),
            ),
            models.CheckConstraint(
                name="an_opening_is_inside_one_day",
                condition=Q(minutes__isempty=False, minutes__contained_by=(0, 1440)),
            ),
            models.CheckConstraint(
                name="an_opening_has_one_to_twenty_seats",
                condition=Q(seats__gte=1, seats__lte=SEATS_AT_MOST),
            ),
            ExclusionConstraint(
                name="a_counter_has_one_opening_at_a_time",
                expressions=[
                    ("counter", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    ("minutes", RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.counter_id} {self.weekday} {self.service_id}"


class Closure(models.Model):
    """A site shut for a while. Adding one revokes, in the database, every appointment it hits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="closures")
    prefecture_code = models.CharField(max_length=3)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=200)
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_closure_has_a_length", condition=Q(period__isempty=False)
            )
        ]

    def __str__(self):
        return f"closure {self.pk}"


class Slot(models.Model):
    """Créneau: one counter, one service, one moment. Seen by the issuing run alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    counter = models.ForeignKey("territory.Counter", models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    state = models.CharField(max_length=10, choices=SlotState.choices, default=SlotState.OPEN)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_slot_has_a_beginning_and_an_end",
                condition=Q(
                    period__isempty=False,
                    period__lower_inc=True,
                    period__upper_inc=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                ),
            ),
            models.CheckConstraint(
                name="a_slot_is_open_or_withdrawn", condition=Q(state__in=SlotState.values)
            ),
            models.UniqueConstraint(
                name="a_slot_is_one_place_and_moment",
                fields=["id", "prefecture_code", "site", "counter", "service", "period"],
            ),
            ExclusionConstraint(
                name="a_counter_is_in_one_slot_at_a_time",
                expressions=[
                    ("counter", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state=SlotState.OPEN),
            ),
        ]

    def __str__(self):
        return f"slot {self.pk}"


class Seat(models.Model):
    """Place: what one appointment takes in a slot."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=10,
        choices=SeatKind.choices,
        default=SeatKind.REGULAR,
        db_default=SeatKind.REGULAR,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_seat_has_a_known_kind", condition=Q(kind__in=SeatKind.values)
            ),
            models.UniqueConstraint(name="a_seat_exists_once", fields=["slot", "number"]),
            models.CheckConstraint(
                name="a_slot_has_at_most_twenty_seats",
                condition=Q(number__gte=1, number__lte=SEATS_AT_MOST),
            ),
        ]

    def __str__(self):
        return f"seat {self.number} of {self.slot_id}"
