"""What a court or the minister answered to an appeal: recorded here, never written here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.api import Role, User
from portal.core import journal
from portal.core.constraints import refusing
from portal.correspondence import api as correspondence
from workflows import deadlines, rules
from workflows.enums import BEFORE_DECISION, AppealKind, AppealOutcome
from workflows.models import Appeal, Case
from workflows.models.base import about
from workflows.queries.names import office_name
from workflows.services.deciding import reopen
from workflows.services.moves import CaseHasMoved, MoveRefused, lock_case
from workflows.services.timing import set_due

_REFUSALS = {
    "an_answer_from_elsewhere_has_its_date_and_number": gettext_lazy(
        "Cette réponse ne convient pas à ce recours, ou elle est incomplète."
    ),
}


@dataclass(frozen=True)
class Answer:
    """What was decided elsewhere, when, under which number, and by when to examine again."""

    outcome: str
    answered_on: date
    answer_number: str
    days: int | None = None
    """What the court gives to examine again, counted here from its own date: never late."""

    @property
    def reexamine_by(self) -> date | None:
        return self.answered_on + timedelta(days=self.days) if self.days else None


@transaction.atomic
def record_answer(
    *, appeal_id: UUID, answer: Answer, actor: User, at: datetime, seen: int
) -> Appeal:
    """A supervisor keeps the answer of who decides above the office; an annulment is obeyed.

    The decision annulled is withdrawn whatever its age, the review goes on, and the day given
    by the court is what is due next (CJA L.911-2). Raises PermissionDenied, MoveRefused,
    CaseHasMoved, DomainRefusal.
    """
    case = lock_case(Appeal.objects.values_list("case_id", flat=True).get(pk=appeal_id))
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal_id)
    if not rules.may_reopen(case, actor):
        raise PermissionDenied("record_answer")
    if case.last_step != seen:
        raise CaseHasMoved(
            _("Ce dossier a changé pendant que vous le lisiez. Rien n’a été fait : relisez-le.")
        )
    if appeal.settled_at or appeal.kind == AppealKind.GRACIOUS:
        raise MoveRefused(_("Ce recours n’attend pas de réponse d’ailleurs."))
    if not appeal.contested_on <= answer.answered_on <= deadlines.legal_day(at):
        raise MoveRefused(_("La date de la réponse est entre le refus contesté et aujourd’hui."))
    _keep(appeal, answer, actor, at)
    correspondence.add_line(
        f"case_appeal_{answer.outcome}",
        by_role=Role.SUPERVISOR.value,
        params={"number": answer.answer_number},
        office=office_name(case.prefecture_code),
        **about(case),
    )
    if answer.outcome == AppealOutcome.ANNULLED:
        _obey(case, appeal, answer, actor, at)
    return appeal


def _keep(appeal: Appeal, answer: Answer, actor: User, at: datetime) -> None:
    appeal.outcome, appeal.settled_by, appeal.settled_at = answer.outcome, actor, at
    appeal.answered_on, appeal.answer_number = answer.answered_on, answer.answer_number
    appeal.reexamine_by = answer.reexamine_by
    with refusing(_REFUSALS):
        appeal.save(
            update_fields=[
                "outcome",
                "settled_by",
                "settled_at",
                "answered_on",
                "answer_number",
                "reexamine_by",
            ]
        )
    journal.record(
        f"appeal.{answer.outcome}",
        subject_type="appeal",
        subject_id=appeal.pk,
        dossier_id=appeal.dossier_id,
        prefecture=appeal.prefecture_code or "",
        facts={"kind": str(appeal.kind), "answered_on": answer.answered_on.isoformat()},
    )


def _obey(case: Case, appeal: Appeal, answer: Answer, actor: User, at: datetime) -> None:
    """Withdraw what was annulled if it still stands, then count the court's days."""
    decision = appeal.decision
    if decision is not None and decision.revoked_at is None:
        reason = _("Annulation n° %(number)s.") % {"number": answer.answer_number}
        reopen(case_id=case.pk, reason=reason, actor=actor, at=at, seen=case.last_step)
        case = lock_case(case.pk)
    if answer.reexamine_by and case.state in BEFORE_DECISION:
        case.reexamine_by = answer.reexamine_by
        set_due(case, at=at)
        case.save(update_fields=["reexamine_by", "due_on", "due_rule", "due_article"])
