"""What the prefecture asks again, item by item, and when it was answered."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dossiers.enums import CompletionOutcome, ItemKind, ItemState
from dossiers.models.dossier import Dossier


class CompletionRequestQuerySet(models.QuerySet):
    def still_open(self):
        """Requests the applicant may still answer."""
        return self.filter(closed_at=None)

    def with_last_day(self):
        """Each request with its real deadline, extension included."""
        return self.annotate(ends_on=Coalesce("extended_to", "due_on"))


class CompletionRequest(models.Model):
    """A request for missing items (CRPA L.114-5). While it is open, those items may be changed.

    `due_on` is the day first set and never changes; the person may once have it put off to
    `extended_to`. `about_submission` is the filing that the agent had read, `answer_submission`
    the one that answered. A second round says why the first was not enough. A request that does
    not hold the review names nothing essential: the review goes on (CRPA L.114-5-1).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="completion_requests")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    holds_review = models.BooleanField(default=True, db_default=True)
    round = models.PositiveSmallIntegerField(default=1)
    round_reason = models.TextField(blank=True)
    about_submission = models.PositiveSmallIntegerField(default=1)
    message = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    extended_to = models.DateField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=CompletionOutcome.choices, blank=True)
    answer_submission = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = CompletionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de complément")
        constraints = [
            models.UniqueConstraint(
                name="one_open_completion_request_per_dossier",
                fields=["dossier"],
                condition=Q(closed_at=None),
                violation_error_message=_("Une demande de complément est déjà ouverte."),
            ),
            models.UniqueConstraint(
                name="rounds_of_completion_are_numbered", fields=["dossier", "round"]
            ),
            # An item refers to both columns: only a request that holds has an essential one.
            models.UniqueConstraint(
                name="a_completion_request_holds_or_not", fields=["id", "holds_review"]
            ),
            models.CheckConstraint(
                name="a_second_round_of_completion_says_why",
                condition=Q(round=1) | Q(round__gt=1) & ~Q(round_reason=""),
            ),
            models.CheckConstraint(
                name="a_closed_completion_request_says_how_it_ended",
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=CompletionOutcome.values),
            ),
            models.CheckConstraint(
                name="a_supplied_completion_request_names_its_filing",
                condition=Q(
                    outcome=CompletionOutcome.SUPPLIED,
                    answer_submission__isnull=False,
                    answer_submission__gt=F("about_submission"),
                )
                | ~Q(outcome=CompletionOutcome.SUPPLIED) & Q(answer_submission=None),
            ),
            models.CheckConstraint(
                name="an_extension_puts_the_deadline_off",
                condition=Q(extended_to=None, extended_at=None, extension_reason="")
                | Q(
                    extended_to__isnull=False,
                    extended_to__gt=F("due_on"),
                    extended_at__isnull=False,
                ),
            ),
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.last_day}"

    @property
    def last_day(self):
        """The day that counts: the extended one, else the one first set."""
        return self.extended_to or self.due_on


class CompletionItem(models.Model):
    """One answer or one box asked again, with the reason in plain words.

    `essential` is what the examination cannot go on without; the absence of another piece must
    not suspend it (CRPA L.114-5-1). `explanation` is the person's way out that is not silence:
    why it cannot be given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(CompletionRequest, models.PROTECT, related_name="items")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    kind = models.CharField(max_length=8, choices=ItemKind.choices)
    code = models.CharField(max_length=60)
    essential = models.BooleanField(default=False)
    request_holds = models.BooleanField(default=True, db_default=True)
    reason_code = models.CharField(max_length=40, blank=True)
    why = models.TextField(blank=True)
    example = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    explanation = models.TextField(blank=True)
    explained_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_completion_request_names_an_item_once", fields=["request", "kind", "code"]
            ),
            models.CheckConstraint(
                name="an_essential_item_holds_the_review",
                condition=Q(essential=False) | Q(request_holds=True),
            ),
            # What a grant waits for refers to both columns: it is never essential.
            models.UniqueConstraint(
                name="a_completion_item_is_essential_or_not", fields=["id", "essential"]
            ),
            models.CheckConstraint(
                name="a_completion_item_is_an_answer_or_evidence",
                condition=Q(kind__in=ItemKind.values),
            ),
            models.CheckConstraint(
                name="a_completion_item_says_why", condition=~Q(reason_code="") | ~Q(why="")
            ),
            models.CheckConstraint(
                name="an_explanation_has_its_moment",
                condition=Q(explanation="", explained_at=None)
                | ~Q(explanation="") & Q(explained_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.code}"

    @property
    def state(self) -> ItemState:
        """Where the person stands with this item; an answer counts more than an explanation."""
        if self.answered_at is not None:
            return ItemState.ANSWERED
        return ItemState.EXPLAINED if self.explanation else ItemState.TO_DO


class CompletionReminder(models.Model):
    """One reminder of one deadline; its row is what keeps it from being sent twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(CompletionRequest, models.PROTECT, related_name="reminders")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    for_day = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_deadline_is_reminded_once_at_a_time",
                fields=["request", "for_day", "days_before"],
            ),
        ]

    def __str__(self):
        return f"{self.request_id} {self.for_day} −{self.days_before}"
