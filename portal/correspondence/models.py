"""Mails, letters and timeline lines: rows first, so that "did they get it?" has an answer."""

import secrets
import time
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.correspondence.enums import MailState


def ordered_uuid() -> uuid.UUID:
    """An identifier that sorts by creation (the layout of RFC 9562, version 7).

    Lines written in one transaction carry the same moment: this keeps their order.
    """
    moment = time.time_ns()
    milliseconds, rest = divmod(moment, 1_000_000)
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (rest * 4096 // 1_000_000) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


class OutgoingMail(models.Model):
    """A mail, written with the act that causes it and sent by the worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    dossier_id = models.UUIDField(null=True)
    to = models.EmailField()
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The server's code and class of refusal, never its text: it may quote the address.
    last_error = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="mails_not_sent",
                fields=["created_at"],
                condition=~Q(state="sent"),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="a_mail_has_a_known_state", condition=Q(state__in=MailState.values)
            ),
            models.CheckConstraint(
                name="a_mail_is_sent_at_a_moment",
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at=None),
            ),
        ]

    def __str__(self):
        return str(self.id)


class Letter(models.Model):
    """A letter to a person: decided now, made into a PDF by a job from what was kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier_id = models.UUIDField(db_index=True)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True)
    kind = models.SlugField(max_length=40)
    title_code = models.SlugField(max_length=40)
    language = models.CharField(max_length=2)
    # Everything the PDF says, so that it says the same whenever it is made.
    context = models.JSONField(default=dict)
    file = models.ForeignKey(
        "vault.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField()
    rendered_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_letter_is_rendered_with_its_file",
                condition=Q(file=None, rendered_at=None)
                | Q(file__isnull=False, rendered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_letter_is_written_in_one_of_our_languages",
                condition=Q(language__in=["fr", "en", "ar"]),
            ),
            models.UniqueConstraint(name="a_letter_has_its_own_file", fields=["file"]),
        ]

    def __str__(self):
        return str(self.id)


class TimelineLine(models.Model):
    """One thing that the person should know about their dossier."""

    id = models.UUIDField(primary_key=True, default=ordered_uuid, editable=False)
    dossier_id = models.UUIDField()
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True)
    kind = models.SlugField(max_length=40)
    params = models.JSONField(default=dict)
    # The name of the office on that day, as it must be shown later.
    office = models.CharField(max_length=120, blank=True)
    by_role = models.CharField(max_length=16)
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="timeline_lines"
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="timeline_of_a_dossier", fields=["dossier_id", "-at", "-id"])]

    def __str__(self):
        return str(self.id)
