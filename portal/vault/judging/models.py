"""Rows about what is made from files, and about an antivirus that is late."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.vault.enums import SEAL_KINDS, SEAL_WHYS, LookOutcome, RenditionKind, SealState


class Rendition(models.Model):
    """What is shown in the place of a file: its clean copy, or the image of one of its pages.

    Written by the worker and never erased; one whose object is lost is made again, and then names
    another object. The row of the file says who may see it, and whether its bytes are still there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey("vault.StoredFile", models.PROTECT, related_name="renditions")
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


class MachineReading(models.Model):
    """What a machine read on a file: its 2D-Doc, or until when its passport or card is valid.

    Nothing of a name, an address or a number. Written by the worker, erased with the file; the
    file's person may say once that the reading is wrong.
    """

    file = models.OneToOneField(
        "vault.StoredFile", models.PROTECT, primary_key=True, related_name="machine_reading"
    )
    seal = models.CharField(max_length=10, choices=SealState.choices, blank=True)
    # Of the code's header, in its own letters; what does not verify says nothing.
    seal_kind = models.CharField(max_length=2, blank=True)
    seal_issued_on = models.DateField(null=True)
    seal_by = models.CharField(max_length=80, blank=True)
    seal_why = models.CharField(max_length=12, blank=True)
    ends_on = models.DateField(null=True)
    read_at = models.DateTimeField()
    contested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_machine_reading_says_something",
                condition=Q(seal__in=SealState.values) | Q(seal="", ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_verified_seal_and_no_other_names_its_signer",
                condition=Q(seal=SealState.VERIFIED) & ~Q(seal_by="")
                | ~Q(seal=SealState.VERIFIED) & Q(seal_by=""),
            ),
            models.CheckConstraint(
                name="a_seal_that_is_not_believed_says_why",
                condition=Q(seal__in=["", SealState.VERIFIED], seal_why="")
                | Q(seal__in=[SealState.UNVERIFIED, SealState.INVALID]) & ~Q(seal_why=""),
            ),
            models.CheckConstraint(
                name="a_seal_that_does_not_verify_is_not_read_further",
                condition=Q(seal__in=[SealState.VERIFIED, SealState.UNVERIFIED])
                | Q(seal_kind="", seal_issued_on=None),
            ),
        ]

    def __str__(self):
        return f"{self.seal or self.ends_on} ({self.file_id})"

    @property
    def seal_kind_in_words(self) -> str:
        """What the document is, according to its code."""
        known = SEAL_KINDS.get(self.seal_kind)
        return known or _("Document de type %(kind)s") % {"kind": self.seal_kind}

    @property
    def seal_why_in_words(self) -> str:
        """Why its code does not verify."""
        return SEAL_WHYS.get(self.seal_why, "")


class SecondLook(models.Model):
    """An infected file that may not be: it is scanned again once two people have asked for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey("vault.StoredFile", models.PROTECT, related_name="second_looks")
    threat = models.CharField(max_length=100)
    opened_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    second_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=LookOutcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_infected_file_is_looked_at_again_once_at_a_time",
                fields=["file"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="two_different_people_ask_for_a_second_look",
                condition=Q(second_by=None, second_at=None)
                | Q(second_by__isnull=False, second_at__isnull=False, first_by__isnull=False)
                & ~Q(second_by=models.F("first_by")),
            ),
            models.CheckConstraint(
                name="who_asks_first_for_a_second_look_says_why",
                condition=Q(first_by=None, first_at=None, reason="")
                | Q(first_by__isnull=False, first_at__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="a_second_look_that_ended_says_what_it_found",
                condition=Q(ended_at=None, outcome="")
                | Q(
                    ended_at__isnull=False,
                    second_by__isnull=False,
                    outcome__in=LookOutcome.values,
                ),
            ),
        ]

    def __str__(self):
        return f"{self.file_id}: {self.outcome or 'open'}"


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
