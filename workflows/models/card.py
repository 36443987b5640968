"""The order of a card to its maker."""

from django.db import models
from django.db.models import Q

from workflows.enums import CancelAnswer, CardOrderState
from workflows.models.base import PersonalRecord, portal_now


class CardOrder(PersonalRecord):
    """One card asked of the maker; the key makes a repeated order the same order.

    A revoked order is cancelled at the maker by a job: `maker_said` is empty until the maker
    has answered, and a card that was already made is said to be made.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="card_orders")
    step = models.OneToOneField("workflows.Step", models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(
        max_length=8, choices=CardOrderState.choices, default=CardOrderState.TO_SEND
    )
    maker_order = models.CharField(max_length=64, blank=True)
    ordered_at = models.DateTimeField(db_default=portal_now(), editable=False)
    sent_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    produced_at = models.DateTimeField(null=True)
    card_number = models.CharField(max_length=20, blank=True, db_default="")
    maker_said = models.CharField(
        max_length=10, choices=CancelAnswer.choices, blank=True, db_default=""
    )
    maker_said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_sent_order_has_the_makers_number",
                condition=Q(state__in=[CardOrderState.TO_SEND, CardOrderState.REVOKED])
                | ~Q(maker_order=""),
            ),
            models.CheckConstraint(
                name="the_maker_answers_once_about_a_revoked_order",
                condition=Q(maker_said="", maker_said_at=None)
                | Q(
                    state=CardOrderState.REVOKED,
                    maker_said__in=CancelAnswer.values,
                    maker_said_at__isnull=False,
                ),
            ),
        ]

    def __str__(self):
        return self.idempotency_key

    @property
    def awaits_cancelling(self) -> bool:
        """Revoked here, and the maker has not answered yet."""
        return self.state == CardOrderState.REVOKED and not self.maker_said
