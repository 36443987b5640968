"""A copy of a whole dossier that its person asked for, from the asking to its file."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from dossiers.enums import ExportState
from dossiers.models.dossier import Dossier


class ExportQuerySet(models.QuerySet):
    def of_dossier(self, dossier):
        """The copies of a dossier, the last asked first."""
        return self.filter(dossier=dossier).order_by("-asked_at", "-pk")

    def making(self):
        """Copies that a job is making."""
        return self.filter(state=ExportState.MAKING)


class Export(models.Model):
    """One copy: its person's alone, of which no office sees even that it was asked for.

    The file ends by itself; its row then stays, as the line of something that was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="exports")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.MAKING)
    language = models.CharField(max_length=2)
    bytes_done = models.BigIntegerField(default=0)
    bytes_in_all = models.BigIntegerField(default=0)
    file = models.OneToOneField("vault.StoredFile", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_dossier_is_copied_once_at_a_time",
                fields=["dossier"],
                condition=Q(state="making"),
            ),
            models.UniqueConstraint(
                name="a_dossier_has_one_copy_to_take",
                fields=["dossier"],
                condition=Q(state="ready"),
            ),
            models.CheckConstraint(
                name="an_export_has_a_known_state", condition=Q(state__in=ExportState.values)
            ),
            models.CheckConstraint(
                name="an_export_that_was_made_has_its_file_and_no_other_has",
                condition=Q(state__in=["ready", "replaced"], file__isnull=False)
                | Q(state__in=["making", "failed"], file=None),
            ),
            models.CheckConstraint(
                name="an_export_that_is_no_longer_made_says_since_when",
                condition=Q(state="making", ended_at=None)
                | ~Q(state="making") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_export_is_never_more_than_done",
                condition=Q(bytes_done__gte=0, bytes_done__lte=F("bytes_in_all")),
            ),
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.state}"
