"""The pauses of the legal clock, one for each completion request."""

from django.db import models
from django.db.models import F, Q

from workflows.models.base import PersonalRecord


class ClockPause(PersonalRecord):
    """Silence is not counted from a request to its supply or deadline (CRPA L.114-5).

    The law suspends the count during the time given to supply: `due_on` when the request was
    made, `extended_to` once the person was given more.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="pauses")
    completion_request_id = models.UUIDField(unique=True)
    starts_on = models.DateField()
    due_on = models.DateField()
    extended_to = models.DateField(null=True)
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
            models.CheckConstraint(
                name="an_extended_pause_lasts_longer",
                condition=Q(extended_to=None) | Q(extended_to__gt=F("due_on")),
            ),
        ]

    def __str__(self):
        return f"{self.starts_on} → {self.supplied_on or self.last_day}"

    @property
    def last_day(self):
        """The day until which the papers are awaited: the extended one, else the first."""
        return self.extended_to or self.due_on
