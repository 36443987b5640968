"""What other rooms may use of the review. Everything else is private."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from portal.accounts.api import User
from portal.core import door
from workflows.enums import CaseState, NextActor, Purpose
from workflows.models import CardDispatch, Case, Step
from workflows.queries.appeals import AppealsView, appeals_view
from workflows.queries.cards import CardOnItsWay, cards_on_their_way, count_cards
from workflows.queries.progress import CaseView, case_view
from workflows.queries.reasons import SilenceView, silence_view
from workflows.queries.retractions import invitation_for
from workflows.services import dispatching, producing
from workflows.services.delegating import Order as SigningOrder
from workflows.services.delegating import delegate
from workflows.services.moves import MoveRefused, advance
from workflows.services.moves import hold_case_of as hold_case

__all__ = [
    "AppealsView",
    "CardOnItsWay",
    "Case",
    "CaseState",
    "CaseView",
    "MoveRefused",
    "NextActor",
    "Purpose",
    "SigningOrder",
    "Step",
    "appeals_of",
    "cards_on_their_way",
    "case_of",
    "case_visible_to",
    "cases_of",
    "count_cards",
    "give_power_to_sign",
    "hold_case",
    "SilenceView",
    "invitation_for",
    "is_close",
    "receive_card",
    "record_biometrics",
    "record_hand_over",
    "send_card",
    "silence_of",
]


def case_of(dossier_id: UUID) -> CaseView | None:
    """Where the review of a dossier stands, in the person's words; None before filing."""
    cases = Case.objects.select_related("service__prefecture").with_the_place_of_the_card()
    case = cases.filter(dossier_id=dossier_id).order_by("pk").first()
    return case_view(case) if case else None


def silence_of(dossier_id: UUID, at: datetime) -> SilenceView | None:
    """The refusal that silence made, with its days and the reasons asked; None when none stands."""
    case = Case.objects.filter(dossier_id=dossier_id).order_by("pk").first()
    return silence_view(case, at) if case else None


def appeals_of(dossier_id: UUID, at: datetime) -> AppealsView | None:
    """What can be contested and what was; None when nothing was ever refused."""
    case = Case.objects.filter(dossier_id=dossier_id).order_by("pk").first()
    return appeals_view(case, at) if case else None


def cases_of(dossier_ids: Iterable[UUID]) -> dict[UUID, CaseView]:
    """The same for several dossiers, in one statement whatever their number."""
    cases = Case.objects.select_related("service__prefecture").with_the_place_of_the_card()
    cases = cases.order_by("pk").filter(dossier_id__in=list(dossier_ids))
    return {case.dossier_id: case_view(case) for case in cases}


def case_visible_to(case_id: UUID, person: User) -> Case | None:
    """A case of one of this agent's offices, or None as if it did not exist."""
    return Case.objects.visible_to(person).filter(pk=case_id).order_by("pk").first()


def is_close(case_id: UUID, person: User) -> bool:
    """Whether this agent shares an address, a phone or an e-mail with the person of a case."""
    keys = sorted(person.contact_keys)
    return bool(keys) and Case.objects.filter(pk=case_id, contact_keys__overlap=keys).exists()


def record_biometrics(case_id: UUID, actor: User, at: datetime) -> Step:
    """Prints were taken at the counter: production starts.

    Raises MoveRefused when none were due, PermissionDenied for another office or role.
    """
    return producing.take_biometrics(case_id=case_id, actor=actor, at=at)


def record_hand_over(case_id: UUID, actor: User, at: datetime) -> Step:
    """The card was given to its holder: the case ends. Raises as `record_biometrics`."""
    return advance(case_id=case_id, move="hand_over", actor=actor, at=at)


def send_card(dispatch_id: UUID, actor: User, at: datetime) -> bool:
    """A card left for the office that its person moved to. False when it is of no office of theirs.

    Raises MoveRefused when it left already, PermissionDenied for another role.
    """
    return _noted(dispatching.send, dispatch_id, actor, at)


def receive_card(dispatch_id: UUID, actor: User, at: datetime) -> bool:
    """A card arrived from another office. Answers and raises as `send_card`."""
    return _noted(dispatching.receive, dispatch_id, actor, at)


def _noted(note: Callable[..., None], dispatch_id: UUID, actor: User, at: datetime) -> bool:
    try:
        note(dispatch_id=dispatch_id, actor=actor, at=at)
    except CardDispatch.DoesNotExist:
        return False
    return True


def give_power_to_sign(signatory: User, order: SigningOrder) -> bool:
    """Write a delegation unless this order already gave it. Raises DomainRefusal.

    Needs the worker's or the owner's role: no page gives a power to sign.
    """
    with door.acting(None, prefectures=[order.prefecture_code]):
        if signatory.signing_delegations.filter(order_reference=order.reference).exists():
            return False
        delegate(signatory=signatory, order=order)
    return True
