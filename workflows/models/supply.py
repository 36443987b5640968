"""What a grant still waits for before it takes effect (CRPA L.114-5-1)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflows.enums import SupplyHow
from workflows.models.base import PersonalRecord


class AwaitedSupply(PersonalRecord):
    """One item missing when the title was granted, and how it was received afterwards.

    `item` is how it was asked when the decision was signed; a composite key proves that it was
    not essential to the review. `confirmed_by` is the agent who saw that the right thing came.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="supplies")
    decision = models.ForeignKey("workflows.Decision", models.PROTECT, related_name="supplies")
    item = models.ForeignKey("dossiers.CompletionItem", models.PROTECT, related_name="+")
    essential = models.BooleanField(default=False, db_default=False, editable=False)
    label = models.CharField(max_length=300)
    received_on = models.DateField(null=True)
    how = models.CharField(max_length=12, choices=SupplyHow.choices, blank=True)
    note = models.TextField(blank=True)
    # No column: the day it came by the portal, found by `queries.supplies`.
    sent_on: date | None = None
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_grant_waits_for_an_item_once", fields=["decision", "item"]
            ),
            models.CheckConstraint(
                name="a_grant_never_waits_for_an_essential_item", condition=Q(essential=False)
            ),
            models.CheckConstraint(
                name="a_received_supply_says_when_how_and_who_saw_it",
                condition=Q(received_on=None, how="", confirmed_at=None, confirmed_by=None)
                | Q(
                    received_on__isnull=False,
                    how__in=SupplyHow.values,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="what_came_otherwise_says_how",
                condition=~Q(how=SupplyHow.OTHERWISE) | ~Q(note=""),
            ),
        ]

    def __str__(self):
        return f"{self.label} ({self.case_id})"
