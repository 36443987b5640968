"""What the prefecture asks again, item by item, and when it was answered."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.enums import CompletionOutcome, ItemKind
from dossiers.models.dossier import Dossier


class CompletionRequestQuerySet(models.QuerySet):
    def still_open(self):
        """Requests the applicant may still answer."""
        return self.filter(closed_at=None)


class CompletionRequest(models.Model):
    """A request for missing items (CRPA L.114-5). While it is open, those items may be changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="completion_requests")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    message = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=CompletionOutcome.choices, blank=True)

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
            models.CheckConstraint(
                name="a_closed_completion_request_says_how_it_ended",
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=CompletionOutcome.values),
            ),
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.due_on}"


class CompletionItem(models.Model):
    """One answer or one box asked again, with the reason in plain words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(CompletionRequest, models.PROTECT, related_name="items")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    kind = models.CharField(max_length=8, choices=ItemKind.choices)
    code = models.CharField(max_length=60)
    why = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_completion_request_names_an_item_once", fields=["request", "kind", "code"]
            ),
            models.CheckConstraint(
                name="a_completion_item_is_an_answer_or_evidence",
                condition=Q(kind__in=ItemKind.values),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.code}"
