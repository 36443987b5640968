"""What each issuing run decided, so that anyone entitled to can replay it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.enums import IssueOutcome


class IssueRun(models.Model):
    """One ordered run for one prefecture. Append-only; each run seals the one before it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prefecture_code = models.CharField(max_length=3)
    rule_version = models.CharField(max_length=20)
    seed = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    waiting = models.PositiveIntegerField()
    issued = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="runs_form_one_chain", fields=["prefecture_code", "previous_digest"]
            )
        ]

    def __str__(self):
        return f"run {self.pk}"


class IssueDecision(models.Model):
    """The rank of one waiting person in one run, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(IssueRun, models.PROTECT, related_name="decisions")
    clearance = models.ForeignKey("appointments.Clearance", models.PROTECT, related_name="+")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    rank = models.PositiveIntegerField()
    priority_class = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20, choices=IssueOutcome.choices)
    appointment = models.OneToOneField(
        "appointments.Appointment", models.PROTECT, null=True, blank=True, related_name="decision"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_rank_is_held_once_in_a_run", fields=["run", "rank"]),
            models.UniqueConstraint(
                name="a_clearance_is_decided_once_in_a_run", fields=["run", "clearance"]
            ),
            models.CheckConstraint(
                name="a_decision_gives_a_seat_or_a_reason",
                condition=Q(outcome=IssueOutcome.SEAT, appointment__isnull=False)
                | ~Q(outcome=IssueOutcome.SEAT) & Q(appointment=None),
            ),
        ]

    def __str__(self):
        return f"rank {self.rank} of {self.run_id}"
