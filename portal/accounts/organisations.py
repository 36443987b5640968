"""Organisations that help people: made by anybody, verified by an operator, run by members."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, Organisation, User
from portal.core import journal, rows
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal

ANSWERED_WITHIN = timedelta(days=14)
"""Our rule: an invitation that nobody has answered after two weeks is over."""

SENTENCES = {
    "an_account_is_a_member_once": _("Vous êtes déjà membre de cette organisation."),
    "a_member_joins_by_the_address_that_they_have_proven": _(
        "Cette invitation n’est plus valable. Demandez-en une autre."
    ),
    "a_member_who_left_is_invited_again": _(
        "Cette invitation n’est plus valable. Demandez-en une autre."
    ),
    "an_organisation_keeps_an_administrator": _(
        "Une organisation garde au moins un administrateur. Nommez-en un autre d’abord."
    ),
}
MEMBERS_AT_MOST = 200
TOO_MANY = _("Votre organisation compte déjà deux cents membres et invitations.")


@transaction.atomic
def make_organisation(
    *, user: User, name: str, kind: str, registration: str, own_name: str, at: datetime
) -> Organisation:
    """Make an organisation whose first administrator is its maker.

    It receives no mandate before an operator has verified it.
    """
    organisation = Organisation(name=name, kind=kind, registration=registration, made_at=at)
    rows.insert_unread(organisation)
    member = Membership(
        organisation_id=organisation.pk,
        email=user.email,
        user=user,
        name=own_name,
        is_administrator=True,
        invited_at=at,
        lapses_at=at + ANSWERED_WITHIN,
        joined_at=at,
    )
    rows.insert_unread(member)
    _note("organisation.made", organisation.pk)
    return organisation


@transaction.atomic
def invite_member(
    *, organisation: Organisation, email: str, language: str, at: datetime
) -> Membership:
    """Invite an address; the answer is the same whether or not an account has it.

    Inviting it again while it waits sends nothing more. Raises DomainRefusal beyond two hundred.
    """
    email = User.objects.normalize_email(email)
    # administrators in two windows invite one after the other
    ours = Membership.objects.select_for_update(of=("self",)).filter(
        organisation=organisation, left_at=None
    )
    members = list(ours.order_by("pk"))
    waiting = [one for one in members if one.email == email and one.lapses_at > at]
    if waiting:
        return waiting[0]
    if len(members) >= MEMBERS_AT_MOST:
        raise DomainRefusal(TOO_MANY)
    invited = Membership.objects.create(
        organisation=organisation, email=email, lapses_at=at + ANSWERED_WITHIN
    )
    _write(email, organisation, language)
    _note("organisation.invited", organisation.pk, invited)
    return invited


@transaction.atomic
def join(*, membership_id: UUID, user: User, name: str, at: datetime) -> Membership:
    """Accept an invitation to the address that this account has proven. Twice joins once.

    Raises DomainRefusal when it lapsed or was taken back, Membership.DoesNotExist for others.
    """
    membership = _locked(membership_id)
    if membership.user_id == user.pk and membership.left_at is None:
        return membership
    membership.user, membership.name, membership.joined_at = user, name, at
    with refusing(SENTENCES):
        membership.save(update_fields=["user", "name", "joined_at"])
    _note("organisation.joined", membership.organisation_id, membership)
    return membership


@transaction.atomic
def leave(*, membership_id: UUID, at: datetime) -> Membership:
    """A member leaves, or an administrator sends them away or takes an invitation back.

    Their next request finds no mandate of the organisation. Twice leaves once. Raises
    DomainRefusal for the last administrator.
    """
    membership = _locked(membership_id)
    if membership.left_at is not None:
        return membership
    membership.left_at = at
    with refusing(SENTENCES):
        membership.save(update_fields=["left_at"])
    _note("organisation.left", membership.organisation_id, membership)
    return membership


@transaction.atomic
def make_administrator(*, membership_id: UUID) -> Membership:
    """Name a member administrator. Raises DomainRefusal for an invitation not yet accepted."""
    membership = _locked(membership_id)
    if membership.joined_at is None or membership.left_at is not None:
        raise DomainRefusal(_("Seul un membre peut devenir administrateur."))
    membership.is_administrator = True
    membership.save(update_fields=["is_administrator"])
    _note("organisation.administrator_named", membership.organisation_id, membership)
    return membership


@transaction.atomic
def verify(registration: str, *, at: datetime) -> Organisation:
    """Write that an operator has checked an organisation; it may then receive mandates.

    Needs the worker's role. Raises Organisation.DoesNotExist or MultipleObjectsReturned.
    """
    organisation = Organisation.objects.get(registration=registration, verified_at=None)
    organisation.verified_at = at
    organisation.save(update_fields=["verified_at"])
    _note("organisation.verified", organisation.pk)
    return organisation


def organisations_of(user: User) -> list[Membership]:
    """Where this account is a member today, by name."""
    mine = Membership.objects.live().filter(user=user).select_related("organisation")
    return list(mine.order_by("organisation__name", "pk"))


def invitations_for(user: User, at: datetime) -> list[Membership]:
    """Organisations that wait for this account's answer; row security keeps to proven addresses."""
    waiting = Membership.objects.waiting_at(at).filter(email=user.email)
    return list(waiting.select_related("organisation").order_by("invited_at", "pk"))


def _locked(membership_id):
    return Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)


def _note(act, organisation_id, membership=None):
    journal.record(
        act,
        subject_type="organisation",
        subject_id=organisation_id,
        facts={"membership": str(membership.pk)} if membership else {},
    )


def _write(email, organisation, language):
    with translation.override(language):
        body = render_to_string(
            "accounts/member_invited.txt",
            {"name": organisation.name, "url": f"{settings.BASE_URL}/mandataire/"},
        )
        subject = str(_("Une organisation vous invite à la rejoindre"))
    send_mail(subject, body, None, [email])
