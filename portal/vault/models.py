"""Rows about stored files. The bytes are in the object store, under a key that says nothing."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.vault.arrival.models import Upload, UploadChunk
from portal.vault.enums import FileKind

__all__ = ["AccessGrant", "StoredFile", "Upload", "UploadChunk"]


class StoredFileQuerySet(models.QuerySet):
    def kept(self):
        """Files that were not removed."""
        return self.filter(removed_at=None)

    def about(self, subject_id):
        """Kept files of one dossier, oldest first."""
        return self.kept().filter(subject_id=subject_id).order_by("created_at", "id")


class StoredFile(models.Model):
    """A file that the portal has received or made, whose bytes were read back and verified."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The dossier: this room knows only its identifier.
    subject_id = models.UUIDField(db_index=True)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True)
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    storage_key = models.CharField(max_length=100, unique=True)
    original_name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=60)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    # How many pages a person sees: 1 for a photograph.
    pages = models.PositiveSmallIntegerField(default=1)
    preview_key = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_stored_file_has_a_known_kind", condition=Q(kind__in=FileKind.values)
            ),
            models.CheckConstraint(name="a_stored_file_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="a_stored_file_has_its_digest", condition=Q(sha256__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self):
        return str(self.id)


class AccessGrantQuerySet(models.QuerySet):
    def open(self):
        """Grants that were not taken back."""
        return self.filter(revoked_at=None)


class AccessGrant(models.Model):
    """The right of some roles of a prefecture to read the files of one dossier, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_id = models.UUIDField()
    prefecture_code = models.CharField(max_length=3)
    roles = ArrayField(models.CharField(max_length=16))
    reason = models.CharField(max_length=120)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_office_has_one_open_access_to_a_dossier",
                fields=["subject_id", "prefecture_code"],
                condition=Q(revoked_at=None),
            ),
            models.CheckConstraint(
                name="an_access_names_roles_and_a_reason",
                condition=Q(roles__len__gt=0) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="an_access_is_taken_back_after_it_is_given",
                condition=Q(revoked_at=None) | Q(revoked_at__gte=models.F("granted_at")),
            ),
        ]

    def __str__(self):
        return str(self.id)
