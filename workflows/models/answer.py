"""What every reasoned answer keeps: written by one person, signed or sent back by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workflows.models.base import PersonalRecord


class ReasonedAnswer(PersonalRecord):
    """Reasons in law and in fact, and what the second person made of them.

    Written again, they replace what was written, and the note that sent them back goes.
    """

    grounds_law = models.TextField(blank=True)
    grounds_fact = models.TextField(blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    written_at = models.DateTimeField(null=True)
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    sent_back_at = models.DateTimeField(null=True)
    sent_back_note = models.TextField(blank=True, db_default="")
    signer_name = models.CharField(max_length=120, blank=True)
    signer_quality = models.CharField(max_length=200, blank=True)
    letter_id = models.UUIDField(null=True)

    class Meta:
        abstract = True

    @property
    def waits_for_signature(self) -> bool:
        """Written, and not sent back since."""
        return self.written_at is not None and self.sent_back_at is None

    def may_be_signed_by(self, person) -> bool:
        """Two people: whoever wrote it neither signs it nor sends it back."""
        return self.waits_for_signature and self.written_by_id != person.pk


def sent_back_in_words(name: str) -> models.CheckConstraint:
    """Whoever sends back says why, and has not written what they send back."""
    return models.CheckConstraint(
        name=name,
        condition=Q(sent_back_at=None, sent_back_by=None, sent_back_note="")
        | Q(sent_back_at__isnull=False, sent_back_by__isnull=False, written_by__isnull=False)
        & ~Q(sent_back_note="")
        & ~Q(sent_back_by=F("written_by")),
    )
