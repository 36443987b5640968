"""What the moves of the machine set: the columns of a case, besides its state."""

from django.conf import settings
from django.db import models

from portal.core.state import ProtectedStateModel
from workflows.enums import Outcome


class CaseFacts(ProtectedStateModel):
    """The facts of a case that a move may change, and no page."""

    prefecture_code = models.CharField(max_length=3, null=True)
    # The service of that office, and the code of the rule that found it (workflows.routing).
    service = models.ForeignKey("territory.Service", models.PROTECT, null=True, related_name="+")
    routing_rule = models.CharField(max_length=24, blank=True, default="", db_default="")
    submission_number = models.PositiveSmallIntegerField(default=1)
    complete_at = models.DateTimeField(null=True)
    back_to = models.CharField(max_length=24, blank=True)
    completion_request_id = models.UUIDField(null=True)
    opinion_id = models.UUIDField(null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    proposed_outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    proposed_submission = models.PositiveSmallIntegerField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    title_starts_on = models.DateField(null=True)
    title_ends_on = models.DateField(null=True)
    supply_awaited = models.BooleanField(default=False, db_default=False)
    # Whether a card is made of the grant; else the right is recorded, and the letter proves it.
    makes_card = models.BooleanField(default=True, db_default=True)
    prints_on_record = models.BooleanField(default=False)
    card_ordered_at = models.DateTimeField(null=True)
    card_number = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
