"""What failed on our side, as the server recorded it, and the certificates that say so."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from dossiers.enums import FailureKind
from dossiers.models.dossier import Dossier

MOST_AN_HOUR = 5


class Failure(models.Model):
    """Something that failed for one person, recorded after it, whatever was rolled back.

    `place` is the name of the page, never what was typed there. A person who meets the same
    fault in a loop fills no table: an hour holds five of their failures.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="failures")
    kind = models.CharField(max_length=8, choices=FailureKind.choices)
    place = models.CharField(max_length=100)
    happened_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    hour = models.DateTimeField()
    rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="failures_of_a_person_are_numbered_in_each_hour",
                fields=["applicant", "hour", "rank"],
            ),
            models.CheckConstraint(
                name="an_hour_holds_few_failures_of_a_person",
                condition=Q(rank__gte=1, rank__lte=MOST_AN_HOUR),
            ),
            models.CheckConstraint(
                name="a_failure_has_a_known_kind",
                condition=Q(kind__in=[FailureKind.PAGE, FailureKind.UPLOAD]),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.place}"


class Downtime(models.Model):
    """A time when the portal did not answer, declared by those who run it once it is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_downtime_ends_after_it_begins", condition=Q(ended_at__gt=F("begun_at"))
            ),
            models.CheckConstraint(
                name="a_downtime_is_declared_once_over",
                condition=Q(declared_at__gte=F("ended_at")),
            ),
            models.UniqueConstraint(
                name="a_downtime_is_declared_once", fields=["begun_at", "ended_at"]
            ),
        ]

    def __str__(self):
        return f"{self.begun_at} {self.ended_at}"


class IncidentCertificate(models.Model):
    """Our word that we failed, and since when the filing window of a procedure is frozen by it.

    What it states is copied by the database from the record of the failure: nobody dictates it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=14, unique=True)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="certificates")
    failure = models.ForeignKey(Failure, models.PROTECT, null=True, related_name="certificates")
    downtime = models.ForeignKey(Downtime, models.PROTECT, null=True, related_name="+")
    letter = models.OneToOneField("correspondence.Letter", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    # Set by a trigger, from the failure and from the dossier.
    procedure_code = models.CharField(max_length=60)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    frozen_until = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_certificate_states_one_recorded_failure",
                condition=Q(failure__isnull=False, downtime=None)
                | Q(failure=None, downtime__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_failure_is_certified_once_for_a_dossier", fields=["dossier", "failure"]
            ),
            models.UniqueConstraint(
                name="a_downtime_is_certified_once_for_a_dossier", fields=["dossier", "downtime"]
            ),
            models.CheckConstraint(
                name="a_certificate_has_a_number_that_can_be_typed",
                condition=Q(
                    number__regex=r"^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$"
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="freezes_of_a_person", fields=["applicant", "procedure_code", "frozen_until"]
            ),
        ]

    def __str__(self):
        return self.number
