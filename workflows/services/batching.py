"""The same act for many cases: started once, made case by case, each with its own result."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.api import User
from portal.core import door, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue_many
from workflows.models import Batch, BatchRow, Case, RowState
from workflows.models.base import about
from workflows.models.batch import MOST_ROWS
from workflows.services.batch_kinds import KINDS
from workflows.services.moves import lock_case

TRIES = 4
"""How often a row is tried when something breaks, before it is said to have failed."""


_LEFT = gettext_lazy(
    "Un des dossiers choisis n’est plus dans votre préfecture. Rien n’a été fait, "
    "pour aucun dossier : refaites votre choix."
)


class BatchRefused(DomainRefusal):
    """The batch cannot start as it is; no row is written and no case is touched."""


@dataclass(frozen=True)
class Pick:
    """A case that an agent chose, and the number of the last step that they had before them."""

    case: Case
    seen: int


def choose(*, actor: User, wanted: dict[UUID, int]) -> list[Pick]:
    """The chosen cases, in the order in which they were chosen: all of them, or none.

    Raises BatchRefused when there is none, too many, one that this agent does not see, or
    cases of two offices.
    """
    if not wanted:
        raise BatchRefused(_("Choisissez au moins un dossier."))
    if len(wanted) > MOST_ROWS:
        raise BatchRefused(
            _("Choisissez %(most)s dossiers au plus à la fois.") % {"most": MOST_ROWS}
        )
    cases = Case.objects.visible_to(actor).select_related("dossier")
    found = cases.in_bulk(list(wanted))
    if len(found) < len(wanted):
        raise BatchRefused(_LEFT)
    if len({case.prefecture_code for case in found.values()}) > 1:
        raise BatchRefused(_("Choisissez les dossiers d’une seule préfecture à la fois."))
    return [Pick(found[case_id], seen) for case_id, seen in wanted.items()]


@transaction.atomic
def start(*, kind: str, wanted: dict[UUID, int], facts: dict, key: UUID, actor: User) -> Batch:
    """Write one row a case and enqueue one job a row; nothing is done to any case yet.

    The same `key` sent again by the same agent answers the batch that it started. Raises
    BatchRefused, DomainRefusal for a case that leaves the office at this very moment,
    PermissionDenied for somebody whose roles do not allow this act.
    """
    if not KINDS[kind].roles & actor.roles:
        raise PermissionDenied(kind)
    started = Batch.objects.filter(made_by=actor, idempotency_key=key).first()
    if started:
        return started
    picks = choose(actor=actor, wanted=wanted)
    try:
        with refusing({"a_batch_is_started_once": _("Ces actes sont déjà lancés.")}):
            batch = Batch.objects.create(
                kind=kind,
                prefecture_code=picks[0].case.prefecture_code or "",
                made_by=actor,
                idempotency_key=key,
                size=len(picks),
                facts=facts,
            )
    except DomainRefusal:
        return Batch.objects.get(made_by=actor, idempotency_key=key)
    with refusing({"a_row_begins_in_the_office_that_has_its_case": _LEFT}):
        _write_rows(batch, picks)
    journal.record(
        "batch.started",
        subject_type="batch",
        subject_id=batch.pk,
        prefecture=batch.prefecture_code,
        facts={"kind": kind, "cases": len(picks)},
    )
    return batch


def _write_rows(batch: Batch, picks: Iterable[Pick]) -> None:
    """The rows and their jobs: two jobs of one case wait for each other."""
    rows = BatchRow.objects.bulk_create(
        BatchRow(
            **about(pick.case),
            batch=batch,
            case=pick.case,
            number=number,
            office_code=batch.prefecture_code,
            seen=pick.seen,
        )
        for number, pick in enumerate(picks, start=1)
    )
    enqueue_many(
        "workflows.run_batch_row",
        [{"_lock": f"case-{row.case_id}", "row_id": str(row.pk)} for row in rows],
    )


def begin(*, row_id: UUID, at: datetime) -> bool:
    """Count one more try, which stays even if this one breaks; False when nothing is left to do.

    A row whose tries all killed their worker ends as failed here.
    """
    with door.also(scope="system"):
        waiting = BatchRow.objects.filter(pk=row_id, state=RowState.WAITING)
        if not waiting.update(tries=F("tries") + 1):
            return False
        row = BatchRow.objects.select_related("batch__made_by").get(pk=row_id)
    if row.tries > TRIES:
        _fail(row, at)
    return row.tries <= TRIES


def run_row(*, row_id: UUID, at: datetime) -> None:
    """Make the act on one case as the agent who asked, and write its result with it.

    Their posts are read again. A refusal undoes the act alone and is written with its
    sentences; anything else undoes all and is tried again. Running it twice does it once.
    """
    with door.also(scope="system"):
        # the case before the row, as whoever moves a case holds them
        case = lock_case(BatchRow.objects.values_list("case_id", flat=True).get(pk=row_id))
        rows = BatchRow.objects.select_for_update(of=("self",))
        row = rows.select_related("batch__made_by").get(pk=row_id)
    if row.state != RowState.WAITING:
        return
    reasons = _act(row, case, at)
    _settle(row, RowState.REFUSED if reasons else RowState.DONE, reasons, at)


def note_failure(*, row_id: UUID, at: datetime) -> None:
    """After a try that broke: the last one leaves its result, so that nobody waits for ever."""
    with door.also(scope="system"):
        row = BatchRow.objects.select_related("batch__made_by").get(pk=row_id)
    if row.tries >= TRIES:
        _fail(row, at)


def _act(row: BatchRow, case: Case, at: datetime) -> list[str]:
    """Why the act was refused, in the agent's language; nothing when it was made."""
    agent, kind = row.batch.made_by, KINDS[row.batch.kind]
    with translation.override(agent.language):
        if row.prefecture_code not in agent.prefectures:
            return [_("Ce dossier n’est plus dans une préfecture que vous servez.")]
        if row.seen == case.last_step and (known := kind.why_not(case, agent)):
            return known
        try:
            with door.acting_for(agent):
                kind.perform(row, facts=row.batch.facts, actor=agent, at=at)
        except PermissionDenied:
            return [_("Cet acte revient à une autre personne.")]
        except DomainRefusal as refusal:
            return refusal.reasons
    return []


def _fail(row: BatchRow, at: datetime) -> None:
    with translation.override(row.batch.made_by.language):
        sentence = _(
            "Une panne a empêché cet acte, plusieurs fois de suite. Ce dossier n’a pas changé : "
            "vous pouvez faire l’acte depuis sa page."
        )
    _settle(row, RowState.FAILED, [sentence], at)


def _settle(row: BatchRow, state: RowState, reasons: list[str], at: datetime) -> None:
    """The result of a row, once; its line of the journal names codes only."""
    with door.also(scope="system"):
        waiting = BatchRow.objects.filter(pk=row.pk, state=RowState.WAITING)
        if not waiting.update(state=state, reasons=reasons, settled_at=at):
            return
    journal.record(
        f"batch.row_{state.value}",
        subject_type="batch",
        subject_id=row.batch_id,
        dossier_id=row.dossier_id,
        prefecture=row.office_code,
        facts={"row": row.number},
    )
