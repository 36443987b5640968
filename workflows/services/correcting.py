"""The office puts a slip of form right, and answers the person who says it is not exact."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.accounts.api import User
from workflows import rules
from workflows.enums import CaseState
from workflows.models import Case
from workflows.services.assigning import look_for_conflict
from workflows.services.moves import CaseHasMoved, MoveRefused, lock_case

S = CaseState
CORRECTABLE = (S.RECEIVED, S.COMPLETION_REQUESTED, S.UNDER_REVIEW, S.OPINION_REQUESTED)
"""While the office reads. Once proposed, the proposal must first come back."""


@transaction.atomic
def correct(
    *,
    case_id: UUID,
    answers: Mapping[str, object],
    reason: str,
    proof_id: UUID | None,
    actor: User,
    at: datetime,
    seen: int,
    version: int,
) -> dossiers.Correction:
    """A typing slip is never a ground to close: it is put right, and the person is told.

    `version` is the filing that the page showed: two corrections at once never undo each
    other. The name that lists and summons bear follows. Raises MoveRefused, CorrectionRefused,
    PermissionDenied; then nothing is changed and nobody is told.
    """
    case = _reviewed_by(case_id, actor)
    if (case.last_step, case.submission_number) != (seen, version):
        raise CaseHasMoved(
            _("Ce dossier a changé pendant que vous le lisiez. Rien n’a été corrigé.")
        )
    if case.state not in CORRECTABLE:
        raise MoveRefused(
            _("Pas à cette étape : le dossier est « %(state)s ».") % {"state": S(case.state).label}
        )
    made = dossiers.correct(
        dossier_id=case.dossier_id,
        answers=answers,
        reason=reason,
        proof_id=proof_id,
        actor=actor,
        at=at,
    )
    names = dossiers.dossier_summary(case.dossier_id).names
    Case.objects.filter(pk=case.pk).update(
        submission_number=made.submission.number, holder_name=names[:200]
    )
    look_for_conflict(case, at=at)
    return made


@transaction.atomic
def settle_contests(*, case_id: UUID, note: str, actor: User, at: datetime) -> None:
    """Answer what the person wrote about a correction. Raises MoveRefused when nothing waits."""
    case = _reviewed_by(case_id, actor)
    if not dossiers.settle_contests(dossier_id=case.dossier_id, note=note, actor=actor, at=at):
        raise MoveRefused(_("Personne n’attend de réponse : elle a peut-être déjà été donnée."))


def _reviewed_by(case_id, actor) -> Case:
    case = lock_case(case_id)
    if rules.role_for(rules.may_review, case, actor) is None:
        raise PermissionDenied("correct")
    return case
