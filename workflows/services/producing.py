"""The card's maker: a port over HTTP. Orders are rows first; only jobs use the network."""

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portal.accounts.api import User
from portal.core import journal
from portal.core.jobs import enqueue
from workflows.enums import CancelAnswer, CardOrderState, CaseState
from workflows.models import CardOrder, Case, Step
from workflows.models.base import about
from workflows.services.dispatching import keep_card, send_card_after
from workflows.services.moves import advance, lock_case

_SECONDS = 10
_MOST_BYTES = 64_000


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the address in the settings and to no other."""

    def redirect_request(self, *_args, **_kwargs):
        return None


_open = build_opener(_NoRedirect).open


class MakerUnavailable(Exception):
    """The maker did not answer, or not as agreed; the queue tries again later."""


@dataclass(frozen=True)
class MakerAnswer:
    """What the maker says of an order."""

    order: str
    state: str
    card_number: str = ""
    deliver_to: str = ""


def order_card(step: Step) -> CardOrder:
    """Write the order with the step that starts production; a job sends it."""
    office = step.prefecture_code or ""
    order = CardOrder.objects.create(
        **about(step),
        case_id=step.case_id,
        step=step,
        idempotency_key=f"{step.case_id}-{step.number}",
        ordered_for=office,
        delivery_code=office,
    )
    enqueue("workflows.order_card", card_order_id=str(order.pk))
    return order


def follow_grant(case: Case, at: datetime) -> None:
    """The portal goes on at once: the card, or the one visit that must come before it.

    Of a procedure that makes no card, the decision is recorded: no order, no visit.
    """
    if not case.makes_card:
        advance(case_id=case.pk, move="record", actor=None, at=at)
    elif case.prints_on_record:
        step = advance(case_id=case.pk, move="start_production", actor=None, at=at)
        order_card(step)
    else:
        advance(case_id=case.pk, move="require_biometrics", actor=None, at=at)


@transaction.atomic
def take_biometrics(*, case_id: UUID, actor: User, at: datetime) -> Step:
    """Prints were taken at the counter: the card is ordered in the same transaction."""
    step = advance(case_id=case_id, move="take_biometrics", actor=actor, at=at)
    order_card(step)
    return step


@transaction.atomic
def note_sent(*, card_order_id: UUID, answer: MakerAnswer, at: datetime) -> bool:
    """Keep the maker's number. False when another run already did."""
    kept = CardOrder.objects.filter(pk=card_order_id, state=CardOrderState.TO_SEND).update(
        state=CardOrderState.SENT, maker_order=answer.order, sent_at=at, asked_at=at
    )
    if kept and CardOrder.objects.get(pk=card_order_id).goes_elsewhere:
        enqueue("workflows.redirect_card", card_order_id=str(card_order_id))
    return bool(kept)


@transaction.atomic
def note_redirected(*, card_order_id: UUID, answer: MakerAnswer) -> bool:
    """Keep to which office the maker will deliver. False when the card was made meanwhile."""
    return answer.state == "redirected" and bool(
        CardOrder.objects.filter(pk=card_order_id, state=CardOrderState.SENT).update(
            delivery_code=answer.deliver_to
        )
    )


def note_asked(*, card_order_id: UUID, at: datetime) -> None:
    """Keep when the maker was last asked: an order that nobody asks about is found by this."""
    CardOrder.objects.filter(pk=card_order_id).update(asked_at=at)


@transaction.atomic
def note_produced(
    *, card_order_id: UUID, card_number: str, at: datetime, delivered_to: str = ""
) -> Step | None:
    """The maker delivered: the person may come for the card. Running it twice does it once.

    Delivered to the office that the person has left meanwhile, the card is sent on from there.
    """
    order = CardOrder.objects.get(pk=card_order_id)
    case = lock_case(order.case_id)
    place = delivered_to or order.delivery_code
    kept = CardOrder.objects.filter(pk=card_order_id, state=CardOrderState.SENT).update(
        state=CardOrderState.PRODUCED,
        produced_at=at,
        card_number=card_number,
        delivery_code=place,
        place_code=place,
    )
    if not kept or case.state != CaseState.IN_PRODUCTION:
        return None
    step = advance(
        case_id=case.pk, move="mark_card_ready", actor=None, at=at, card_number=card_number
    )
    send_card_after(case, at=at)
    return step


