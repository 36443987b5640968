"""Giving the power to sign, ending it, asking for it.

Only a command gives or ends one, with the worker's role.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import CheckConstraint
from django.utils.translation import gettext as _

from portal.accounts.api import Role, User
from portal.core import clock, door, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from workflows.enums import Outcome
from workflows.guards import a_delegation_covers_the_signature, power_to_sign
from workflows.models import Case, SigningDelegation
from workflows.services.moves import MoveRefused

_SENTENCES = {
    constraint.name: constraint.violation_error_message or ""
    for constraint in SigningDelegation._meta.constraints
    if isinstance(constraint, CheckConstraint)
}


@dataclass(frozen=True)
class Order:
    """What a published order says: which acts, of which procedures, in whose name, from when."""

    prefecture_code: str
    acts: tuple[str, ...]
    quality: str
    reference: str
    signed_on: date
    starts_on: date
    ends_on: date | None = None
    families: tuple[str, ...] = ()


@transaction.atomic
def delegate(*, signatory: User, order: Order) -> SigningDelegation:
    """Write a delegation. Raises DomainRefusal for somebody who is no signatory of that office."""
    held = signatory.posts.filter(
        prefecture_id=order.prefecture_code, role=Role.SIGNATORY.value
    ).held_on(clock.today())
    if not held.exists():
        raise DomainRefusal(_("Cette personne n’est pas signataire de cette préfecture."))
    with door.acting(None, prefectures=[order.prefecture_code]):
        with refusing(_SENTENCES):
            delegation = SigningDelegation.objects.create(
                signatory=signatory,
                prefecture_code=order.prefecture_code,
                acts=list(order.acts),
                families=list(order.families),
                quality=order.quality,
                order_reference=order.reference,
                order_on=order.signed_on,
                starts_on=order.starts_on,
                ends_on=order.ends_on,
            )
        _note("delegation.give", delegation)
    return delegation


@transaction.atomic
def end_delegation(*, signatory: User, prefecture_code: str, on: date) -> int:
    """End every delegation of a person in an office after this day. Returns how many ended.

    Raises DomainRefusal for a day that is past: what was signed keeps its power.
    """
    if on < clock.today():
        raise DomainRefusal(_("Une délégation ne se termine pas dans le passé."))
    with door.acting(None, prefectures=[prefecture_code]):
        ending = SigningDelegation.objects.filter(
            signatory=signatory, prefecture_code=prefecture_code, starts_on__lte=on
        ).exclude(ends_on__lte=on)
        ended = list(ending.order_by("starts_on", "pk"))
        for delegation in ended:
            delegation.ends_on = on
            delegation.save(update_fields=["ends_on"])
            _note("delegation.end", delegation)
    return len(ended)


def power_to_refuse(case: Case, signer: User) -> SigningDelegation:
    """The delegation under which somebody signs why a request stays refused.

    Raises MoveRefused, with the sentence of the guard, when none covers it today.
    """
    power = power_to_sign(case, signer, Outcome.REFUSE)
    if power is None:
        raise MoveRefused(a_delegation_covers_the_signature.reason)
    return power


def _note(act: str, delegation: SigningDelegation) -> None:
    journal.record(
        act,
        subject_type="delegation",
        subject_id=delegation.pk,
        prefecture=delegation.prefecture_code,
        facts={"signatory": delegation.signatory_id, "acts": sorted(delegation.acts)},
    )
