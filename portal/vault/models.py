"""Rows about stored files. The bytes are in the object store, under a key that says nothing."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.vault.enums import HELD_BACK, SHOWN, WAITING, FileKind, RenditionKind, ScanState


class StoredFileQuerySet(models.QuerySet):
    def kept(self):
        """Files that were not removed."""
        return self.filter(removed_at=None)

    def about(self, subject_id):
        """Kept files of one dossier, oldest first."""
        return self.kept().filter(subject_id=subject_id).order_by("created_at", "id")

    def waiting(self):
        """Kept pieces of evidence of which the antivirus has said nothing yet."""
        return self.kept().filter(kind=FileKind.EVIDENCE, scan_state__in=WAITING)

    def scanned_before(self, moment):
        """Kept pieces of evidence found clean before a moment, the longest ago first."""
        clean = self.kept().filter(kind=FileKind.EVIDENCE, scan_state=ScanState.CLEAN)
        return clean.filter(scanned_at__lt=moment).order_by("scanned_at", "id")


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
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    # A trigger sets it at insertion and allows the moves of docs/vault.md, by the worker alone.
    scan_state = models.CharField(
        max_length=12, choices=ScanState.choices, db_default=ScanState.RECEIVED
    )
    # The antivirus was last asked; it last answered, with those signatures.
    scan_asked_at = models.DateTimeField(null=True)
    scanned_at = models.DateTimeField(null=True)
    signatures = models.CharField(max_length=60, blank=True, db_default="")
    threat = models.CharField(max_length=100, blank=True, db_default="")

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
            models.CheckConstraint(
                name="a_stored_file_has_a_known_scan_state",
                condition=Q(scan_state__in=ScanState.values),
            ),
            models.CheckConstraint(
                name="a_clean_piece_of_evidence_was_scanned",
                condition=~Q(kind=FileKind.EVIDENCE, scan_state=ScanState.CLEAN)
                | Q(scanned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_infected_file_and_no_other_names_its_threat",
                condition=Q(scan_state=ScanState.INFECTED) & ~Q(threat="")
                | ~Q(scan_state=ScanState.INFECTED) & Q(threat=""),
            ),
        ]
        indexes = [
            models.Index(
                "scan_asked_at",
                "id",
                name="files_to_scan",
                condition=Q(kind=FileKind.EVIDENCE, removed_at=None, scan_state__in=WAITING),
            ),
            models.Index(
                "scanned_at",
                "id",
                name="files_to_scan_again",
                condition=Q(kind=FileKind.EVIDENCE, removed_at=None, scan_state=ScanState.CLEAN),
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def is_held_back(self) -> bool:
        """Whether nobody may be shown this file: a virus, or bytes that nothing can read."""
        return self.scan_state in HELD_BACK

    @property
    def is_shown(self) -> bool:
        """Whether its pages were drawn, so that those who may read it can look at them."""
        return self.scan_state in SHOWN

    @property
    def is_clean(self) -> bool:
        """Whether the antivirus has looked and found nothing, or the portal made it itself."""
        return self.scan_state == ScanState.CLEAN


class Rendition(models.Model):
    """What is shown in the place of a file: its clean copy, or the image of one of its pages.

    Written by the worker, never changed nor erased; the row of the file says who may see it, and
    whether its bytes are still there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="renditions")
    kind = models.CharField(max_length=4, choices=RenditionKind.choices)
    # Both 0 for the copy of the whole; the width is the size asked for, the image may be narrower.
    page = models.PositiveSmallIntegerField(default=0)
    width = models.PositiveSmallIntegerField(default=0)
    storage_key = models.CharField(max_length=100, unique=True)
    content_type = models.CharField(max_length=60)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_file_has_one_rendition_of_each_page_and_width",
                fields=["file", "kind", "page", "width"],
            ),
            models.CheckConstraint(
                name="a_page_image_has_its_page_and_width_and_a_copy_has_none",
                condition=Q(kind=RenditionKind.COPY, page=0, width=0)
                | Q(kind=RenditionKind.PAGE, page__gt=0, width__gt=0),
            ),
            models.CheckConstraint(
                name="a_rendition_has_its_size_and_digest",
                condition=Q(size__gt=0, sha256__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.page} {self.width} ({self.file_id})"


class ScanAlarm(models.Model):
    """The antivirus leaves files waiting for too long: one alarm until it has caught up."""

    raised_at = models.DateTimeField()
    waiting = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_scan_alarm_is_open_at_a_time",
                fields=["ended_at"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.raised_at:%Y-%m-%d %H:%M}"


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
