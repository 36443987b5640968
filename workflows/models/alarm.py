"""What tells a supervisor that a day is near, and the record of what the daily run did."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workflows.models.base import PersonalRecord, portal_now


class Alarm(PersonalRecord):
    """A case whose day is near: raised once for this day and this rule, seen by somebody."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="alarms")
    rule = models.CharField(max_length=60)
    due_on = models.DateField()
    raised_at = models.DateTimeField(db_default=portal_now(), editable=False)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_case_alarms_once_for_a_day_and_a_rule", fields=["case", "due_on", "rule"]
            ),
            models.CheckConstraint(
                name="an_alarm_that_was_seen_says_by_whom",
                condition=Q(seen_at=None, seen_by=None)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "prefecture_code", "due_on", "id", name="alarms_to_see", condition=Q(seen_at=None)
            )
        ]

    def __str__(self):
        return f"{self.rule} {self.due_on} ({self.case_id})"


class ClockRun(models.Model):
    """The clocks of one legal day: how far the run is, and what it found.

    `first_day` is the day after the last run that ended: what was missed is caught up here.
    """

    legal_day = models.DateField(unique=True)
    first_day = models.DateField()
    # Where to go on: each batch writes its place in the same transaction as its work.
    stage = models.CharField(max_length=16, blank=True)
    after = models.UUIDField(null=True)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField(db_default=portal_now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_run_has_a_stage_until_it_ends",
                condition=Q(ended_at=None) & ~Q(stage="") | Q(ended_at__isnull=False, stage=""),
            ),
            models.CheckConstraint(
                name="a_run_catches_up_from_a_day_that_came",
                condition=Q(first_day__lte=F("legal_day")),
            ),
        ]

    def __str__(self):
        return f"{self.legal_day} {self.stage}"


class AlarmDigest(models.Model):
    """The one mail of a day to the supervisors of an office: how many alarms it counted."""

    prefecture_code = models.CharField(max_length=3)
    legal_day = models.DateField()
    number = models.PositiveIntegerField()
    mails = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_office_is_written_to_once_a_day", fields=["prefecture_code", "legal_day"]
            )
        ]

    def __str__(self):
        return f"{self.prefecture_code} {self.legal_day}"
