"""What the counters offer: services, skills, weekly openings, closures, slots and seats."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DateTimeRangeField,
    IntegerRangeField,
    RangeOperators,
)
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from appointments.enums import Purpose, SeatKind, SlotState

SEATS_AT_MOST = 20


class Service(models.Model):
    """What is done at a counter for one purpose, and how long it takes.

    `minutes` for one person alone; the others are added for what a person needs. A visit fits
    in a slot that is at least so long: the counters that receive families or with an
    interpreter open longer slots (`OpeningPattern.slot_minutes`).
    """

    code = models.CharField(max_length=20, primary_key=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    minutes = models.PositiveSmallIntegerField()
    companion_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    interpreter_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    step_free_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_service_serves_one_purpose", fields=["code", "purpose"]
            ),
            models.CheckConstraint(
                name="a_service_lasts_five_minutes_to_two_hours",
                condition=Q(minutes__gte=5, minutes__lte=120),
            ),
            models.CheckConstraint(
                name="a_need_adds_at_most_an_hour",
                condition=Q(
                    companion_minutes__lte=60,
                    interpreter_minutes__lte=60,
                    step_free_minutes__lte=60,
                ),
            ),
        ]

    def __str__(self):
        return self.code

    def minutes_for(self, *, companions=0, interpreter=False, step_free=False) -> int:
        """How long the visit of this person lasts, with who comes along and what they need."""
        return (
            self.minutes
            + companions * self.companion_minutes
            + bool(interpreter) * self.interpreter_minutes
            + bool(step_free) * self.step_free_minutes
        )


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
    """Plage d'ouverture: one counter, one weekday, some minutes of the day, while it is valid.

    It ends and never changes (trigger): a change is another pattern from a day on, so that what
    was opened in the past stays written. `reserve`: how many of its seats of a half-day are kept
    for the last days. `interpreters`: languages (ISO 639) spoken there during these hours.
    """

    counter = models.ForeignKey("territory.Counter", models.PROTECT, related_name="openings")
    service = models.ForeignKey(Service, models.PROTECT)
    weekday = models.PositiveSmallIntegerField(
        help_text="1 is Monday", validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    minutes = IntegerRangeField(help_text="minutes after midnight, in Europe/Paris")
    seats = models.PositiveSmallIntegerField(default=1)
    reserve = models.PositiveSmallIntegerField(default=0, db_default=0)
    slot_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="length of a slot; the service's own when empty"
    )
    interpreters = ArrayField(models.CharField(max_length=3), default=list, blank=True)
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
            models.CheckConstraint(
                name="an_opening_has_slots_of_five_minutes_to_four_hours",
                condition=Q(slot_minutes=None) | Q(slot_minutes__gte=5, slot_minutes__lte=240),
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

    @property
    def length(self) -> int:
        """Minutes of one of its slots."""
        return self.slot_minutes or self.service.minutes

    @property
    def is_given_up(self) -> bool:
        """Whether it was ended before its first day."""
        return self.valid.isempty


class Closure(models.Model):
    """A site shut for a while. Adding one revokes, in the database, every appointment it hits.

    It begins with a length and only ever becomes shorter; one given up before its first day is
    left empty. Nobody gets a revoked appointment back: its seat is given by the next runs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="closures")
    prefecture_code = models.CharField(max_length=3)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=200)
    closed_at = models.DateTimeField()

    def __str__(self):
        return f"closure {self.pk}"


class Slot(models.Model):
    """Créneau: one counter, one service, one moment. Seen by the issuing run alone.

    What its pattern said is copied here for the run: how many are received at once (`places`),
    the languages spoken, and at a university counter whose students alone come.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    counter = models.ForeignKey("territory.Counter", models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    state = models.CharField(max_length=10, choices=SlotState.choices, default=SlotState.OPEN)
    places = models.PositiveSmallIntegerField(default=SEATS_AT_MOST, db_default=SEATS_AT_MOST)
    interpreters = ArrayField(
        models.CharField(max_length=3), default=list, db_default=[], blank=True
    )
    student_counter = models.ForeignKey(
        "territory.Service", models.PROTECT, null=True, blank=True, related_name="+"
    )

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
        indexes = [
            models.Index(
                F("prefecture_code"), F("period__startswith"), name="slot_of_the_days_to_come"
            )
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
