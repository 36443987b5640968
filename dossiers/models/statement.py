"""What the person states of a filed request, unasked: a task of the office, and never a stop."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from dossiers.enums import OUTCOMES, StatementKind, StatementOutcome
from dossiers.models.dossier import Dossier


class StatementQuerySet(models.QuerySet):
    def unsettled(self):
        """Statements that nobody of the office has answered."""
        return self.filter(settled_at=None)


class Statement(models.Model):
    """One thing the person says of what went wrong, and what the office found.

    The request goes on whatever it says. The office ends the task with an outcome and a
    sentence that the person reads.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="statements")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    kind = models.CharField(max_length=16, choices=StatementKind.choices)
    text = models.TextField(blank=True)
    made_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=16, choices=StatementOutcome.choices, blank=True)
    note = models.TextField(blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("déclaration")
        constraints = [
            models.UniqueConstraint(
                name="a_statement_waits_once_for_its_answer",
                fields=["dossier", "kind"],
                condition=Q(settled_at=None),
            ),
            models.CheckConstraint(
                name="a_statement_about_civil_status_says_what_is_wrong",
                condition=Q(kind=StatementKind.CARD_NOT_GIVEN)
                | Q(kind=StatementKind.CIVIL_STATUS) & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="a_settled_statement_has_its_outcome_and_its_sentence",
                condition=Q(settled_at=None, settled_by=None, outcome="", note="")
                | Q(settled_at__isnull=False, settled_by__isnull=False)
                & ~Q(outcome="")
                & ~Q(note=""),
            ),
            models.CheckConstraint(
                name="the_outcome_answers_what_was_stated",
                condition=Q(outcome="")
                | Q(
                    kind=StatementKind.CARD_NOT_GIVEN,
                    outcome__in=OUTCOMES[StatementKind.CARD_NOT_GIVEN],
                )
                | Q(
                    kind=StatementKind.CIVIL_STATUS,
                    outcome__in=OUTCOMES[StatementKind.CIVIL_STATUS],
                ),
            ),
        ]
        indexes = [
            models.Index(
                "prefecture_code",
                "made_at",
                name="statements_that_wait",
                condition=Q(settled_at=None),
            )
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.kind}"
