"""An appeal against a refusal: filed by the person, or noted from a court; answered by two."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.enums import DECIDED_ELSEWHERE, AppealKind, AppealOutcome
from workflows.models.answer import ReasonedAnswer, sent_back_in_words
from workflows.models.base import portal_now


class Appeal(ReasonedAnswer):
    """A side track of a case, never a state of it: the review may go on meanwhile.

    `contested_on` is the day on which the contested refusal was known: signed, born of silence,
    or explained. A late appeal is received all the same, and said to be late.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="appeals")
    kind = models.CharField(max_length=12, choices=AppealKind.choices)
    decision = models.ForeignKey(
        "workflows.Decision", models.PROTECT, null=True, related_name="appeals"
    )
    contested_on = models.DateField()
    filed_at = models.DateTimeField(db_default=portal_now(), editable=False)
    is_late = models.BooleanField()
    # The day on which silence rejects it (CRPA L.411-7); a court has no such day.
    due_on = models.DateField(null=True)
    text = models.TextField(blank=True)
    court_number = models.CharField(max_length=40, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    receipt_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10, choices=AppealOutcome.choices, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    # What a court or the minister decided, and the day that it gives to examine again.
    answered_on = models.DateField(null=True)
    answer_number = models.CharField(max_length=40, blank=True, db_default="")
    reexamine_by = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_appeal_is_of_a_known_kind", condition=Q(kind__in=AppealKind.values)
            ),
            models.UniqueConstraint(
                name="an_appeal_of_a_kind_is_filed_once_against_a_refusal",
                fields=["case", "kind", "contested_on"],
                condition=~Q(kind=AppealKind.CONTENTIOUS),
            ),
            models.UniqueConstraint(
                name="a_court_case_is_recorded_once",
                fields=["case", "court_number"],
                condition=Q(kind=AppealKind.CONTENTIOUS),
            ),
            models.CheckConstraint(
                name="an_appeal_to_the_administration_has_its_text_clock_and_receipt",
                condition=Q(
                    kind=AppealKind.CONTENTIOUS,
                    due_on=None,
                    receipt_id=None,
                    recorded_by__isnull=False,
                )
                & ~Q(court_number="")
                | ~Q(kind=AppealKind.CONTENTIOUS)
                & Q(
                    due_on__isnull=False,
                    receipt_id__isnull=False,
                    recorded_by=None,
                    court_number="",
                )
                & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="a_settled_appeal_says_how_and_by_whom",
                condition=Q(settled_at=None, outcome="", settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False)
                & Q(outcome__in=AppealOutcome.values),
            ),
            models.CheckConstraint(
                name="a_rejected_appeal_is_reasoned_signed_and_sent",
                condition=~Q(outcome=AppealOutcome.REJECTED)
                | Q(written_by__isnull=False, letter_id__isnull=False, sent_back_at=None)
                & ~Q(grounds_law="")
                & ~Q(grounds_fact=""),
            ),
            models.CheckConstraint(
                name="who_signs_a_rejection_has_not_written_it",
                condition=~Q(outcome=AppealOutcome.REJECTED) | ~Q(settled_by=F("written_by")),
                violation_error_message=_("La personne qui signe ne peut pas avoir écrit."),
            ),
            models.CheckConstraint(
                name="an_answer_from_elsewhere_has_its_date_and_number",
                condition=Q(answered_on=None, answer_number="", reexamine_by=None)
                & ~Q(outcome__in=DECIDED_ELSEWHERE)
                | Q(answered_on__isnull=False, answered_on__gte=F("contested_on"))
                & Q(outcome__in=DECIDED_ELSEWHERE)
                & ~Q(answer_number="")
                & ~Q(kind=AppealKind.GRACIOUS)
                & (Q(kind=AppealKind.CONTENTIOUS) | ~Q(outcome=AppealOutcome.STRUCK_OUT))
                & (
                    Q(reexamine_by=None)
                    | Q(reexamine_by__gt=F("answered_on"), outcome=AppealOutcome.ANNULLED)
                ),
            ),
            models.CheckConstraint(
                name="the_office_answers_no_court",
                condition=~Q(kind=AppealKind.CONTENTIOUS)
                | ~Q(outcome__in=[AppealOutcome.REJECTED, AppealOutcome.ACCEPTED]),
            ),
            sent_back_in_words("a_rejection_sent_back_says_why"),
        ]
        indexes = [
            models.Index(
                "prefecture_code", "due_on", "id", name="appeals_open", condition=Q(settled_at=None)
            )
        ]

    def __str__(self):
        return f"{self.kind} ({self.case_id})"
