"""A near seat that was given back, offered to one volunteer at a time and shown to nobody else."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from appointments.enums import HOLDING_STATES, OfferEnd, OfferState
from appointments.ordering import ANSWERED_WITHIN, NOTICE, OFFERED_AT_LEAST_BEFORE


class ShortNoticeOfferQuerySet(models.QuerySet):
    def holding(self):
        """Those that keep their seat for their person."""
        return self.filter(state__in=HOLDING_STATES)

    def untold(self):
        """Those that ended otherwise than by an answer, of which the person was not told yet."""
        ended = (OfferState.EXPIRED, OfferState.WITHDRAWN)
        return self.filter(state__in=ended, told_at=None)


class ShortNoticeOffer(models.Model):
    """Place proposée à court délai: one seat inside the ten days, one person, one answer.

    Its person and the issuing role alone read it: who knew of an offer would know of a place. Made
    by a run, of which it seals the order; only its state changes, and each end needs its fact.
    `expires_at` is set by the database. What is expired or withdrawn is told to the person once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(
        "appointments.IssueRun", models.PROTECT, related_name="offers", db_constraint=False
    )
    rank = models.PositiveIntegerField()
    # what the clearance and the slot say is carried by composite keys (migration 0016)
    clearance = models.ForeignKey(
        "appointments.Clearance", models.PROTECT, related_name="offers", db_constraint=False
    )
    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, related_name="+", db_constraint=False
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_constraint=False
    )
    person = models.ForeignKey(
        "dossiers.Person", models.PROTECT, related_name="+", db_constraint=False
    )
    prefecture_code = models.CharField(max_length=3)
    service = models.ForeignKey(
        "appointments.Service", models.PROTECT, related_name="+", db_constraint=False
    )
    purpose = models.CharField(max_length=20)
    slot = models.ForeignKey(
        "appointments.Slot", models.PROTECT, related_name="offers", db_constraint=False
    )
    seat_number = models.PositiveSmallIntegerField()
    site = models.ForeignKey(
        "territory.Site", models.PROTECT, related_name="+", db_constraint=False
    )
    counter = models.ForeignKey(
        "territory.Counter", models.PROTECT, related_name="+", db_constraint=False
    )
    period = DateTimeRangeField()
    state = models.CharField(
        max_length=10, choices=OfferState.choices, default=OfferState.OPEN, db_default="open"
    )
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(
        max_length=10, choices=OfferEnd.choices, blank=True, default="", db_default=""
    )
    told_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64)

    objects = ShortNoticeOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_offer_has_a_known_state", condition=Q(state__in=OfferState.values)
            ),
            models.CheckConstraint(
                name="an_offer_is_of_a_near_seat",
                condition=Q(
                    period__startswith__gte=F("offered_at") + OFFERED_AT_LEAST_BEFORE,
                    period__startswith__lt=F("offered_at") + NOTICE,
                ),
            ),
            models.CheckConstraint(
                name="an_offer_is_answered_within_a_day",
                condition=Q(
                    expires_at__gt=F("offered_at"),
                    expires_at__lte=F("offered_at") + ANSWERED_WITHIN,
                ),
            ),
            models.CheckConstraint(
                name="an_offer_has_the_moments_of_its_state",
                condition=Q(
                    state=OfferState.OPEN, answered_at=None, ended_at=None, ended_because=""
                )
                | Q(
                    state=OfferState.ACCEPTED,
                    answered_at__isnull=False,
                    ended_at=None,
                    ended_because="",
                )
                | Q(
                    state__in=[OfferState.USED, OfferState.DECLINED],
                    answered_at__isnull=False,
                    ended_at__isnull=False,
                    ended_because="",
                )
                | Q(
                    state=OfferState.EXPIRED,
                    answered_at=None,
                    ended_at__isnull=False,
                    ended_because="",
                )
                | Q(
                    state=OfferState.WITHDRAWN,
                    ended_at__isnull=False,
                    ended_because__in=OfferEnd.values,
                ),
            ),
            models.CheckConstraint(
                name="what_is_told_of_an_offer_is_its_end",
                condition=Q(told_at=None) | Q(state__in=[OfferState.EXPIRED, OfferState.WITHDRAWN]),
            ),
            models.UniqueConstraint(
                name="a_seat_is_offered_to_one_person_at_a_time",
                fields=["slot", "seat_number"],
                condition=Q(state__in=HOLDING_STATES),
            ),
            models.UniqueConstraint(
                name="one_offer_at_a_time_for_a_clearance",
                fields=["clearance"],
                condition=Q(state__in=HOLDING_STATES),
            ),
            models.UniqueConstraint(
                name="a_rank_of_a_run_is_offered_one_seat", fields=["run", "rank"]
            ),
            models.UniqueConstraint(
                name="an_offer_is_referred_to_with_its_seat",
                fields=["id", "clearance", "slot", "seat_number"],
            ),
        ]
        indexes = [
            models.Index(
                name="offers_to_end_or_to_tell",
                fields=["prefecture_code"],
                condition=Q(state__in=HOLDING_STATES)
                | Q(state__in=[OfferState.EXPIRED, OfferState.WITHDRAWN], told_at=None),
            )
        ]

    def __str__(self):
        return f"offer {self.pk}"

    @property
    def starts_at(self):
        return self.period.lower

    @property
    def ends_at(self):
        return self.period.upper

    def is_open(self, at) -> bool:
        """Whether it may still be answered, whatever the job that ends it has done."""
        return self.state == OfferState.OPEN and at < self.expires_at
