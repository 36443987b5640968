"""Codes that serve once: a photo's, a tax stamp's."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func, Q

from dossiers.enums import CodeKind
from dossiers.models.dossier import Dossier


class CodeUse(models.Model):
    """One code, used by one dossier for ever: the photo of the e-photo sheet, a tax stamp.

    `digest` is keyed, as that of a passport is: it finds the same code again and tells nothing
    to someone who reads the table without the key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=CodeKind.choices)
    digest = models.CharField(max_length=64)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    used_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_code_serves_one_dossier", fields=["kind", "digest"]),
            models.CheckConstraint(
                name="a_code_is_of_a_photo_or_of_a_stamp",
                condition=Q(kind__in=[kind.value for kind in CodeKind]),
            ),
            models.CheckConstraint(
                name="a_code_is_kept_as_a_sha256", condition=Q(digest__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.dossier_id}"
