"""What the law or the maker makes happen without anybody pressing a button."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.vault import api as vault
from workflows import deadlines
from workflows.enums import BEFORE_DECISION, ENDED, CardOrderState, CaseState
from workflows.models import CardOrder, Case
from workflows.services import silence
from workflows.services.moves import advance, lock_case
from workflows.services.requesting import let_completion_expire

NOWHERE = UUID(int=0)
"""Before the first identifier: where a walk over a table begins."""
BATCH = 500
_SILENT_DAYS = 2
"""An order that nobody has asked about for so long is asked about again."""


@dataclass(frozen=True)
class Task:
    """One thing to do for one record."""

    name: str
    record_id: UUID


def what_is_due(at: datetime) -> Iterator[Task]:
    """Everything that today's date asks for, read in batches and never held as a whole."""
    for name in DUE:
        after = NOWHERE
        while batch := due_after(name, after, at=at):
            yield from (Task(name, record_id) for record_id in batch)
            after = batch[-1]


def due_after(name: str, after: UUID, *, at: datetime, size: int = BATCH) -> list[UUID]:
    """The next records for which one task is due, in the order of their identifiers."""
    rows = DUE[name](at).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:size])


def run(task: Task, *, at: datetime) -> None:
    """Do one task; what was done meanwhile is left alone."""
    _TASKS[task.name](task.record_id, at)


def _with_expired_request(at):
    today = deadlines.legal_day(at)
    return Case.objects.filter(state=CaseState.COMPLETION_REQUESTED, due_on__lt=today)


def _silent(at):
    return Case.objects.filter(
        state__in=BEFORE_DECISION,
        implicit_refusal_on__lte=deadlines.legal_day(at),
        implicit_refusal_flagged_on=None,
    )


def _to_archive(at):
    last = deadlines.add_months(deadlines.legal_day(at), -deadlines.RETENTION_MONTHS)
    return Case.objects.filter(state__in=ENDED, ended_at__date__lt=last)


def _forgotten_orders(at):
    silent_since = at - timedelta(days=_SILENT_DAYS)
    in_production = Q(
        state__in=[CardOrderState.TO_SEND, CardOrderState.SENT],
        case__state=CaseState.IN_PRODUCTION,
    )
    to_cancel = Q(state=CardOrderState.REVOKED, maker_said="")
    return CardOrder.objects.filter(
        in_production | to_cancel,
        Q(asked_at=None, ordered_at__lt=silent_since) | Q(asked_at__lt=silent_since),
    )


DUE = {
    "expire": _with_expired_request,
    "flag_silence": _silent,
    "archive": _to_archive,
    "ask_maker": _forgotten_orders,
}
"""The tasks of every day, in order, with the records for which each is due."""


def _expire(case_id, at):
    let_completion_expire(case_id=case_id, at=at)


def _flag_silence(case_id, at):
    silence.flag(case_id, at=at)


# How an ended case counts for the time that its files are kept.
_SITUATIONS: dict[str, str] = {
    CaseState.HANDED_OVER: vault.Situation.GRANTED,
    CaseState.RECORDED: vault.Situation.GRANTED,
    CaseState.REFUSED: vault.Situation.REFUSED,
    CaseState.CLOSED: vault.Situation.CLOSED,
    CaseState.WITHDRAWN: vault.Situation.WITHDRAWN,
}


def _archive(case_id, at):
    case = lock_case(case_id)
    if case.state in ENDED and case.ended_at:
        situation, ended_on = _SITUATIONS[case.state], deadlines.legal_day(case.ended_at)
        advance(case_id=case_id, move="archive", actor=None, at=at)
        vault.keep_from(case.dossier_id, situation, ended_on)


class CaseIsAlive(DomainRefusal):
    """Somebody may still need the papers of this case."""


def refuse_unless_archived(dossier_id: UUID) -> None:
    """Raise CaseIsAlive for a dossier whose case is not archived; a draft has no case."""
    case = Case.objects.filter(dossier_id=dossier_id).order_by("pk").first()
    if case is not None and case.state != CaseState.ARCHIVED:
        raise CaseIsAlive(_("Ce dossier n’est pas archivé : ses fichiers sont gardés."))


def _ask_maker(order_id, at):
    order = CardOrder.objects.get(pk=order_id)
    order.asked_at = at
    order.save(update_fields=["asked_at"])
    enqueue(_ASKING[order.state], card_order_id=str(order_id))


_ASKING: dict[str, str] = {
    CardOrderState.TO_SEND: "workflows.order_card",
    CardOrderState.SENT: "workflows.poll_card",
    CardOrderState.REVOKED: "workflows.cancel_card",
}


_TASKS = {
    "expire": _expire,
    "flag_silence": _flag_silence,
    "archive": _archive,
    "ask_maker": _ask_maker,
}
