"""Rows about stored files. The bytes are in the object store, under a key that says nothing."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.vault.arrival.models import Upload, UploadChunk  # noqa: F401 -- tables of this room
from portal.vault.enums import (
    WAITING,
    FileKind,
    Removal,
    ScanState,
    Situation,
    Trouble,
)
from portal.vault.judging.models import (  # noqa: F401 -- tables of this room
    MachineReading,
    Rendition,
    ScanAlarm,
    SecondLook,
)
from portal.vault.showing import Showable


class StoredFileQuerySet(models.QuerySet):
    def kept(self):
        """Files that were not removed."""
        return self.filter(removed_at=None)

    def about(self, subject_id):
        """Kept files of one dossier, oldest first."""
        return self.kept().filter(subject_id=subject_id).order_by("created_at", "id")

    def waiting(self):
        """Pieces of evidence, whole in the store, of which the antivirus has said nothing yet."""
        whole = self.kept().filter(kind=FileKind.EVIDENCE, trouble="")
        return whole.filter(scan_state__in=WAITING)

    def suspects(self):
        """Pieces of evidence, whole in the store, that the antivirus has set aside."""
        whole = self.kept().filter(kind=FileKind.EVIDENCE, trouble="")
        return whole.filter(scan_state=ScanState.INFECTED)

    def suspected_before(self, moment):
        """Those of them that were last scanned before a moment, the longest ago first."""
        return self.suspects().filter(scanned_at__lt=moment).order_by("scanned_at", "id")

    def scanned_before(self, moment):
        """Pieces of evidence found clean before a moment, the longest ago first."""
        whole = self.kept().filter(kind=FileKind.EVIDENCE, trouble="")
        clean = whole.filter(scan_state=ScanState.CLEAN)
        return clean.filter(scanned_at__lt=moment).order_by("scanned_at", "id")


class StoredFile(Showable, models.Model):
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
    # Until when a copy of a whole dossier is kept; other files end with their dossier.
    ends_at = models.DateTimeField(null=True)
    # A removed file leaves a tombstone: which bytes it was, until when and why; not its name.
    removed_at = models.DateTimeField(null=True)
    removed_why = models.CharField(
        max_length=12, choices=Removal.choices, blank=True, db_default=""
    )
    # A trigger sets it at insertion and allows the moves of docs/judging.md, by the worker alone.
    scan_state = models.CharField(
        max_length=12, choices=ScanState.choices, db_default=ScanState.RECEIVED
    )
    # The antivirus was last asked; it last answered, with those signatures.
    scan_asked_at = models.DateTimeField(null=True)
    scanned_at = models.DateTimeField(null=True)
    signatures = models.CharField(max_length=60, blank=True, db_default="")
    threat = models.CharField(max_length=100, blank=True, db_default="")
    # What the last look at its object found wrong, until a later look finds it whole.
    trouble = models.CharField(max_length=12, choices=Trouble.choices, blank=True, db_default="")
    trouble_since = models.DateTimeField(null=True)

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
            models.CheckConstraint(
                name="a_removed_file_says_why_and_keeps_no_name",
                condition=Q(removed_at=None, removed_why="")
                | Q(removed_at__isnull=False, removed_why__in=Removal.values, original_name=""),
            ),
            models.CheckConstraint(
                name="a_copy_of_a_dossier_and_no_other_file_has_its_end",
                condition=Q(kind=FileKind.EXPORT, ends_at__isnull=False)
                | ~Q(kind=FileKind.EXPORT) & Q(ends_at=None),
            ),
            models.CheckConstraint(
                name="a_copy_of_a_dossier_belongs_to_no_office",
                condition=~Q(kind=FileKind.EXPORT) | Q(prefecture_code=None),
            ),
            models.CheckConstraint(
                name="a_file_in_trouble_says_which_and_since_when",
                condition=Q(trouble="", trouble_since=None)
                | Q(trouble__in=Trouble.values, trouble_since__isnull=False),
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
            models.Index(
                "ends_at",
                "id",
                name="files_that_end_alone",
                condition=Q(ends_at__isnull=False, removed_at=None),
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


class DataKey(models.Model):
    """The key of one dossier's files: the key itself, wrapped, is an object of the store `keys`.

    No page reads this table: the functions `vault_key_of` and `vault_keep_key` answer about the
    one dossier that the caller names.
    """

    subject_id = models.UUIDField(primary_key=True)
    # Which master key wraps it now.
    generation = models.PositiveSmallIntegerField()
    storage_key = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_key_is_wrapped_by_a_master_key", condition=Q(generation__gt=0)
            ),
        ]
        indexes = [
            models.Index(
                name="keys_to_wrap_again", fields=["generation"], condition=Q(destroyed_at=None)
            ),
        ]

    def __str__(self):
        return str(self.subject_id)


class QuarantinedObject(models.Model):
    """An object that no row names, set aside and not deleted: a person decides what it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alias = models.CharField(max_length=12)
    storage_key = models.CharField(max_length=100)
    found_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)
    # It was given back its name: a row names it after all.
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_object_is_in_quarantine_once",
                fields=["alias", "storage_key"],
                condition=Q(released_at=None),
            ),
            models.CheckConstraint(
                name="an_object_is_released_after_it_is_set_aside",
                condition=Q(released_at=None)
                | Q(moved_at__isnull=False, released_at__gte=models.F("moved_at")),
            ),
        ]

    def __str__(self):
        return f"{self.alias}/{self.storage_key}"


