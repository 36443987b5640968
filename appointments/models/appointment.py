"""An appointment: given by the issuing run, never chosen, never changed, never passed on."""

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from appointments.enums import (
    LIVE_STATES,
    SEATED_STATES,
    AppointmentState,
    ChangeReason,
    Purpose,
)
from appointments.ordering import FAMILY_AT_MOST, NOTICE

CHANGES_AT_MOST = 2


class AppointmentQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Their own, or those of the prefectures where they hold a post."""
        return self.filter(Q(applicant=person) | Q(prefecture_code__in=person.prefectures))

    def live(self):
        return self.filter(state__in=LIVE_STATES)

    def newest_first(self):
        return self.order_by("-issued_at", "-attempt", "pk")


class AppointmentTransition(models.Model):
    """A move that an appointment may make; the database reads this table at every change."""

    source = models.CharField(max_length=10)
    target = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_transition_is_listed_once", fields=["source", "target"])
        ]

    def __str__(self):
        return f"{self.source} → {self.target}"


class Appointment(models.Model):
    """Rendez-vous: one person, one dossier, one seat. Only its state ever changes.

    The place and the moment are copied from the slot, which the web may not read: a page
    that could list free seats would bring back the trade in appointments.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What a clearance and a slot say is carried by two composite keys (migrations 0002 and 0007):
    # keys of one column would ask the same again, eight times for each appointment of a run.
    clearance = models.ForeignKey(
        "appointments.Clearance", models.PROTECT, related_name="appointments", db_constraint=False
    )
    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, related_name="appointments", db_constraint=False
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_constraint=False
    )
    person = models.ForeignKey(
        "dossiers.Person", models.PROTECT, related_name="+", db_constraint=False
    )
    prefecture_code = models.CharField(max_length=3)
    service = models.ForeignKey(
        "appointments.Service", models.PROTECT, related_name="+", db_constraint=False
    )
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    slot = models.ForeignKey(
        "appointments.Slot", models.PROTECT, related_name="appointments", db_constraint=False
    )
    seat_number = models.PositiveSmallIntegerField()
    site = models.ForeignKey(
        "territory.Site", models.PROTECT, related_name="+", db_constraint=False
    )
    counter = models.ForeignKey(
        "territory.Counter", models.PROTECT, related_name="+", db_constraint=False
    )
    period = DateTimeRangeField()
    state = models.CharField(
        max_length=10, choices=AppointmentState.choices, default=AppointmentState.ISSUED
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    user_changes = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    urgency = models.ForeignKey(
        "appointments.Urgency", models.PROTECT, null=True, blank=True, related_name="+"
    )
    urgent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    urgent_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # with its clearance and its seat by a composite key (migration 0016)
    offer = models.ForeignKey(
        "appointments.ShortNoticeOffer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    family = models.UUIDField(
        null=True, blank=True, help_text="those who were given seats together"
    )
    family_size = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=8, help_text="short code, typed at the counter")
    scan_id = models.UUIDField(default=uuid.uuid4, help_text="random; in the signed QR alone")
    letter = models.ForeignKey("correspondence.Letter", models.PROTECT, null=True, related_name="+")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_appointment_has_a_known_state",
                condition=Q(state__in=AppointmentState.values),
            ),
            models.CheckConstraint(
                name="at_most_two_changes_asked_by_the_person",
                condition=Q(user_changes__gte=0, user_changes__lte=CHANGES_AT_MOST),
            ),
            models.CheckConstraint(
                name="ten_days_notice_unless_urgent_or_accepted",
                condition=Q(period__startswith__gte=F("issued_at") + NOTICE)
                | Q(urgent_by__isnull=False, urgent_approved_by__isnull=False)
                & ~Q(urgent_by=F("urgent_approved_by"))
                | Q(offer__isnull=False),
            ),
            models.CheckConstraint(
                name="an_urgent_appointment_names_its_urgency_and_two_people",
                condition=Q(urgency=None, urgent_by=None, urgent_approved_by=None)
                | Q(
                    urgency__isnull=False,
                    urgent_by__isnull=False,
                    urgent_approved_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_family_is_two_to_eight_people",
                condition=Q(family=None, family_size=None)
                | Q(
                    family__isnull=False,
                    family_size__isnull=False,
                    family_size__gte=2,
                    family_size__lte=FAMILY_AT_MOST,
                ),
            ),
            models.CheckConstraint(name="an_attempt_is_counted", condition=Q(attempt__gte=1)),
            models.UniqueConstraint(
                name="a_seat_is_given_once",
                fields=["slot", "seat_number"],
                condition=Q(state__in=SEATED_STATES),
            ),
            models.UniqueConstraint(
                name="an_offer_becomes_one_appointment",
                fields=["offer"],
                condition=Q(offer__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_live_appointment_per_dossier_and_purpose",
                fields=["dossier", "purpose"],
                condition=Q(state__in=LIVE_STATES),
            ),
            models.UniqueConstraint(
                name="attempts_are_numbered", fields=["dossier", "purpose", "attempt"]
            ),
            models.UniqueConstraint(name="a_code_opens_one_appointment", fields=["code"]),
            models.UniqueConstraint(name="a_scan_opens_one_appointment", fields=["scan_id"]),
            models.UniqueConstraint(
                name="an_appointment_is_for_one_person_and_place",
                fields=["id", "dossier", "applicant", "prefecture_code", "site"],
            ),
            ExclusionConstraint(
                name="an_applicant_is_in_one_place_at_a_time",
                expressions=[
                    ("applicant", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=LIVE_STATES),
            ),
            ExclusionConstraint(
                name="a_person_is_in_one_place_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=LIVE_STATES),
            ),
        ]
        indexes = [
            models.Index(name="appointment_of_the_day", fields=["site", "period"]),
            models.Index(
                name="appointments_of_a_family",
                fields=["family"],
                condition=Q(family__isnull=False),
            ),
        ]

    def __str__(self):
        return f"appointment {self.pk}"

    @property
    def starts_at(self):
        return self.period.lower

    @property
    def ends_at(self):
        return self.period.upper

    @property
    def is_live(self):
        return self.state in LIVE_STATES


class ChangeRequest(models.Model):
    """A person says they cannot come. The row itself gives the appointment back (trigger)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="change_request")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=ChangeReason.choices)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_change_has_a_reason", condition=Q(reason__in=ChangeReason.values)
            )
        ]

    def __str__(self):
        return f"change of {self.appointment_id}"
