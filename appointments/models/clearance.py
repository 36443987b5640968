"""The right to one visit, born of a completed review and of nothing else."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from appointments.enums import Purpose


class ClearanceQuerySet(models.QuerySet):
    def live(self):
        return self.filter(revoked_at=None)

    def visible_to(self, person):
        """Their own, or those of the prefectures where they hold a post."""
        return self.filter(Q(applicant=person) | Q(prefecture_code__in=person.prefectures))


class Clearance(models.Model):
    """Habilitation au rendez-vous: it cannot exist without the step that completed the review.

    The name, number and papers to bring are copied here, so that the issuing run, which may
    see free seats, reads no dossier at all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="clearances")
    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="+")
    step = models.OneToOneField("workflows.Step", models.PROTECT, related_name="+")
    clears = models.BooleanField(default=True, db_default=True)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey("dossiers.Person", models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    service = models.ForeignKey("appointments.Service", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    cleared_at = models.DateTimeField()
    filed_at = models.DateTimeField(help_text="keeps its rank whatever happens to appointments")
    deadline_on = models.DateField(null=True, help_text="the day the person's cover ends")
    is_vulnerable = models.BooleanField(default=False, db_default=False)
    # Whose students' counter has the case; the database reads it there, whatever the caller says.
    student_counter = models.ForeignKey(
        "territory.Service", models.PROTECT, null=True, blank=True, related_name="+"
    )
    household = models.UUIDField(
        null=True, blank=True, help_text="who comes together; the account's own when empty"
    )
    holder_name = models.CharField(max_length=200)
    asked_by = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        help_text="the adult who asks for the holder; empty for who asks for oneself",
    )
    dossier_number = models.CharField(max_length=20)
    language = models.CharField(max_length=5, default="fr")
    bring = models.JSONField(default=list, help_text="papers to bring: one text by language each")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_clearance_comes_from_a_clearing_step", condition=Q(clears=True)
            ),
            models.UniqueConstraint(
                name="one_live_clearance_per_dossier_and_purpose",
                fields=["dossier", "purpose"],
                condition=Q(revoked_at=None),
            ),
            models.UniqueConstraint(
                name="a_clearance_is_for_one_person_and_place",
                fields=[
                    "id",
                    "dossier",
                    "applicant",
                    "person",
                    "prefecture_code",
                    "service",
                    "purpose",
                ],
            ),
        ]
        indexes = [
            models.Index(
                name="clearance_waiting",
                fields=["prefecture_code", "filed_at"],
                condition=Q(revoked_at=None),
            )
        ]

    def __str__(self):
        return f"clearance {self.pk}"

    @property
    def kept_rank(self) -> "KeptRank | None":
        """What it keeps from the office that the person left; None for a right born here."""
        return getattr(self, "kept", None)


class KeptRank(models.Model):
    """What a right to a visit keeps of the one that it follows, at another office.

    Written before the former right is revoked and the new one is made, in one transaction; the
    database counts all of it from the former right, whatever the caller says. The issuing run of
    the new office reads it here, for it sees nothing of the former one.
    """

    clearance = models.OneToOneField(
        Clearance, models.PROTECT, primary_key=True, related_name="kept"
    )
    former = models.OneToOneField(Clearance, models.PROTECT, related_name="followed_by")
    first = models.ForeignKey(
        Clearance,
        models.PROTECT,
        related_name="+",
        help_text="where the chain began; a calendar knows the visit by it",
    )
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    waiting_since = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, help_text="appointments given before")
    changes = models.PositiveSmallIntegerField(default=0, help_text="asked for by the person")
    missed = models.PositiveSmallIntegerField(default=0)
    readmitted = models.PositiveSmallIntegerField(default=0)
    taken_back = models.PositiveSmallIntegerField(default=0, help_text="by the office, not by them")
    avoided = ArrayField(models.DateField(), default=list, help_text="days that they gave back")
    is_doubted = models.BooleanField(
        default=False, help_text="nobody could recognise them, and nobody has spoken with them yet"
    )
    at = models.DateTimeField()

    def __str__(self):
        return f"rank kept by {self.clearance_id}"


class Readmission(models.Model):
    """An agent spoke with a person who missed two appointments: they may be given another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clearance = models.ForeignKey(Clearance, models.PROTECT, related_name="readmissions")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"readmission of {self.clearance_id}"
