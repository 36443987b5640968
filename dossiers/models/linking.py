"""Links: two people who live as a couple have their two requests treated together."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from dossiers.enums import LinkEnd
from dossiers.models.dossier import Dossier

LASTS = dt.timedelta(days=7)
"""Our rule: a code that nobody typed within a week is worth nothing."""

_OPEN = Q(
    accepted_at=None, second_dossier=None, second_person=None, second_name="", second_procedure=""
)
_ACCEPTED = (
    Q(accepted_at__isnull=False, second_dossier__isnull=False, second_person__isnull=False)
    & ~Q(second_name="")
    & ~Q(second_procedure="")
)


class DossierLinkQuerySet(models.QuerySet):
    def of_dossier(self, dossier_id):
        """Those in which a dossier stands, on either side."""
        return self.filter(Q(first_dossier_id=dossier_id) | Q(second_dossier_id=dossier_id))

    def lasting(self):
        """Ended by nobody: live, or asked for and not answered."""
        return self.filter(ended_at=None)

    def live(self):
        """Accepted by both, and ended by nobody."""
        return self.filter(accepted_at__isnull=False, ended_at=None)


class DossierLink(models.Model):
    """The first person asked and gave a code away; the second typed it and accepted.

    Row security shows it to these two alone. Neither sees the other's dossier by it: the names
    are those that each wrote for the other, the procedures are titles. Which offices and agents
    learn of it is asked of functions of the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # With the migration's composite keys: each side's own dossier.
    first_dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    first_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_name = models.CharField(max_length=80)
    first_procedure = models.CharField(max_length=60)
    second_dossier = models.ForeignKey(
        Dossier, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_name = models.CharField(max_length=80, blank=True)
    second_procedure = models.CharField(max_length=60, blank=True)
    code_digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    lapses_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=6, choices=LinkEnd.choices, blank=True)
    # A job tells whoever did not act; it marks what it told.
    beginning_told_at = models.DateTimeField(null=True, blank=True)
    end_told_at = models.DateTimeField(null=True, blank=True)

    objects = DossierLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_link_has_a_code_of_its_own", fields=["code_digest"]),
            models.UniqueConstraint(
                name="a_dossier_asks_for_one_link_at_a_time",
                fields=["first_dossier"],
                condition=Q(ended_at=None),
            ),
            models.UniqueConstraint(
                name="a_dossier_accepts_one_link_at_a_time",
                fields=["second_dossier"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(name="a_link_names_who_asks", condition=~Q(first_name="")),
            models.CheckConstraint(
                name="an_accepted_link_has_both_sides", condition=_OPEN | _ACCEPTED
            ),
            models.CheckConstraint(
                name="a_link_joins_two_different_people",
                condition=Q(second_person=None) | ~Q(second_person=F("first_person")),
            ),
            models.CheckConstraint(
                name="a_code_lasts_a_week_at_most",
                condition=Q(lapses_at__gt=F("asked_at"), lapses_at__lte=F("asked_at") + LASTS),
            ),
            models.CheckConstraint(
                name="a_link_that_ended_says_by_whom",
                condition=Q(ended_at=None, ended_by="")
                | Q(ended_at__isnull=False, ended_by__in=LinkEnd.values),
            ),
            models.CheckConstraint(
                name="a_code_is_a_keyed_digest",
                condition=Q(code_digest__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self):
        return str(self.pk)

    def side_of(self, dossier_id) -> str:
        """Which side of the link this dossier is, "first" or "second"."""
        return LinkEnd.FIRST if self.first_dossier_id == dossier_id else LinkEnd.SECOND


class LinkTry(models.Model):
    """Somebody typed a code that is worth nothing; the database counts them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("applicant", "at", name="link_tries_of_a_person")]

    def __str__(self):
        return str(self.pk)
