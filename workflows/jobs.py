"""What runs by itself: the clocks of every day, and the card's maker."""

from uuid import UUID

from django.conf import settings

from portal.core import clock
from portal.core.jobs import enqueue, job, opened
from workflows.enums import CardOrderState
from workflows.models import CardOrder
from workflows.services import batching, producing, running


@job("workflows.run_clocks", system=True, cron="15 4 * * *")
def run_clocks(**_later_arguments) -> None:
    """Every day: requests whose deadline passed, silence that ran out, cases to archive.

    One job a case, so that one that fails keeps nobody else waiting.
    """
    for task in running.what_is_due(clock.now()):
        enqueue("workflows.do_due", task=task.name, record_id=str(task.record_id))


@job("workflows.do_due", system=True)
def do_due(*, task: str, record_id: str, **_later_arguments) -> None:
    """What today's date asks for one record. Running it twice does nothing more."""
    running.run(running.Task(task, UUID(record_id)), at=clock.now())


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
    answer = producing.ask_state(order.maker_order)
    with opened():
        if answer.state == "produced" and answer.card_number:
            producing.note_produced(
                card_order_id=order.pk, card_number=answer.card_number, at=clock.now()
            )
        else:
            producing.note_asked(card_order_id=order.pk, at=clock.now())
            _poll_later(card_order_id)


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
