"""The pauses of the legal clock, one for each completion request."""

from django.db import models
from django.db.models import F, Q

from workflows.models.base import PersonalRecord


class ClockPause(PersonalRecord):
    """Silence is not counted from a request to its supply or deadline (CRPA L.114-5)."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="pauses")
    completion_request_id = models.UUIDField(unique=True)
    starts_on = models.DateField()
    due_on = models.DateField()
    supplied_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="the_clock_pauses_once_at_a_time",
                fields=["case"],
                condition=Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="a_pause_ends_after_it_starts", condition=Q(due_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self):
        return f"{self.starts_on} → {self.supplied_on or self.due_on}"
