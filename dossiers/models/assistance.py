"""Help at the counter: who was recognised, and the two hours in which an agent types for them."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from dossiers.enums import AssistanceEnd, AssistanceReason, Consent
from dossiers.models.dossier import Dossier

LONGEST = dt.timedelta(hours=2)


class AssistedIdentification(models.Model):
    """One attempt of an agent to recognise a person; without `applicant`, it failed.

    Only functions of the database write it: they compare what the agent typed with what the
    agent may not read, and they count the failures.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    class Meta:
        indexes = [models.Index("agent", "at", name="identifications_of_an_agent")]
        constraints = [
            models.UniqueConstraint(
                name="an_identification_names_one_person", fields=["id", "agent", "applicant"]
            ),
        ]


class AssistedSessionQuerySet(models.QuerySet):
    def running(self):
        """Not ended by anybody; its time may be over."""
        return self.filter(ended_at=None)

    def open_at(self, at):
        """Help that is given now."""
        return self.running().filter(until__gt=at)


class AssistedSession(models.Model):
    """An agent fills one draft with its person, at the counter (CESEDA R.431-2, paragraph 3).

    It says why the person could not file alone and how they agreed, at the moment it opened.
    Row security lets the agent through by this row, on this dossier, until it ends. Whoever
    opened one never handles the case afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    identification = models.OneToOneField(AssistedIdentification, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16, choices=AssistanceReason.choices)
    reason_text = models.TextField(blank=True)
    consent = models.CharField(max_length=8, choices=Consent.choices)
    opened_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=AssistanceEnd.choices, blank=True)
    # All that the agent still sees afterwards: the number to write on the paper.
    filed_number = models.CharField(max_length=19, blank=True)

    objects = AssistedSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_assistance_per_dossier",
                fields=["dossier"],
                condition=Q(ended_at=None),
            ),
            models.UniqueConstraint(
                name="one_open_assistance_per_agent", fields=["agent"], condition=Q(ended_at=None)
            ),
            models.UniqueConstraint(
                name="an_assistance_has_one_dossier_and_one_agent",
                fields=["id", "dossier", "agent"],
            ),
            models.CheckConstraint(
                name="nobody_assists_themselves", condition=~Q(agent=F("applicant"))
            ),
            models.CheckConstraint(
                name="an_assistance_says_why",
                condition=Q(reason__in=AssistanceReason.values)
                & (~Q(reason="other") | ~Q(reason_text="")),
            ),
            models.CheckConstraint(
                name="a_consent_is_written_or_spoken", condition=Q(consent__in=Consent.values)
            ),
            models.CheckConstraint(
                name="an_assistance_lasts_two_hours_at_most",
                condition=Q(until__gt=F("opened_at"), until__lte=F("opened_at") + LONGEST),
            ),
            models.CheckConstraint(
                name="an_assistance_that_ended_says_how",
                condition=Q(ended_at=None, ended_why="")
                | Q(ended_at__isnull=False, ended_why__in=AssistanceEnd.values),
            ),
            models.CheckConstraint(
                name="only_a_filing_gives_the_agent_a_number",
                condition=Q(filed_number="") | Q(ended_why="filed"),
            ),
        ]

    def __str__(self):
        return str(self.pk)
