"""What the reviewer verified before proposing; it is part of the proposal and never changes."""

from django.db import models
from django.db.models import Q

from workflows.enums import CheckAnswer
from workflows.models.base import PersonalRecord


class CheckResult(PersonalRecord):
    """One condition of the law: met, not met or not applicable, and what proves it."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="checks")
    proposal = models.ForeignKey("workflows.Proposal", models.PROTECT, related_name="checks")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    answer = models.CharField(max_length=16, choices=CheckAnswer.choices)
    # The answers of the person already say that this condition does not concern them.
    by_rule = models.BooleanField(default=False)
    paper = models.ForeignKey("vault.StoredFile", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_proposal_answers_each_check_once", fields=["proposal", "code"]
            ),
            models.CheckConstraint(
                name="a_check_has_a_known_answer", condition=Q(answer__in=CheckAnswer.values)
            ),
            models.CheckConstraint(
                name="a_check_set_aside_says_why",
                condition=~Q(answer=CheckAnswer.NOT_APPLICABLE) | Q(by_rule=True) | ~Q(note=""),
            ),
            models.CheckConstraint(
                name="a_rule_only_sets_a_check_aside",
                condition=Q(by_rule=False) | Q(answer=CheckAnswer.NOT_APPLICABLE),
            ),
        ]

    def __str__(self):
        return f"{self.code}: {self.answer}"
