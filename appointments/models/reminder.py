"""What was said again before a visit, and the notices that never reached their person."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.enums import ReminderChannel, ReminderKind


class Reminder(models.Model):
    """One reminder of an appointment; the row goes with its message, so none is sent twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(
        "appointments.Appointment", models.PROTECT, related_name="reminders"
    )
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ReminderKind.choices)
    channel = models.CharField(max_length=10, choices=ReminderChannel.choices)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_reminder_is_of_a_known_kind", condition=Q(kind__in=ReminderKind.values)
            ),
            models.CheckConstraint(
                name="a_reminder_goes_by_a_known_channel",
                condition=Q(channel__in=ReminderChannel.values),
            ),
            models.UniqueConstraint(
                name="an_appointment_is_reminded_once_of_each_kind",
                fields=["appointment", "kind"],
            ),
        ]

    def __str__(self):
        return f"reminder of {self.appointment_id}"


class UndeliveredNoticeQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Those of the prefectures where they hold a post."""
        return self.filter(prefecture_code__in=person.prefectures)

    def standing(self):
        """Nothing shows that the person knows: who does not come has not missed anything."""
        return self.filter(reached_at=None)


class UndeliveredNotice(models.Model):
    """No message about this appointment arrived, and its person never opened it.

    `reached_at` ends it: a message went at last, the person opened the notice, or an agent
    (`reached_by`) reached them by another way.
    """

    appointment = models.OneToOneField(
        "appointments.Appointment", models.PROTECT, primary_key=True, related_name="undelivered"
    )
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    reached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = UndeliveredNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_reached_somebody_did_it_at_a_moment",
                condition=Q(reached_by=None) | Q(reached_at__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_reaches_themselves",
                condition=Q(reached_by=None) | ~Q(reached_by=models.F("applicant")),
            ),
        ]

    def __str__(self):
        return f"undelivered notice of {self.appointment_id}"
