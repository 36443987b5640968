"""Arrival at the counter: the only thing that makes an appointment honoured."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class CheckIn(models.Model):
    """One entry per appointment, at the database's own time, by the agent who compared the face.

    An arrival noted without the server keeps the moment that the device claims beside the true
    time of the entry: both are of the same legal day.
    """

    appointment = models.OneToOneField(
        "appointments.Appointment", models.PROTECT, primary_key=True, related_name="check_in"
    )
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    counter = models.ForeignKey("territory.Counter", models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    claimed_at = models.DateTimeField(
        null=True, blank=True, help_text="when a device without the server says that it was"
    )
    entry_key = models.UUIDField(
        null=True,
        blank=True,
        help_text="of the entry on that device: sent twice, entered once",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nobody_receives_themselves", condition=~Q(agent=F("applicant"))
            ),
            models.CheckConstraint(
                name="a_claimed_arrival_has_its_key",
                condition=Q(claimed_at=None, entry_key=None)
                | Q(claimed_at__isnull=False, entry_key__isnull=False, claimed_at__lte=F("at")),
            ),
            models.UniqueConstraint(name="an_entry_is_made_once", fields=["entry_key"]),
        ]

    @property
    def arrived_at(self):
        """When the person came, as far as is known."""
        return self.claimed_at or self.at

    def __str__(self):
        return f"check-in of {self.appointment_id}"
