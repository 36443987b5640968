"""The files given for each piece of evidence the procedure asks for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from dossiers.enums import OTHER_DOCUMENT
from dossiers.models.dossier import Dossier


class EvidenceQuerySet(models.QuerySet):
    def given(self):
        """What is in the dossier now, in the order of the boxes' files."""
        return self.filter(removed_at=None).order_by("rule_code", "position", "pk")


class Evidence(models.Model):
    """One file in one box. Removing it only takes it out of the next filing.

    A document that nobody asked for says in its `note` what it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="evidence")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    rule_code = models.CharField(max_length=60)
    file = models.OneToOneField("vault.StoredFile", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    given_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    first_submission = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce justificative")
        constraints = [
            models.UniqueConstraint(
                name="files_of_a_box_are_in_order",
                fields=["dossier", "rule_code", "position"],
                condition=Q(removed_at=None),
            ),
            models.CheckConstraint(
                name="another_document_says_what_it_is",
                condition=Q(rule_code=OTHER_DOCUMENT) & ~Q(note="")
                | ~Q(rule_code=OTHER_DOCUMENT) & Q(note=""),
            ),
        ]

    def __str__(self):
        return f"{self.rule_code} {self.position}"
