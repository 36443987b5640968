"""One row for each move of a case; the rows form a chain that the database proves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import NullIf

from workflows.enums import CaseState
from workflows.models.base import PersonalRecord, portal_now
from workflows.table import CLEARING, OPEN, moves


def rows_of_the_machine() -> Q:
    """Only the moves of the machine may be written, each with its own source and target."""
    sources: dict[tuple[str, str], set[str]] = {}
    for name, source, target, _plan in moves():
        sources.setdefault((name, target), set()).add(source)
    allowed = Q(move=OPEN, source="", target=CaseState.FILED, number=1)
    for (name, target), found in sorted(sources.items()):
        allowed |= Q(move=name, target=target, source__in=sorted(found))
    return allowed


class Step(PersonalRecord):
    """One move of a case: from, to, who, under which role, why. Never changed afterwards.

    `prefecture_code` follows the case, so that the office that has it reads its whole
    history; `office_code` is the office at the time, and stays.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    # The step before, in the composite key that chains each step to the one it follows.
    previous = models.GeneratedField(
        expression=NullIf(F("number") - 1, 0),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )
    move = models.CharField(max_length=32)
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=16)
    office_code = models.CharField(max_length=3, null=True)
    reason = models.TextField(blank=True)
    submission_number = models.PositiveSmallIntegerField()
    clears = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=portal_now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="steps_of_a_case_are_numbered", fields=["case", "number"]),
            # Case(id, last_step, state) refers to it: the state is the target of the last step.
            models.UniqueConstraint(
                name="a_step_has_one_target", fields=["case", "number", "target"]
            ),
            # appointments.Clearance refers to it: only a clearing step clears a visit.
            models.UniqueConstraint(name="a_step_clears_or_not", fields=["id", "case", "clears"]),
            models.CheckConstraint(
                name="a_step_is_a_move_of_the_machine", condition=rows_of_the_machine()
            ),
            models.CheckConstraint(
                name="a_step_clears_as_its_move_says",
                condition=Q(clears=True, move__in=CLEARING)
                | Q(clears=False) & ~Q(move__in=CLEARING),
            ),
            models.CheckConstraint(
                name="a_step_without_a_person_is_the_portals",
                condition=Q(actor=None, role="system") | Q(actor__isnull=False) & ~Q(role="system"),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.move}"
