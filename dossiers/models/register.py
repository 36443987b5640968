"""What a person asked of the foreigners' register, and for a day what it answered."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Func, Q

from dossiers.enums import LookupState
from dossiers.models.dossier import Dossier

PATIENCE = timedelta(seconds=60)
"""How long an answer is waited for; then the person types, and may ask again."""
KEPT = timedelta(hours=23)
"""How long an answer is proposed; the job that erases it runs every hour, so within the day."""


class RegisterLookupQuerySet(models.QuerySet):
    def of(self, dossier):
        """Those of one draft, the last one first."""
        return self.filter(dossier=dossier).order_by("-asked_at", "pk")

    def to_propose(self, at):
        """Answers that hold something, already shown and not yet to be erased."""
        return self.filter(
            state=LookupState.FOUND,
            facts__isnull=False,
            shown_at__lte=at,
            asked_at__gt=at - KEPT,
        )


class RegisterLookup(models.Model):
    """One question to the register, about one draft.

    What was typed goes as soon as there is an answer; what was answered goes with the draft, or
    within a day. The attempt itself stays, because attempts are counted by the database.
    `shown_at` is when the person may read the answer: the same moment whatever it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    foreigner_number = models.CharField(max_length=20, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=LookupState.choices, default=LookupState.WAITING
    )
    shown_at = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterLookupQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("applicant", "asked_at", name="lookups_of_a_person")]
        constraints = [
            models.UniqueConstraint(
                name="one_question_to_the_register_at_a_time_for_a_draft",
                fields=["dossier"],
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                name="a_lookup_is_waiting_found_nothing_or_was_not_answered",
                condition=Q(state__in=[state.value for state in LookupState]),
            ),
            models.CheckConstraint(
                name="what_was_typed_for_the_register_goes_with_its_answer",
                condition=(Q(state="waiting", birth_date__isnull=False) & ~Q(foreigner_number=""))
                | (~Q(state="waiting") & Q(foreigner_number="", birth_date=None)),
            ),
            models.CheckConstraint(
                name="an_answer_of_the_register_is_shown_from_a_moment_on",
                condition=Q(state="waiting", shown_at=None)
                | (~Q(state="waiting") & Q(shown_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="what_the_register_knows_is_there_or_was_erased",
                condition=Q(state="found", facts__isnull=False, erased_at=None)
                | Q(state="found", facts__isnull=True, erased_at__isnull=False)
                | (~Q(state="found") & Q(facts__isnull=True, erased_at=None)),
            ),
        ]

    def __str__(self):
        return f"{self.state} {self.pk}"
