"""Whose case it is, since when, and why: nobody chooses their cases."""

from django.conf import settings
from django.db import models
from django.db.models import Case as Choice
from django.db.models import F, Q, When

from workflows.enums import AssignedWhy, ReleasedWhy
from workflows.models.base import PersonalRecord, portal_now


def while_open(column, field):
    """A copy of a column that is empty once the assignment has ended."""
    return models.GeneratedField(
        expression=Choice(When(until=None, then=F(column))),
        output_field=field,
        db_persist=True,
    )


class Assignment(PersonalRecord):
    """A case in the hands of one agent, from a moment to a moment (attribution).

    While it is open, its case names the same agent, and a case that names an agent has an open
    assignment: two composite keys, checked when the transaction ends, hold one to the other.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="assignments")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=portal_now(), editable=False)
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, choices=AssignedWhy.choices)
    # Who asked for it; nobody when the portal did. Never who was chosen: the draw chose.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_why = models.CharField(max_length=12, choices=ReleasedWhy.choices, blank=True)
    note = models.TextField(blank=True)
    open_case = while_open("case_id", models.UUIDField(null=True))
    open_agent = while_open("agent_id", models.BigIntegerField(null=True))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_case_has_one_open_assignment", fields=["open_case"]),
            # Case(id, reviewer) refers to it.
            models.UniqueConstraint(
                name="an_open_assignment_has_one_agent", fields=["open_case", "agent"]
            ),
            models.CheckConstraint(
                name="an_assignment_says_why", condition=Q(why__in=AssignedWhy.values)
            ),
            models.CheckConstraint(
                name="an_assignment_that_ended_says_why",
                condition=Q(until=None, ended_why="")
                | Q(until__isnull=False, ended_why__in=ReleasedWhy.values),
            ),
            models.CheckConstraint(
                name="a_person_asks_for_what_they_take",
                condition=~Q(why=AssignedWhy.TAKEN) | Q(made_by=F("agent")),
            ),
            models.CheckConstraint(
                name="a_supervisor_never_receives_what_they_give",
                condition=~Q(why=AssignedWhy.SUPERVISOR)
                | Q(made_by__isnull=False) & ~Q(made_by=F("agent")),
            ),
        ]
        indexes = [
            models.Index("agent", "since", name="assignments_of_agent"),
        ]

    def __str__(self):
        return f"{self.case_id} → {self.agent_id}"
