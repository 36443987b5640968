"""What the person changes in a filed request before it is decided, and has not sent yet."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func, Q

from dossiers.models.dossier import Dossier
from dossiers.models.evidence import Evidence
from dossiers.models.submission import Submission


class AmendmentQuerySet(models.QuerySet):
    def being_made(self):
        """Neither sent nor given up."""
        return self.filter(submission=None, dropped_at=None)


class Amendment(models.Model):
    """Changes prepared apart from everything else: only its person sees them until they are sent.

    `changes` is {question: answer, or null once emptied}, laid over what was filed last, so that
    a completion or a correction sent meanwhile is neither undone nor disturbed. Sent, it is one
    `submission`, for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="amendments")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changes = models.JSONField(default=dict)
    raw_answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    updated_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)
    submission = models.OneToOneField(
        Submission, models.PROTECT, null=True, blank=True, related_name="amendment"
    )

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_amendment_at_a_time_per_dossier",
                fields=["dossier"],
                condition=Q(submission=None, dropped_at=None),
            ),
            models.CheckConstraint(
                name="an_amendment_is_sent_or_given_up",
                condition=Q(submission=None) | Q(dropped_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.revision}"


class AmendedFile(models.Model):
    """A file received for an amendment; it becomes a piece of evidence when that is sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="files")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rule_code = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    file = models.OneToOneField("vault.StoredFile", models.PROTECT, related_name="+")
    replaces = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_filed_document_is_replaced_once_at_a_time",
                fields=["amendment", "replaces"],
                condition=Q(removed_at=None, replaces__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.rule_code} {self.file_id}"
