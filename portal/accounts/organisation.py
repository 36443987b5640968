"""Organisations whose members help people: a law firm, an association."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import OrganisationKind


class Organisation(models.Model):
    """A law firm or an association. It receives mandates once an operator has verified it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("nom"), max_length=100)
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    # SIREN: what an operator looks up before verifying.
    registration = models.CharField(max_length=9)
    # Stamped by the database; asking it back would need the right to see the row already.
    made_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_organisation_is_of_a_known_kind",
                condition=Q(kind__in=OrganisationKind.values),
            ),
            models.CheckConstraint(
                name="an_organisation_is_registered_with_nine_digits",
                condition=Q(registration__regex=r"^[0-9]{9}$"),
            ),
            models.CheckConstraint(name="an_organisation_has_a_name", condition=~Q(name="")),
            models.UniqueConstraint(
                name="an_organisation_is_verified_once",
                fields=["registration"],
                condition=Q(verified_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name


class MembershipQuerySet(models.QuerySet):
    def live(self):
        """Members of today."""
        return self.filter(joined_at__isnull=False, left_at=None)

    def waiting_at(self, at):
        """Invitations that may still be accepted."""
        return self.filter(joined_at=None, left_at=None, lapses_at__gt=at)


class Membership(models.Model):
    """Somebody invited into an organisation by their address; theirs once they accept.

    Whoever leaves, or is made to, loses every mandate of the organisation at the next request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    email = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Written by the member when they accept: it signs what they do.
    name = models.CharField(max_length=60, blank=True)
    is_administrator = models.BooleanField(default=False)
    invited_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    lapses_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_account_is_a_member_once",
                fields=["organisation", "user"],
                condition=Q(left_at=None),
            ),
            models.CheckConstraint(
                name="a_member_joined_with_an_account_and_a_name",
                condition=Q(user=None, joined_at=None, name="")
                | Q(user__isnull=False, joined_at__isnull=False) & ~Q(name=""),
            ),
            models.CheckConstraint(
                name="an_invitation_of_a_member_lapses", condition=Q(lapses_at__gt=F("invited_at"))
            ),
        ]

    def __str__(self):
        return str(self.pk)
