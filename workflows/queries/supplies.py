"""What a grant still waits for, and whether the person has sent it since."""

from datetime import date

from dossiers import api as dossiers
from dossiers.enums import CompletionOutcome, ItemState
from portal.core import clock
from workflows.models import AwaitedSupply, Case


def awaited_of(case: Case) -> list[AwaitedSupply]:
    """What is not received yet, each with `sent_on`: the day it came by the portal, or None."""
    return [row for row in supplies_of(case) if row.received_on is None]


def supplies_of(case: Case) -> list[AwaitedSupply]:
    """Everything that the grant in force waited for, received or not; two statements at most.

    What was asked again keeps its place: the same question or box counts, in whichever request.
    """
    rows = list(
        AwaitedSupply.objects.filter(case=case, decision__revoked_at=None)
        .select_related("item")
        .order_by("label", "pk")
    )
    sent = _days_sent(case) if rows else {}
    for row in rows:
        row.sent_on = sent.get((row.item.kind, row.item.code))
    return rows


def still_missing(case: Case) -> set[tuple[str, str]]:
    """The kind and the code of what is not received yet: it alone may be asked again."""
    return {(row.item.kind, row.item.code) for row in awaited_of(case)}


def _days_sent(case) -> dict[tuple[str, str], date]:
    """The last day on which each item was really sent; an explanation brings nothing."""
    found: dict[tuple[str, str], date] = {}
    for request in reversed(dossiers.completion_requests(case.dossier_id)):
        if request.outcome != CompletionOutcome.SUPPLIED:
            continue
        for item in request.items.all():
            if item.state == ItemState.ANSWERED:
                found[item.kind, item.code] = clock.legal_day(request.closed_at)
    return found
