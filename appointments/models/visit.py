"""A visit: from the arrival to its outcome, under a number that names nobody."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from appointments.enums import (
    FULFILLED,
    REASONS,
    OldCard,
    Purpose,
    VisitOutcome,
    VisitState,
)


def _outcomes_with_their_reasons() -> Q:
    """Each outcome has its own reasons; a fulfilled visit has its purpose and its proof."""
    allowed = Q(outcome="", reason="", old_card="", step=None)
    for outcome, reasons in REASONS.items():
        allowed |= Q(outcome=outcome, reason__in=reasons, old_card="", step=None)
    allowed |= Q(outcome=VisitOutcome.MOVED, reason="", old_card="", step=None)
    prints, card = FULFILLED[Purpose.BIOMETRICS], FULFILLED[Purpose.COLLECTION]
    done = Q(reason="", step__isnull=False)
    allowed |= done & Q(outcome=prints, purpose=Purpose.BIOMETRICS, old_card="")
    return allowed | done & Q(outcome=card, purpose=Purpose.COLLECTION, old_card__in=OldCard.values)


class VisitQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Those of the prefectures where they hold a post."""
        return self.filter(prefecture_code__in=person.prefectures)

    def waiting(self):
        return self.filter(state=VisitState.ARRIVED)

    def to_follow_up(self):
        """Nobody could say who the person was: somebody else speaks with them first."""
        return self.filter(outcome=VisitOutcome.UNIDENTIFIED, again_at=None)


class Visit(models.Model):
    """The ticket of a check-in, made by the check-in itself; numbers begin again every day.

    Times, agent and number are the database's: a caller says only what happens next. A visit
    that did not reach its end gives the person another appointment (`again_at`).
    """

    check_in = models.OneToOneField(
        "appointments.CheckIn", models.PROTECT, primary_key=True, related_name="visit"
    )
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.ARRIVED)
    counter = models.ForeignKey("territory.Counter", models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    arrived_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=VisitOutcome.choices, blank=True, default="")
    reason = models.CharField(max_length=20, blank=True, default="")
    old_card = models.CharField(max_length=10, choices=OldCard.choices, blank=True, default="")
    step = models.OneToOneField("workflows.Step", models.PROTECT, null=True, related_name="+")
    again_at = models.DateTimeField(null=True)
    again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_ticket_is_one_person_of_the_day", fields=["site", "day", "number"]
            ),
            models.CheckConstraint(
                name="a_visit_has_the_times_of_its_state",
                condition=Q(state=VisitState.ARRIVED, called_at=None, served_at=None, ended_at=None)
                | Q(
                    state=VisitState.CALLED,
                    called_at__isnull=False,
                    served_at=None,
                    ended_at=None,
                    counter__isnull=False,
                )
                | Q(
                    state=VisitState.SERVED,
                    called_at__isnull=False,
                    served_at__isnull=False,
                    ended_at=None,
                    counter__isnull=False,
                )
                | Q(state=VisitState.ENDED, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="the_times_of_a_visit_are_in_order",
                condition=(Q(called_at=None) | Q(called_at__gte=F("arrived_at")))
                & (Q(served_at=None) | Q(called_at__isnull=False, served_at__gte=F("called_at")))
                & (Q(ended_at=None) | Q(ended_at__gte=F("arrived_at")))
                & (Q(ended_at=None) | Q(served_at=None) | Q(ended_at__gte=F("served_at"))),
            ),
            models.CheckConstraint(
                name="a_visit_ends_with_its_outcome",
                condition=Q(state=VisitState.ENDED) & ~Q(outcome="")
                | ~Q(state=VisitState.ENDED) & Q(outcome=""),
            ),
            models.CheckConstraint(
                name="an_outcome_is_of_the_purpose_with_its_reason",
                condition=_outcomes_with_their_reasons(),
            ),
            models.CheckConstraint(
                name="only_who_left_ends_before_the_counter",
                condition=Q(outcome__in=["", VisitOutcome.LEFT, VisitOutcome.MOVED])
                | Q(served_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_an_unfulfilled_visit_is_made_again",
                condition=Q(again_at=None) | Q(outcome__in=list(REASONS)),
            ),
        ]

    def __str__(self):
        return f"visit {self.number} of {self.day}"

    @property
    def is_over(self):
        return self.state == VisitState.ENDED


def is_made_again() -> Exists:
    """Of an appointment: its visit did not reach its end, and the person may be given another."""
    return Exists(Visit.objects.filter(check_in_id=OuterRef("pk"), again_at__isnull=False))


class WaitingScreen(models.Model):
    """A screen on the wall of a site: whoever has its address reads numbers, and nothing else.

    Only the digest of the address is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    token_digest = models.CharField(max_length=64, unique=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"screen of {self.site_id}"
