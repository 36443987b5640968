"""The only way to move a case."""

import functools
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.core import journal, rows
from portal.core.clock import PARIS
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence
from workflows.models import Case, Step
from workflows.models.base import about
from workflows.queries.names import move_label, office_name, role_label, whose_it_is
from workflows.rules import is_somebody_elses, role_for
from workflows.services.holding import release_when_done
from workflows.services.timing import recount, set_due
from workflows.table import plan_of


class MoveRefused(DomainRefusal):
    """The case cannot make this move now; the reasons say why, and nothing has changed."""


class CaseHasMoved(MoveRefused):
    """Somebody else made a move since the page was shown."""


class AssignedToSomebodyElse(MoveRefused):
    """A reviewer of the office asked for an act on a case that is not theirs."""


@functools.cache
def _locking(column: str = "id", taken: str = "") -> str:
    """One statement that holds the dossier, then the case, and reads the case."""
    return (
        f"select {rows.selected(Case, 'c')}"  # noqa: S608 -- our own names
        f" from {dossiers.Dossier._meta.db_table} d"
        f" join {Case._meta.db_table} c on c.dossier_id = d.id where c.{column} = %s"
        f" for no key update of d{taken} for update of c{taken}"
    )


def lock_case(case_id: UUID) -> Case:
    """The case, held until the end of the transaction. Raises Case.DoesNotExist.

    Its dossier is held first, as the applicant's own acts do: whoever holds one waits for
    nobody who holds the other. PostgreSQL takes the locks of a row in the order written. A
    case that leaves for another office meanwhile does not exist.
    """
    case = rows.read(Case, _locking(), [case_id])
    if case is None:
        raise Case.DoesNotExist(case_id)
    return case


def hold_case_of(dossier_id: UUID, *, wait: bool = True) -> bool:
    """Hold a dossier and its case, for an act of another room about them; taken before any row.

    False when its case is not seen from here (any more) or, without `wait`, when another act
    holds it at this moment.
    """
    locking = _locking("dossier_id", "" if wait else " skip locked")
    return rows.read(Case, locking, [dossier_id]) is not None


def case_of_if_free(dossier_id: UUID) -> Case | None:
    """The case of a dossier, held with it; None when another act holds either at this moment."""
    return rows.read(Case, _locking("dossier_id", " skip locked"), [dossier_id])


def refuse_unless_possible(case: Case, move: str, seen: int | None):
    """What the machine says of a move, for a service that writes before it moves the case.

    Raises CaseHasMoved when the case is not where the person saw it, or cannot make the move.
    """
    plan = plan_of(case, move)
    if plan is None or (seen is not None and seen != case.last_step):
        raise CaseHasMoved(_who_moved_it(case))
    return plan


def advance(
    *,
    case_id: UUID,
    move: str,
    actor: User | None,
    at: datetime,
    role: str | None = None,
    seen: int | None = None,
    reason: str = "",
    words: dict | None = None,
    letter=None,
    **facts,
) -> Step:
    """Lock the case, check the person, move if the facts allow, record, tell, announce.

    `seen` is the number of the last step that the person had before them; `role` the one
    they act under; `words` fill the timeline's sentence. Raises CaseHasMoved, MoveRefused
    AssignedToSomebodyElse, with the sentences of the facts that fail, PermissionDenied: all
    before the first write, so that a refusal needs no savepoint. Raises RuntimeError outside
    a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A case moves inside the transaction of the act.")
    case = lock_case(case_id)
    before, plan = rows.snapshot(case), refuse_unless_possible(case, move, seen)
    found = role_for(plan.permission, case, actor)
    if found is None and is_somebody_elses(plan.permission, case, actor):
        raise AssignedToSomebodyElse(whose_it_is(case))
    if found is None or role not in (None, found):
        raise PermissionDenied(move)
    _check_power(case, plan, actor)
    try:
        getattr(case, move)(actor=actor, at=at, **facts)
    except TransitionNotAllowed as refusal:
        failing = [guard.reason for guard in plan.conditions if not guard(case)]
        raise MoveRefused(*failing) from refusal
    with transaction.atomic(savepoint=False):
        release_when_done(case, at=at)
        step = _record(case, plan, before, actor=actor, role=found, at=at, reason=reason)
        _tell(case, plan, step, words or {}, letter)
        if event := plan.custom.get("announces"):
            known = {"purpose": plan.custom["purpose"]} if "purpose" in plan.custom else {}
            event.announce(case=case, step=step, at=at, **known)
    return step


def _check_power(case, plan, actor) -> None:
    """What a signature needs of the person who signs. Raises MoveRefused with its sentence."""
    power = plan.custom.get("under")
    if power is not None and not power(case, actor):
        raise MoveRefused(power.reason)


def _record(case, plan, before, *, actor, role, at, reason) -> Step:
    """One more step, and the case at its target: together or not at all."""
    source, office = before["state"], before["prefecture_code"]
    case.last_step += 1
    if case.clock_restarted_on != before["clock_restarted_on"]:
        recount(case)
    set_due(case, at=at)
    if not case.save_changes(before):
        raise CaseHasMoved(_who_moved_it(case))
    step = Step(
        **about(case),
        case=case,
        number=case.last_step,
        move=plan.name,
        source=source,
        target=case.state,
        actor=actor,
        role=role,
        office_code=office,
        reason=reason,
        submission_number=case.submission_number,
        clears=bool(plan.custom.get("clears")),
    )
    rows.insert(step)
    journal.record(
        f"case.{plan.name}",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=office or "",
        facts={"step": step.number, "source": source, "target": case.state, "role": role},
    )
    return step


def _tell(case, plan, step, words, letter):
    """One line of the person's timeline, unless `dossiers` has already written it."""
    if not plan.custom["line"]:
        return
    correspondence.add_line(
        f"case_{plan.name}",
        by_role=step.role,
        params=words,
        office=office_name(step.office_code) if step.office_code else "",
        letter=letter,
        **about(case),
    )


def _who_moved_it(case) -> str:
    """The sentence for the agent who comes second: who, when, what, and nothing was done."""
    last = case.steps.get(number=case.last_step)
    return _(
        "Ce dossier a changé pendant que vous le lisiez : « %(move)s », par %(role)s "
        "(%(office)s), le %(when)s. Rien n’a été fait à votre demande. Voici le dossier à jour."
    ) % {
        "move": move_label(last.move),
        "role": role_label(last.role),
        "office": office_name(last.office_code),
        "when": date_format(last.at.astimezone(PARIS), _("j F Y à H:i")),
    }
