"""What the office thinks of each answer to a completion request."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflows.enums import ItemVerdict
from workflows.models.base import PersonalRecord, portal_now


class ItemReview(PersonalRecord):
    """One answer read by an agent: accepted, or not enough and why. Written once."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="item_reviews")
    item = models.OneToOneField("dossiers.CompletionItem", models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=12, choices=ItemVerdict.choices)
    note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(db_default=portal_now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_answer_is_accepted_or_not_enough",
                condition=Q(verdict__in=ItemVerdict.values),
            ),
            models.CheckConstraint(
                name="an_answer_that_is_not_enough_says_why",
                condition=Q(verdict=ItemVerdict.ACCEPTED) | ~Q(note=""),
            ),
        ]

    def __str__(self):
        return f"{self.item_id} {self.verdict}"
