"""Several photographs, taken one after the other, that become one document of a box."""

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q

from dossiers.enums import AlbumState
from dossiers.models.dossier import Dossier
from dossiers.models.evidence import Evidence

MOST_PAGES = 30
TURNS = (0, 90, 180, 270)


class AlbumQuerySet(models.QuerySet):
    def unfinished(self):
        """Albums that still wait for a photograph, for their person, or for their document."""
        return self.filter(state__in=[AlbumState.OPEN, AlbumState.MAKING])


class Album(models.Model):
    """The pages of one document while they are put in order; their originals are kept as sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="albums")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rule_code = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=AlbumState.choices, default=AlbumState.OPEN)
    # Why the last try gave no document, in the language of the page that asked for it.
    sentences = ArrayField(models.TextField(), default=list)
    evidence = models.OneToOneField(Evidence, models.PROTECT, null=True, related_name="album")
    created_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AlbumQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_box_has_one_album_at_a_time",
                fields=["dossier", "rule_code"],
                condition=Q(state__in=[AlbumState.OPEN, AlbumState.MAKING]),
            ),
            models.CheckConstraint(
                name="an_album_has_a_known_state", condition=Q(state__in=AlbumState.values)
            ),
            models.CheckConstraint(
                name="an_album_is_done_with_its_document",
                condition=Q(state=AlbumState.DONE, evidence__isnull=False)
                | ~Q(state=AlbumState.DONE) & Q(evidence=None),
            ),
            models.CheckConstraint(
                name="an_album_that_ended_says_when",
                condition=Q(state__in=[AlbumState.OPEN, AlbumState.MAKING], ended_at=None)
                | Q(state__in=[AlbumState.DONE, AlbumState.DROPPED], ended_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.rule_code} {self.state}"


class AlbumPage(models.Model):
    """One photograph of an album, turned as its person wants it read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    album = models.ForeignKey(Album, models.PROTECT, related_name="pages")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file = models.OneToOneField("vault.StoredFile", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Checked at the end, so that two pages may change places.
            ExclusionConstraint(
                name="pages_of_an_album_are_in_order",
                expressions=[("album", "="), ("position", "=")],
                condition=Q(removed_at=None),
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="an_album_has_thirty_pages_at_most",
                condition=Q(position__gte=1, position__lte=MOST_PAGES),
            ),
            models.CheckConstraint(
                name="a_page_is_turned_by_quarters", condition=Q(turn__in=TURNS)
            ),
        ]

    def __str__(self):
        return f"{self.album_id} {self.position}"
