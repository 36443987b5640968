"""A grant that waits for what was not essential: what is missing, and seeing that it came.

CRPA L.114-5-1: when a piece that is not essential is still missing as the right is granted, the
grant takes effect only once the administration has received it. The text sets no day after
which the grant falls: when the day asked for passes, an alarm says so, and a person asks again or
notes what came by another way. Nothing is ever withdrawn for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.core import journal
from portal.correspondence import api as correspondence
from workflows import deadlines, rules
from workflows.enums import Outcome, SupplyHow
from workflows.models import AwaitedSupply, Case, Decision, Proposal
from workflows.models.base import about
from workflows.queries.decisions import in_french
from workflows.queries.supplies import awaited_of
from workflows.services.moves import MoveRefused, advance, lock_case, refuse_unless_possible
from workflows.services.producing import follow_grant


@dataclass(frozen=True)
class Awaited:
    """What is missing as a title is granted, in French as the letter says it, and its day."""

    items: tuple
    labels: tuple[str, ...]
    due_on: date


def missing_at_grant(case: Case, proposal: Proposal) -> Awaited | None:
    """What a grant will wait for; None when nothing is asked, or for any other decision."""
    asked = dossiers.open_completion(case.dossier_id)
    if proposal.outcome != Outcome.GRANT or asked is None:
        return None
    words = dossiers.items_in_words(case.dossier, asked, "fr")
    return Awaited(
        tuple(one.item for one in words), tuple(one.label[:300] for one in words), asked.last_day
    )


def in_the_letter(awaited: Awaited | None) -> dict:
    """The same as plain values, frozen with the letter."""
    if awaited is None:
        return {"subject_to": [], "supply_due_on": ""}
    return {"subject_to": list(awaited.labels), "supply_due_on": in_french(awaited.due_on)}


def await_items(case: Case, decision: Decision, awaited: Awaited) -> None:
    """One row for each thing that the grant waits for."""
    for item, label in zip(awaited.items, awaited.labels, strict=True):
        AwaitedSupply.objects.create(
            **about(case), case=case, decision=decision, item=item, label=label
        )


@transaction.atomic
def confirm(
    *, case_id: UUID, received: Mapping[UUID, str], actor: User, at: datetime, seen: int
) -> list[AwaitedSupply]:
    """The reviewer says what came; once nothing is missing the grant takes effect at once.

    `received` is {supply: note}; a note says how it came when the portal did not bring it. An
    effect starts the card, or the visit before it, in this transaction. Raises MoveRefused for
    what is not awaited or came without a word, PermissionDenied for whoever does not review it.
    """
    case = lock_case(case_id)
    refuse_unless_possible(case, "confirm_supply", seen)
    if rules.role_for(rules.may_review, case, actor) is None:
        raise PermissionDenied("confirm_supply")
    rows = {row.pk: row for row in awaited_of(case)}
    if not received or set(received) - set(rows):
        raise MoveRefused(_("Choisissez ce que la préfecture a reçu, parmi ce qu’elle attend."))
    for pk, note in received.items():
        _receive(rows[pk], note, actor, at)
    _record(case, received, left=len(rows) - len(received))
    if len(received) == len(rows):
        advance(case_id=case_id, move="confirm_supply", actor=actor, at=at, seen=seen)
        dossiers.seal(dossier_id=case.dossier_id, at=at)
        correspondence.tell(case.applicant, "supply_confirmed", dossier_id=case.dossier_id)
        follow_grant(lock_case(case_id), at)
    return [rows[pk] for pk in received]


def _receive(row: AwaitedSupply, note: str, actor: User, at: datetime) -> None:
    if row.sent_on is None and not note:
        raise MoveRefused(
            _("Rien n’est arrivé par le portail pour : %(item)s. Dites comment vous l’avez reçu.")
            % {"item": row.label}
        )
    row.how = SupplyHow.SENT if row.sent_on else SupplyHow.OTHERWISE
    row.received_on = row.sent_on or deadlines.legal_day(at)
    row.note, row.confirmed_by, row.confirmed_at = note, actor, at
    row.save(update_fields=["how", "received_on", "note", "confirmed_by", "confirmed_at"])


def _record(case, received, *, left):
    journal.record(
        "supply.confirmed",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts={"received": len(received), "left": left},
    )
