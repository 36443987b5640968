"""The order of a card to its maker, and the card's way to the office that hands it over."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workflows.enums import CancelAnswer, CardOrderState
from workflows.models.base import PersonalRecord, portal_now


class CardOrder(PersonalRecord):
    """One card asked of the maker; the key makes a repeated order the same order.

    A revoked order is cancelled at the maker by a job: `maker_said` is empty until the maker
    has answered, and a card that was already made is said to be made. The order names for ever
    the office that it was first for; the maker may be told of another one until the card is made.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="card_orders")
    step = models.OneToOneField("workflows.Step", models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(
        max_length=8, choices=CardOrderState.choices, default=CardOrderState.TO_SEND
    )
    maker_order = models.CharField(max_length=64, blank=True)
    ordered_for = models.CharField(max_length=3, db_default="", editable=False)
    delivery_code = models.CharField(
        max_length=3, blank=True, db_default="", help_text="the office that the maker delivers to"
    )
    place_code = models.CharField(
        max_length=3,
        blank=True,
        db_default="",
        help_text="the office where the card is; empty before it is made, and on its way",
    )
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
            models.CheckConstraint(
                name="a_card_is_nowhere_before_it_is_made",
                condition=Q(place_code="")
                | ~Q(state__in=[CardOrderState.TO_SEND, CardOrderState.SENT]),
            ),
        ]

    def __str__(self):
        return self.idempotency_key

    @property
    def awaits_cancelling(self) -> bool:
        """Revoked here, and the maker has not answered yet."""
        return self.state == CardOrderState.REVOKED and not self.maker_said

    @property
    def goes_elsewhere(self) -> bool:
        """The maker has still to be told that another office hands the card over."""
        return self.state == CardOrderState.SENT and self.delivery_code != self.prefecture_code


class CardDispatchQuerySet(models.QuerySet):
    """Which cards are to be sent from an office to another."""

    def visible_to(self, person):
        """Those that leave, or come to, the offices that this person serves today."""
        here = person.prefectures
        return self.filter(Q(from_code__in=here) | Q(to_code__in=here))

    def on_their_way(self):
        """Asked for, and neither received nor given up."""
        return self.filter(received_at=None, dropped_at=None)


class CardDispatch(models.Model):
    """A card that was made is sent from one office to another (acheminement), once.

    The database reads from the order whose card it is, where it is and where it goes, whatever
    the caller says. The office that sends it reads its number and its destination, and nothing
    of the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(CardOrder, models.PROTECT, related_name="dispatches")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    card_number = models.CharField(max_length=20)
    from_code = models.CharField(max_length=3)
    to_code = models.CharField(max_length=3)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True)

    objects = CardDispatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_card_is_sent_to_another_office", condition=~Q(from_code=F("to_code"))
            ),
            models.CheckConstraint(
                name="a_card_is_sent_by_somebody",
                condition=Q(sent_at=None, sent_by=None)
                | Q(sent_at__isnull=False, sent_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_card_is_received_by_somebody",
                condition=Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_card_that_left_is_not_kept",
                condition=Q(dropped_at=None) | Q(sent_at=None, received_at=None),
            ),
            models.UniqueConstraint(
                name="a_card_is_on_one_way_at_a_time",
                fields=["order"],
                condition=Q(received_at=None, dropped_at=None),
            ),
        ]
        indexes = [
            models.Index(
                name="cards_to_send",
                fields=["from_code", "asked_at"],
                condition=Q(received_at=None, dropped_at=None),
            ),
            models.Index(
                name="cards_awaited",
                fields=["to_code", "asked_at"],
                condition=Q(received_at=None, dropped_at=None),
            ),
        ]

    def __str__(self):
        return f"card {self.card_number}: {self.from_code} → {self.to_code}"
