"""The published texts of each procedure: a draft keeps the one it was started under."""

from functools import lru_cache

from django.db import models
from django.db.models import Func, Q

from dossiers.catalogue.law import has_dated_rows, in_force
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


@lru_cache(maxsize=1024)
def published(version_id, on=None):
    """The procedure as this version says it, read once: a published version never changes.

    With a day, only the rows of the law in force on that day, and ages "at filing" counted on it.
    """
    if on is not None:
        return on_the_day(in_force(published(version_id), on), on)
    version = ProcedureVersion.objects.get(pk=version_id)
    return from_json(version.definition)


@lru_cache(maxsize=256)
def reads_by_the_day(version_id):
    """Whether anything that this text asks depends on the day of filing, fees apart."""
    text = published(version_id)
    return has_dated_rows(text) or depends_on_the_day(text)
