"""Arrival at the counter: the only thing that makes an appointment honoured."""

from django.conf import settings
from django.db import models


class CheckIn(models.Model):
    """One entry per appointment, at the database's own time, by the agent who compared the face."""

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

    def __str__(self):
        return f"check-in of {self.appointment_id}"
