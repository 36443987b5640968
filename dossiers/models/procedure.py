"""The published texts of each procedure: a draft keeps the one it was started under."""

from datetime import date
from functools import lru_cache

from django.db import models
from django.db.models import Func, Q

from dossiers.catalogue.loader import from_json
from dossiers.catalogue.reckoning import depends_on_the_day, on_the_day


class ProcedureVersionQuerySet(models.QuerySet):
    def latest_of(self, code):
        """The versions of one procedure, the one in force first."""
        return self.filter(code=code).order_by("-published_at", "-pk")


class ProcedureVersion(models.Model):
    """One text of a procedure, whole and never edited: the database refuses any change."""

    code = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    definition = models.JSONField()
    published_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_text_of_a_procedure_is_published_once", fields=["code", "digest"]
            ),
            # A dossier refers to both columns: it keeps to a text of its own procedure.
            models.UniqueConstraint(
                name="a_text_is_referred_to_with_its_procedure", fields=["id", "code"]
            ),
            models.CheckConstraint(
                name="a_digest_is_a_sha256", condition=Q(digest__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.digest[:8]}"


@lru_cache(maxsize=256)
def published(version_id):
    """The procedure as this version says it, read once: a published version never changes."""
    version = ProcedureVersion.objects.get(pk=version_id)
    return from_json(version.definition)


@lru_cache(maxsize=256)
def depends_on_filing(version_id):
    """Whether this text counts an age on the day of filing."""
    return depends_on_the_day(published(version_id))


@lru_cache(maxsize=256)
def published_on(version_id, day: date):
    """The same procedure, ages counted on that day."""
    return on_the_day(published(version_id), day)
