"""A visit that cannot wait its turn: two people of the office say so, with a ground."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from appointments.enums import UrgencyGround


class UrgencyQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Those of the prefectures where they hold a post."""
        return self.filter(prefecture_code__in=person.prefectures)

    def agreed(self):
        """Said by one person and agreed to by another."""
        return self.filter(approved_at__isnull=False)

    def undecided(self):
        return self.filter(approved_at=None, declined_at=None)


class Urgency(models.Model):
    """Class 0 of the order, for one clearance. Nobody gives it alone, and all are counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clearance = models.ForeignKey(
        "appointments.Clearance", models.PROTECT, related_name="urgencies"
    )
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    ground = models.CharField(max_length=20, choices=UrgencyGround.choices)
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    # The same urgency at the office that the person left; the database alone carries it on.
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = UrgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_urgency_has_a_known_ground", condition=Q(ground__in=UrgencyGround.values)
            ),
            models.CheckConstraint(name="an_urgency_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="an_urgency_is_agreed_by_another",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, declined_at=None)
                & ~Q(approved_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="an_urgency_is_declined_by_another",
                condition=Q(declined_by=None, declined_at=None)
                | Q(declined_by__isnull=False, declined_at__isnull=False, approved_by=None)
                & ~Q(declined_by=F("asked_by")),
            ),
            models.UniqueConstraint(
                name="one_urgency_at_a_time_for_a_clearance",
                fields=["clearance"],
                condition=Q(declined_at=None),
            ),
            models.UniqueConstraint(
                name="an_urgency_is_referred_to_with_its_two_people",
                fields=["id", "clearance", "asked_by", "approved_by"],
            ),
        ]

    def __str__(self):
        return f"urgency {self.pk}"
