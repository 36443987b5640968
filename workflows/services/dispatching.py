"""A card that was made follows its person: the office that has it sends it to the one they live in.

The database reads whose card it is, from where to where it goes and who acts; see `CardDispatch`.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal.accounts.api import Role, User
from portal.core import door, journal
from portal.core.jobs import enqueue
from portal.correspondence import api as correspondence
from workflows.enums import SYSTEM, CardOrderState
from workflows.models import CardDispatch, CardOrder, Case
from workflows.queries.names import office_name
from workflows.services.moves import MoveRefused


def send_card_after(case: Case, *, at: datetime) -> CardDispatch | None:
    """The card of a case goes to the office that has the case now, if it is not there already.

    Not made yet, its maker is told by a job. Made, it is asked of the office where it is; on its
    way, it is sent on by the office that receives it. The caller holds the case.
    """
    order = case.card_orders.exclude(state=CardOrderState.REVOKED).order_by("-ordered_at").first()
    if order is None:
        return None
    if order.goes_elsewhere:
        enqueue("workflows.redirect_card", card_order_id=str(order.pk))
    keep_card(order, at=at)
    if order.place_code in ("", order.prefecture_code):
        return None
    with door.also(order.prefecture_code):
        dispatch = CardDispatch.objects.create(order=order)
    dispatch.refresh_from_db()
    _note(dispatch, "card.dispatch", dispatch.from_code)
    _tell(dispatch, "card_sent_on", dispatch.to_code)
    return dispatch


def keep_card(order: CardOrder, *, at: datetime) -> None:
    """A card that has not left yet stays where it is: it goes elsewhere, or nowhere any more."""
    waiting = order.dispatches.on_their_way().filter(sent_at=None)
    waiting.update(dropped_at=at)


@transaction.atomic
def send(*, dispatch_id: UUID, actor: User, at: datetime) -> None:
    """The office that has the card sent it.

    Raises MoveRefused twice, PermissionDenied, CardDispatch.DoesNotExist for any other office.
    """
    dispatch = _locked(dispatch_id, actor, from_code__in=actor.prefectures)
    if dispatch.sent_at is not None:
        raise MoveRefused(_("Cet envoi est déjà noté."))
    dispatch.sent_at, dispatch.sent_by = at, actor
    dispatch.save(update_fields=["sent_at", "sent_by"])
    _note(dispatch, "card.send", dispatch.from_code)


@transaction.atomic
def receive(*, dispatch_id: UUID, actor: User, at: datetime) -> None:
    """The card is there: it may be handed over. Sent on at once when the person moved again.

    Raises as `send`, for the office that awaits it.
    """
    dispatch = _locked(dispatch_id, actor, to_code__in=actor.prefectures)
    dispatch.received_at, dispatch.received_by = at, actor
    dispatch.save(update_fields=["received_at", "received_by"])
    _note(dispatch, "card.receive", dispatch.to_code)
    case = Case.objects.filter(dossier_id=dispatch.dossier_id).order_by("pk").first()
    if case is not None:  # not seen from here when the person has moved again
        _tell(dispatch, "card_arrived", dispatch.to_code, by_role=Role.COUNTER_AGENT.value)


def _locked(dispatch_id: UUID, actor: User, **place) -> CardDispatch:
    """A card on its way, held after its case. Raises MoveRefused when it arrived or was kept."""
    if Role.COUNTER_AGENT.value not in actor.roles:
        raise PermissionDenied("card")
    with connection.cursor() as cursor:
        cursor.execute("select workflows_hold_case_of_card(%s)", [dispatch_id])
    found = CardDispatch.objects.select_for_update(of=("self",)).get(pk=dispatch_id, **place)
    if found.received_at is not None or found.dropped_at is not None:
        raise MoveRefused(_("Cette carte est déjà arrivée, ou ne part plus."))
    return found


def _tell(dispatch: CardDispatch, kind: str, prefecture_code: str, by_role: str = SYSTEM) -> None:
    correspondence.add_line(
        kind,
        dossier_id=dispatch.dossier_id,
        applicant_id=dispatch.applicant_id,
        prefecture_code=prefecture_code,
        by_role=by_role,
        params={
            "former": office_name(dispatch.from_code),
            "office": office_name(dispatch.to_code),
        },
    )


def _note(dispatch: CardDispatch, act: str, prefecture: str) -> None:
    journal.record(
        act,
        subject_type="card_dispatch",
        subject_id=dispatch.pk,
        dossier_id=dispatch.dossier_id,
        prefecture=prefecture,
        facts={"from": dispatch.from_code, "to": dispatch.to_code},
    )
