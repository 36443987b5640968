"""Mandates: who may help a person from their own account, with what, and until when."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from dossiers.enums import MandateEnd, MandateKind, MandateLevel
from dossiers.models.dossier import Dossier
from portal.accounts.models import Organisation

LONGEST = dt.timedelta(days=366)
"""Our rule: a mandate lasts a year at most, and is given again by its person."""

LIVE_FOR_ONE_HELPER = 10
"""Our rule against traffickers: a private person holds ten mandates at once, no more."""

_ONE_SCOPE = (
    Q(covers_all=True, procedure_code="", dossier=None)
    | Q(covers_all=False, dossier=None) & ~Q(procedure_code="")
    | Q(covers_all=False, procedure_code="", dossier__isnull=False)
)
_OPEN = Q(accepted_at=None, helper=None, organisation=None, accepted_by=None, helper_name="")
_ACCEPTED = Q(accepted_at__isnull=False, accepted_by__isnull=False) & ~Q(helper_name="")


class MandateQuerySet(models.QuerySet):
    def of_person(self, person):
        """The mandates that this person gave."""
        return self.filter(applicant_id=person.pk)

    def invited_at(self, at):
        """Invitations that may still be accepted."""
        return self.filter(accepted_at=None, ended_at=None, lapses_at__gt=at)

    def live_at(self, at):
        """Accepted, ended by nobody, and not past their last day."""
        return self.filter(accepted_at__isnull=False, ended_at=None, until__gt=at)


class Mandate(models.Model):
    """A person lets somebody act for them, under that helper's own account.

    It begins as an invitation to an address and is accepted only by the account that has proven
    it, for itself or for its organisation. Row security lets the helper through by this row, on
    what it covers, while it lives; ended, the helper's next request finds nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The names that sign each act, as both wrote them: an account holds none.
    person_name = models.CharField(max_length=80)
    helper_name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=12, choices=MandateKind.choices)
    level = models.CharField(max_length=4, choices=MandateLevel.choices)
    covers_all = models.BooleanField(default=False)
    procedure_code = models.CharField(max_length=60, blank=True)
    # With the migration's composite key: the person's own dossier.
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="+")
    email = models.EmailField()
    for_organisation = models.BooleanField(default=False)
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    lapses_at = models.DateTimeField()
    until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, choices=MandateEnd.choices, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_mandate_has_one_person", fields=["id", "applicant"]),
            models.CheckConstraint(name="a_mandate_covers_one_thing", condition=_ONE_SCOPE),
            models.CheckConstraint(
                name="a_mandate_has_a_known_level_and_kind",
                condition=Q(level__in=MandateLevel.values, kind__in=MandateKind.values),
            ),
            models.CheckConstraint(name="a_mandate_names_its_person", condition=~Q(person_name="")),
            models.CheckConstraint(
                name="a_mandate_lasts_one_year_at_most",
                condition=Q(until__gt=F("given_at"), until__lte=F("given_at") + LONGEST),
            ),
            models.CheckConstraint(
                name="an_invitation_lapses_before_its_mandate_ends",
                condition=Q(lapses_at__gt=F("given_at"), lapses_at__lte=F("until")),
            ),
            models.CheckConstraint(
                name="a_mandate_is_held_by_one_helper_or_one_organisation",
                condition=_OPEN
                | _ACCEPTED
                & (
                    Q(for_organisation=False, organisation=None, helper=F("accepted_by"))
                    | Q(for_organisation=True, organisation__isnull=False, helper=None)
                ),
            ),
            models.CheckConstraint(
                name="nobody_is_their_own_mandatary",
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("applicant")),
            ),
            models.CheckConstraint(
                name="a_mandate_that_ended_says_by_whom",
                condition=Q(ended_at=None, ended_by="")
                | Q(ended_at__isnull=False, ended_by__in=MandateEnd.values),
            ),
        ]
        indexes = [
            models.Index("applicant", name="mandates_of_a_person"),
            models.Index("helper", name="mandates_of_a_helper", condition=Q(ended_at=None)),
            models.Index("organisation", name="mandates_of_an_organisation"),
            models.Index("email", name="invitations_of_an_address", condition=Q(accepted_at=None)),
        ]

    def __str__(self):
        return str(self.pk)
