"""The reasons of an implicit refusal: asked by the person, written by one, signed by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.models.answer import ReasonedAnswer, sent_back_in_words
from workflows.models.base import portal_now


class ReasonsRequest(ReasonedAnswer):
    """The person asks why silence refused them; an answer is owed in a month (CRPA L.232-4)."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="reasons_requests")
    # The day of the implicit refusal whose reasons are asked.
    silence_on = models.DateField()
    asked_at = models.DateTimeField(db_default=portal_now(), editable=False)
    due_on = models.DateField()
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reasons_are_asked_once_for_a_silence", fields=["case", "silence_on"]
            ),
            models.CheckConstraint(
                name="written_reasons_are_in_law_and_in_fact",
                condition=Q(written_by=None, written_at=None, grounds_law="", grounds_fact="")
                | Q(written_by__isnull=False, written_at__isnull=False)
                & ~Q(grounds_law="")
                & ~Q(grounds_fact=""),
            ),
            models.CheckConstraint(
                name="answered_reasons_are_written_signed_and_sent",
                condition=Q(answered_at=None, signer=None, letter_id=None)
                | Q(
                    answered_at__isnull=False,
                    signer__isnull=False,
                    letter_id__isnull=False,
                    written_by__isnull=False,
                    sent_back_at=None,
                ),
            ),
            models.CheckConstraint(
                name="who_signs_the_reasons_has_not_written_them",
                condition=Q(signer=None) | ~Q(signer=F("written_by")),
                violation_error_message=_("La personne qui signe ne peut pas avoir écrit."),
            ),
            sent_back_in_words("reasons_sent_back_say_why"),
        ]

    def __str__(self):
        return f"{self.silence_on} ({self.case_id})"
