"""What each issuing run looked at and decided, so that anyone entitled to can replay it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.enums import IssueOutcome


class IssueRun(models.Model):
    """One ordered run for one prefecture. Append-only; each run seals the one before it.

    `next_seed_digest` is the digest of the seed of the run to come, drawn now: nobody, the office
    included, chooses a seed once they know who waits. `started_at` is the moment of the run.
    `is_near`: a run of the seats inside the ten days, for who accepted one or may be offered one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prefecture_code = models.CharField(max_length=3)
    rule_version = models.CharField(max_length=20)
    seed = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    waiting = models.PositiveIntegerField()
    issued = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64, blank=True)
    inputs_digest = models.CharField(max_length=64, default="", blank=True)
    decisions_digest = models.CharField(max_length=64, default="", blank=True)
    next_seed_digest = models.CharField(max_length=64, default="", blank=True)
    is_near = models.BooleanField(default=False, db_default=False)
    offers_digest = models.CharField(max_length=64, default="", blank=True, db_default="")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="runs_form_one_chain", fields=["prefecture_code", "previous_digest"]
            )
        ]

    def __str__(self):
        return f"run {self.pk}"


class RunInputs(models.Model):
    """Who waited and which seats were free, packed. The issuing role alone reads it.

    A seat that a run left free may be free still: no page may show these bytes.
    """

    run = models.OneToOneField(IssueRun, models.PROTECT, primary_key=True, related_name="inputs")
    prefecture_code = models.CharField(max_length=3)
    packed = models.BinaryField()

    def __str__(self):
        return f"inputs of {self.run_id}"


class DrawnSeed(models.Model):
    """The seed of a run to come. Its digest is published by the run that drew it."""

    digest = models.CharField(max_length=64, primary_key=True)
    prefecture_code = models.CharField(max_length=3)
    seed = models.CharField(max_length=64)

    def __str__(self):
        return f"seed {self.digest[:8]}"


class IssueDecision(models.Model):
    """The rank of one waiting person in one run, and what came of it; each seals the one before.

    `is_capped`: the person's agreed urgency came after the share of the run, and was of class 1.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(IssueRun, models.PROTECT, related_name="decisions")
    # the person and the dossier are those of the clearance, by a composite key (migration 0007)
    clearance = models.ForeignKey(
        "appointments.Clearance", models.PROTECT, related_name="+", db_constraint=False
    )
    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, related_name="+", db_constraint=False
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_constraint=False
    )
    prefecture_code = models.CharField(max_length=3)
    rank = models.PositiveIntegerField()
    priority_class = models.PositiveSmallIntegerField()
    is_capped = models.BooleanField(default=False, db_default=False)
    outcome = models.CharField(max_length=20, choices=IssueOutcome.choices)
    appointment = models.OneToOneField(
        "appointments.Appointment", models.PROTECT, null=True, blank=True, related_name="decision"
    )
    digest = models.CharField(max_length=64, default="", blank=True)

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
            models.CheckConstraint(
                name="a_decision_has_a_known_outcome",
                condition=Q(outcome__in=IssueOutcome.values),
            ),
        ]

    def __str__(self):
        return f"rank {self.rank} of {self.run_id}"


class NoShowRate(models.Model):
    """The share of people who stay away, learned on a day from the appointments that are past."""

    prefecture_code = models.CharField(max_length=3)
    service = models.ForeignKey("appointments.Service", models.PROTECT, related_name="+")
    learned_on = models.DateField()
    honoured = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    rate = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_rate_is_learned_once_a_day",
                fields=["prefecture_code", "service", "learned_on"],
            ),
            models.CheckConstraint(name="a_rate_is_a_share", condition=Q(rate__gte=0, rate__lt=1)),
        ]

    def __str__(self):
        return f"{self.prefecture_code} {self.service_id}: {self.rate:.3f}"