class ComparedDay(models.Model):
    """One day of one store, as rows and objects were last compared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alias = models.CharField(max_length=12)
    day = models.DateField()
    compared_at = models.DateTimeField()
    objects_seen = models.PositiveIntegerField()
    rows_without_object = models.PositiveIntegerField()
    objects_without_row = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_day_of_a_store_is_compared_in_one_row", fields=["alias", "day"]
            ),
        ]
        indexes = [models.Index(name="days_to_compare", fields=["alias", "compared_at"])]

    def __str__(self):
        return f"{self.alias} {self.day}"


class RetentionRule(models.Model):
    """How long files are kept in a situation, from a day on, and where that is written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    situation = models.CharField(max_length=12, choices=Situation.choices)
    days = models.PositiveIntegerField()
    starts_on = models.DateField()
    source = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_situation_has_one_rule_from_a_day", fields=["situation", "starts_on"]
            ),
            models.CheckConstraint(
                name="a_retention_rule_says_where_it_is_written", condition=~Q(source="")
            ),
            models.CheckConstraint(
                name="a_retention_rule_is_about_a_known_situation",
                condition=Q(situation__in=Situation.values),
            ),
        ]

    def __str__(self):
        return f"{self.situation} {self.starts_on}: {self.days}"


class Keeping(models.Model):
    """Since when a dossier is in the situation that decides how long its files are kept.

    Written by the rooms that know: this one knows no dossier. Without a day, nothing runs.
    """

    subject_id = models.UUIDField(primary_key=True)
    situation = models.CharField(max_length=12, choices=Situation.choices)
    since = models.DateField(null=True)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_keeping_is_in_a_known_situation",
                condition=Q(situation__in=Situation.values),
            ),
            models.CheckConstraint(
                name="only_a_keeping_that_runs_expires",
                condition=Q(expired_at=None) | Q(since__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="keepings_that_run",
                fields=["situation", "since", "subject_id"],
                condition=Q(expired_at=None),
            ),
            models.Index(
                name="keepings_expired",
                fields=["expired_at"],
                condition=Q(expired_at__isnull=False),
            ),
        ]

    def __str__(self):
        return str(self.subject_id)


class LegalHold(models.Model):
    """A dossier whose files may not go while it lasts: an appeal, an inquiry, a judge's order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_id = models.UUIDField()
    reason = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_dossier_is_held_once_at_a_time",
                fields=["subject_id"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(name="a_hold_says_why", condition=~Q(reason="")),
        ]

    def __str__(self):
        return str(self.subject_id)
