"""Rows of an upload that arrives piece by piece; its bytes are staged, sealed, until it is whole.

Two triggers hold what no constraint can: a piece begins exactly where the last one ended, which
is also what counts the bytes received; and a person keeps within their quota, however many tabs.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PIECE_BYTES = 256 * 1024
"""What is sealed and kept at once: nine seconds of a network of 30 KB/s."""
MOST_PIECES = 600
MOST_BYTES = 100 * 1024 * 1024
KEPT_FOR = timedelta(hours=24)
"""How long an upload that stopped may be taken up again."""


class UploadState(models.TextChoices):
    """Where an upload is; it only moves forward."""

    RECEIVING = "receiving", _("en cours d’envoi")
    ASSEMBLING = "assembling", _("en cours de vérification")
    DONE = "done", _("reçu")
    FAILED = "failed", _("refusé")
    CANCELLED = "cancelled", _("annulé")
    EXPIRED = "expired", _("abandonné")


OPEN = (UploadState.RECEIVING, UploadState.ASSEMBLING)


class UploadReason(models.TextChoices):
    """Why an upload gave no file."""

    REFUSED = "refused", _("le fichier ne convient pas")
    CLOSED = "closed", _("le dossier ne peut plus être modifié")
    DAMAGED = "damaged", _("les octets reçus ont changé")


class UploadQuerySet(models.QuerySet):
    def receiving(self):
        """Uploads that wait for their next piece."""
        return self.filter(state=UploadState.RECEIVING)

    def still_open(self):
        """Uploads that may still become a file."""
        return self.filter(state__in=OPEN)


class Upload(models.Model):
    """One file on its way. `about` is what the room above wrote to find its place again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_id = models.UUIDField()
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    about = models.JSONField(default=dict)
    name = models.CharField(max_length=150)
    language = models.CharField(max_length=2)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    pieces = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=12, choices=UploadState.choices, default=UploadState.RECEIVING
    )
    reason = models.CharField(max_length=12, choices=UploadReason.choices, blank=True)
    # Written in the language of the page that sent it: the page that waits shows them.
    sentences = ArrayField(models.TextField(), default=list)
    stored_file = models.OneToOneField(
        "vault.StoredFile", models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="uploads_of_a_person", fields=["applicant", "created_at"]),
            models.Index(name="uploads_about_a_subject", fields=["subject_id"]),
            models.Index(
                name="uploads_to_expire", fields=["expires_at"], condition=Q(state__in=OPEN)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="an_upload_has_a_known_state", condition=Q(state__in=UploadState.values)
            ),
            models.CheckConstraint(
                name="an_upload_is_neither_empty_nor_endless",
                condition=Q(size__gt=0, size__lte=MOST_BYTES),
            ),
            models.CheckConstraint(
                name="an_upload_receives_what_it_declared_at_most",
                condition=Q(received__gte=0, received__lte=F("size")),
            ),
            models.CheckConstraint(
                name="an_upload_has_few_pieces", condition=Q(pieces__lte=MOST_PIECES)
            ),
            models.CheckConstraint(
                name="an_upload_is_assembled_once_whole",
                condition=~Q(state__in=[UploadState.ASSEMBLING, UploadState.DONE])
                | Q(received=F("size")),
            ),
            models.CheckConstraint(
                name="an_upload_is_done_with_its_file",
                condition=Q(state=UploadState.DONE, stored_file__isnull=False)
                | ~Q(state=UploadState.DONE) & Q(stored_file=None),
            ),
            models.CheckConstraint(
                name="a_failed_upload_says_why",
                condition=Q(state=UploadState.FAILED, reason__in=UploadReason.values)
                | ~Q(state=UploadState.FAILED) & Q(reason=""),
            ),
            models.CheckConstraint(
                name="an_upload_that_ended_says_when",
                condition=Q(state__in=OPEN, ended_at=None)
                | ~Q(state__in=OPEN) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_upload_expires_after_it_began",
                condition=Q(expires_at__gt=F("created_at")),
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def is_whole(self):
        return self.received == self.size


class UploadChunk(models.Model):
    """One piece, sealed in the store: from `start` up to `stop`, which it does not hold."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="chunks")
    start = models.BigIntegerField()
    stop = models.BigIntegerField()
    storage_key = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="two_pieces_never_begin_together", fields=["upload", "start"]
            ),
            models.CheckConstraint(
                name="a_piece_is_neither_empty_nor_large",
                condition=Q(start__gte=0, stop__gt=F("start"), stop__lte=F("start") + PIECE_BYTES),
            ),
            models.CheckConstraint(
                name="a_piece_has_its_digest", condition=Q(sha256__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self):
        return f"{self.upload_id} {self.start}-{self.stop}"
