"""What every personal table of the review carries, so that row-level security can read it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func


class PersonalRecord(models.Model):
    """One row about one person's dossier, seen by that person and by the office that has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True)

    class Meta:
        abstract = True


def portal_now():
    """The database's own clock, for columns that no caller may choose."""
    return Func(function="portal_now")


def about(case) -> dict:
    """The columns that a record of a case shares with it."""
    return {
        "dossier_id": case.dossier_id,
        "applicant_id": case.applicant_id,
        "prefecture_code": case.prefecture_code,
    }
