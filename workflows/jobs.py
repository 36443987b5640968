"""What runs by itself: the clocks of every day, and the card's maker."""

import logging
from datetime import date
from uuid import UUID

from django.conf import settings

from portal.core import clock
from portal.core.jobs import enqueue, job, opened
from workflows.enums import CardOrderState
from workflows.models import CardOrder
from workflows.queries.drift import recount_batch
from workflows.services import alarms, balancing, batching, daily, producing, repairing, running

logger = logging.getLogger(__name__)


@job("workflows.run_clocks", system=True, atomic=False, cron="15 4-21 * * *")
def run_clocks(**_later_arguments) -> None:
    """Every day once: clocks recounted, alarms, deadlines that passed, silence, archives.

    Asked for each hour, so that a morning without worker is caught up the same day; the run
    of a day that has ended does nothing more. One job a case that is due, so that one that
    fails keeps nobody else waiting.
    """
    with opened():
        at = clock.now()
    more = True
    while more:
        with opened():
            more = daily.step(at=at)


@job("workflows.do_due", system=True)
def do_due(*, task: str, record_id: str, **_later_arguments) -> None:
    """What today's date asks for one record. Running it twice does nothing more."""
    running.run(running.Task(task, UUID(record_id)), at=clock.now())


@job("workflows.repair_clocks", system=True, atomic=False)
def repair_clocks(*, after: str, until: str, **_later_arguments) -> None:
    """Put right the clocks that differ from their rule, from one case to another.

    Each in its own transaction: a case that cannot be repaired keeps nobody else waiting, and
    a job that died begins its range again, where what it had repaired differs no more. Raises
    what the first case refused said, when all the others are done, so that it is tried again.
    """
    refused: list[Exception] = []
    with opened():
        drifted = recount_batch(UUID(after), None, until=UUID(until)).drifted
    for case_id in drifted:
        try:
            with opened():
                repairing.repair(case_id, at=clock.now())
        except Exception as error:
            logger.exception("The clocks of a case could not be repaired: %s", case_id)
            refused.append(error)
    if refused:
        raise refused[0]


@job("workflows.write_digest", system=True, queue="mail")
def write_digest(*, prefecture: str, legal_day: str, **_later_arguments) -> None:
    """Tell the supervisors of one office how many alarms wait. Twice a day writes once."""
    alarms.write_digest(prefecture_code=prefecture, legal_day=date.fromisoformat(legal_day))


@job("workflows.balance", system=True, cron="45 4 * * *")
def balance(**_later_arguments) -> None:
    """Every morning: cases without an agent, agents away or gone, loads too far apart.

    One job a case, so that one that fails keeps nobody else waiting.
    """
    for one in balancing.what_should_move(clock.now()):
        enqueue(
            "workflows.hand_over_case",
            case_id=str(one.case_id),
            agent_id=one.agent_id,
            why=one.why,
        )


@job("workflows.hand_over_case", system=True)
def hand_over_case(*, case_id: str, agent_id: int, why: str, **_later_arguments) -> None:
    """Give one case to somebody drawn at random. Running it twice does nothing more."""
    handover = balancing.Handover(UUID(case_id), agent_id, why)
    balancing.hand_over(handover, at=clock.now())


@job("workflows.order_card", system=True, atomic=False, attempts=12)
def order_card(*, card_order_id: str, **_later_arguments) -> None:
    """Send one order to the maker. Running it twice orders one card."""
    with opened():
        order = CardOrder.objects.select_related("case").get(pk=UUID(card_order_id))
        waiting = order.state == CardOrderState.TO_SEND
    if not waiting:
        return
    answer = producing.send_order(order)
    with opened():
        if producing.note_sent(card_order_id=order.pk, answer=answer, at=clock.now()):
            _poll_later(card_order_id)


@job("workflows.poll_card", system=True, atomic=False, attempts=12)
def poll_card(*, card_order_id: str, **_later_arguments) -> None:
    """Ask the maker about one order, again later until the card is produced."""
    with opened():
        order = CardOrder.objects.get(pk=UUID(card_order_id))
    if order.state != CardOrderState.SENT:
        return
    _redirect(order)
    answer = producing.ask_state(order.maker_order)
    with opened():
        if answer.state == "produced" and answer.card_number:
            producing.note_produced(
                card_order_id=order.pk,
                card_number=answer.card_number,
                at=clock.now(),
                delivered_to=answer.deliver_to,
            )
        else:
            producing.note_asked(card_order_id=order.pk, at=clock.now())
            _poll_later(card_order_id)


@job("workflows.redirect_card", system=True, atomic=False, attempts=12)
def redirect_card(*, card_order_id: str, **_later_arguments) -> None:
    """Tell the maker to which office the card goes now. Running it twice says it once."""
    with opened():
        order = CardOrder.objects.get(pk=UUID(card_order_id))
    _redirect(order)


def _redirect(order: CardOrder) -> None:
    if order.goes_elsewhere:
        answer = producing.redirect_order(order)
        with opened():
            producing.note_redirected(card_order_id=order.pk, answer=answer)


@job("workflows.cancel_card", system=True, atomic=False, attempts=12)
def cancel_card(*, card_order_id: str, **_later_arguments) -> None:
    """Ask the maker not to make a card. Running it twice cancels it once."""
    with opened():
        order = CardOrder.objects.get(pk=UUID(card_order_id))
    if not order.awaits_cancelling:
        return
    answer = producing.cancel_order(order)
    with opened():
        producing.note_cancelled(card_order_id=order.pk, answer=answer, at=clock.now())


def _poll_later(card_order_id: str) -> None:
    enqueue(
        "workflows.poll_card",
        _in_seconds=settings.CARD_POLL_SECONDS,
        card_order_id=card_order_id,
    )


@job("workflows.run_batch_row", atomic=False, attempts=batching.TRIES - 1)
def run_batch_row(*, row_id: str, **_later_arguments) -> None:
    """One case of a batch: made or refused, and said so. Running it twice does it once.

    The try is counted first, in a transaction of its own, so that a row that always breaks
    ends as failed instead of being awaited for ever.
    """
    row = UUID(row_id)
    with opened():
        if not batching.begin(row_id=row, at=clock.now()):
            return
    try:
        with opened():
            batching.run_row(row_id=row, at=clock.now())
    except Exception:
        with opened():
            batching.note_failure(row_id=row, at=clock.now())
        raise
