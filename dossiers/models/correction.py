"""Slips of form put right by the office, in the open, and the person's word against them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from dossiers.models.evidence import Evidence
from dossiers.models.submission import Submission


class Correction(models.Model):
    """What an agent put right, old and new, with the reason and the paper that shows it.

    `changes` is {field: [old, new]}. The version that it made is signed by the office: the
    person swore nothing of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="corrections")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="correction")
    changes = models.JSONField()
    reason = models.TextField()
    proof = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    class Meta:
        verbose_name = _("correction")
        constraints = [
            models.CheckConstraint(name="a_correction_changes_something", condition=~Q(changes={})),
            models.CheckConstraint(name="a_correction_says_why", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.dossier_id} {', '.join(self.changes)}"


class CorrectionContest(models.Model):
    """The person says that a correction is not right; an agent must answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    correction = models.OneToOneField(Correction, models.PROTECT, related_name="contest")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    text = models.TextField()
    made_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_contest_says_what_is_not_right", condition=~Q(text="")),
            models.CheckConstraint(
                name="a_settled_contest_has_its_answer",
                condition=Q(settled_at=None, settled_by=None, settled_note="")
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_note=""),
            ),
        ]

    def __str__(self):
        return f"{self.correction_id}"