def revoke_orders(case: Case, *, at: datetime) -> None:
    """The cards of a title that falls are no longer wanted, in the caller's transaction.

    What may still be at the maker is cancelled by a job. A card that was made is somewhere:
    it is said to be made.
    """
    orders = case.card_orders.select_for_update(of=("self",)).exclude(state=CardOrderState.REVOKED)
    for order in orders.order_by("pk"):
        if order.state == CardOrderState.PRODUCED:
            order.maker_said, order.maker_said_at = CancelAnswer.MADE, at
        else:
            enqueue("workflows.cancel_card", card_order_id=str(order.pk))
        order.state = CardOrderState.REVOKED
        order.save(update_fields=["state", "maker_said", "maker_said_at"])
        keep_card(order, at=at)


@transaction.atomic
def note_cancelled(*, card_order_id: UUID, answer: MakerAnswer, at: datetime) -> bool:
    """Keep what the maker says of a card that is no longer wanted. False when it was kept."""
    said = CancelAnswer(answer.state)
    kept = CardOrder.objects.filter(
        pk=card_order_id, state=CardOrderState.REVOKED, maker_said=""
    ).update(maker_said=said, maker_said_at=at, asked_at=at, card_number=answer.card_number)
    if kept:
        order = CardOrder.objects.get(pk=card_order_id)
        journal.record(
            f"card.cancel_{said}",
            subject_type="card_order",
            subject_id=order.pk,
            dossier_id=order.dossier_id,
            prefecture=order.prefecture_code or "",
        )
    return bool(kept)


def what_to_order(order: CardOrder) -> dict:
    """What the maker needs to know, and nothing more: the same however often it is sent."""
    case: Case = order.case
    names = [word for word in case.holder_name.split() if word]
    return {
        "reference": order.idempotency_key,
        "holder_initials": "".join(word[0] for word in names)[:6].upper(),
        "title_code": case.procedure_code,
        "valid_from": str(case.title_starts_on),
        "valid_until": str(case.title_ends_on),
        "deliver_to": order.ordered_for,
    }


def send_order(order: CardOrder) -> MakerAnswer:
    """Ask the maker for the card; the key makes a repeated request the same order."""
    return _call(
        "orders",
        data=json.dumps(what_to_order(order)).encode(),
        headers={"Idempotency-Key": order.idempotency_key},
    )


def cancel_order(order: CardOrder) -> MakerAnswer:
    """Ask the maker not to make a card, by the order's own key, whether or not it arrived.

    The maker answers "cancelled", and takes no order under this key afterwards, or "produced".
    """
    answer = _call("cancellations", data=json.dumps({"reference": order.idempotency_key}).encode())
    if answer.state not in CancelAnswer.values:
        raise MakerUnavailable("the maker's answer is not as agreed")
    return answer


def redirect_order(order: CardOrder) -> MakerAnswer:
    """Ask the maker to deliver to the office that has the case now.

    The maker answers "redirected", or "produced" with the office that it has delivered to.
    """
    answer = _call(
        "deliveries",
        data=json.dumps(
            {"reference": order.idempotency_key, "deliver_to": order.prefecture_code}
        ).encode(),
    )
    if answer.state not in {"redirected", "produced"}:
        raise MakerUnavailable("the maker's answer is not as agreed")
    return answer


def ask_state(maker_order: str) -> MakerAnswer:
    """Ask the maker how far an order is."""
    answer = _call(f"orders/{quote(maker_order, safe='')}")
    if answer.state == "rejected":
        # the job fails and is shown to the operator, instead of asking for ever
        raise MakerUnavailable("the maker rejected the order")
    return answer


def _call(path, *, data=None, headers=None) -> MakerAnswer:
    """One request to the address in the settings. Raises MakerUnavailable."""
    url = urljoin(settings.CARD_MAKER_URL.rstrip("/") + "/", path)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise MakerUnavailable("the maker's address is not http")
    request = Request(  # noqa: S310 -- the scheme is checked above
        url,
        data=data,
        headers={
            "Authorization": f"Bearer {settings.CARD_MAKER_TOKEN}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            **(headers or {}),
        },
    )
    try:
        with _open(request, timeout=_SECONDS) as response:
            answer = json.loads(response.read(_MOST_BYTES))
        return MakerAnswer(
            order=str(answer.get("order") or path.rpartition("/")[2]),
            state=str(answer["state"]),
            card_number=str(answer.get("card_number") or ""),
            deliver_to=str(answer.get("deliver_to") or "")[:3],
        )
    except HTTPError as error:
        raise MakerUnavailable(f"the maker answered {error.code}") from error
    except (URLError, TimeoutError, ConnectionError) as error:
        raise MakerUnavailable("the maker does not answer") from error
    except (ValueError, KeyError, AttributeError) as error:
        raise MakerUnavailable("the maker's answer is not as agreed") from error
