"""Rows about what is made from files, and about an antivirus that is late."""

import uuid

from django.db import models
from django.db.models import Q

from portal.vault.enums import RenditionKind


class Rendition(models.Model):
    """What is shown in the place of a file: its clean copy, or the image of one of its pages.

    Written by the worker, never changed nor erased; the row of the file says who may see it, and
    whether its bytes are still there.
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
