"""What the law or the maker makes happen without anybody pressing a button."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from portal.core import journal
from portal.core.jobs import enqueue
from portal.correspondence import api as correspondence
from workflows import deadlines
from workflows.enums import BEFORE_DECISION, ENDED, SYSTEM, CardOrderState, CaseState
from workflows.models import CardOrder, Case
from workflows.models.base import about
from workflows.services.moves import advance, lock_case
from workflows.services.requesting import let_completion_expire

_SILENT_DAYS = 2
"""An order that nobody has asked about for so long is asked about again."""


@dataclass(frozen=True)
class Task:
    """One thing to do for one record."""

    name: str
    record_id: UUID


def what_is_due(at: datetime) -> list[Task]:
    """Everything that today's date asks for, the oldest first."""
    today = deadlines.legal_day(at)
    return [
        *_tasks("expire", _with_expired_request(today)),
        *_tasks("flag_silence", _silent(today)),
        *_tasks("archive", _to_archive(today)),
        *_tasks("ask_maker", _forgotten_orders(at)),
    ]


def run(task: Task, *, at: datetime) -> None:
    """Do one task; what was done meanwhile is left alone."""
    _TASKS[task.name](task.record_id, at)


def _tasks(name, rows):
    return [Task(name, pk) for pk in rows.values_list("pk", flat=True)]


def _with_expired_request(today):
    return Case.objects.filter(state=CaseState.COMPLETION_REQUESTED, due_on__lt=today).order_by(
        "due_on", "pk"
    )


def _silent(today):
    return Case.objects.filter(
        state__in=BEFORE_DECISION,
        implicit_refusal_on__lte=today,
        implicit_refusal_flagged_on=None,
    ).order_by("implicit_refusal_on", "pk")


def _to_archive(today):
    last = deadlines.add_months(today, -deadlines.RETENTION_MONTHS)
    return Case.objects.filter(state__in=ENDED, ended_at__date__lt=last).order_by("ended_at", "pk")


def _forgotten_orders(at):
    silent_since = at - timedelta(days=_SILENT_DAYS)
    return CardOrder.objects.filter(
        ~Q(state=CardOrderState.PRODUCED),
        Q(asked_at=None, ordered_at__lt=silent_since) | Q(asked_at__lt=silent_since),
        case__state=CaseState.IN_PRODUCTION,
    ).order_by("ordered_at", "pk")


def _expire(case_id, at):
    let_completion_expire(case_id=case_id, at=at)


def _flag_silence(case_id, at):
    """Silence has run out: a date is written, the review goes on (CE, avis 6 mai 2025)."""
    case = lock_case(case_id)
    today = deadlines.legal_day(at)
    if case.implicit_refusal_flagged_on or case.implicit_refusal_on > today:
        return
    case.implicit_refusal_flagged_on = case.implicit_refusal_on
    case.save(update_fields=["implicit_refusal_flagged_on"])
    correspondence.add_line(
        "case_silence",
        by_role=SYSTEM,
        params={"silence_on": case.implicit_refusal_on},
        **about(case),
    )
    correspondence.tell(case.applicant, "news", dossier_id=case.dossier_id)
    journal.record(
        "case.silence_ran_out",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts={"rule": case.clock_rule, "on": case.implicit_refusal_on.isoformat()},
    )


def _archive(case_id, at):
    if lock_case(case_id).state in ENDED:
        advance(case_id=case_id, move="archive", actor=None, at=at)


def _ask_maker(order_id, at):
    order = CardOrder.objects.get(pk=order_id)
    order.asked_at = at
    order.save(update_fields=["asked_at"])
    if order.state == CardOrderState.SENT:
        enqueue("workflows.poll_card", card_order_id=str(order_id))
    else:
        enqueue("workflows.order_card", card_order_id=str(order_id))


_TASKS = {
    "expire": _expire,
    "flag_silence": _flag_silence,
    "archive": _archive,
    "ask_maker": _ask_maker,
}
