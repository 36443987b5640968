"""An opinion asked of a partner service before a decision."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.enums import OpinionAnswer, OpinionKind
from workflows.models.base import PersonalRecord, portal_now


class Opinion(PersonalRecord):
    """A question to a partner service, and what it answered."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="opinions")
    kind = models.CharField(max_length=20, choices=OpinionKind.choices)
    question = models.TextField()
    due_on = models.DateField()
    # The day on which the residence board hears the person, fifteen days after its summons.
    hearing_on = models.DateField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=portal_now(), editable=False)
    answer = models.CharField(max_length=12, choices=OpinionAnswer.choices, blank=True)
    text = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_case_awaits_one_opinion_at_a_time",
                fields=["case"],
                condition=Q(settled_at=None),
            ),
            models.CheckConstraint(
                name="the_residence_board_alone_hears_the_person",
                condition=Q(kind=OpinionKind.RESIDENCE_BOARD, hearing_on__isnull=False)
                | ~Q(kind=OpinionKind.RESIDENCE_BOARD) & Q(hearing_on=None),
                violation_error_message=_("Indiquez le jour où la commission entend la personne."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} ({self.case_id})"
