"""A slip of form is put right by the office, in the open; it is never a ground to close."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers.catalogue.conditions import is_answered
from dossiers.models import Correction, CorrectionContest, Dossier, Submission
from dossiers.queries.corrections import correctable, needs_proof
from dossiers.services import telling
from portal.accounts.enums import Role
from portal.core import journal
from portal.core.errors import DomainRefusal


class CorrectionRefused(DomainRefusal):
    """This is not a slip that the office may put right; nothing was changed."""


@transaction.atomic
def correct(
    *,
    dossier_id: UUID,
    answers: Mapping[str, object],
    reason: str,
    proof_id: UUID | None,
    actor,
    at: datetime,
) -> Correction:
    """Put answers right in a new version signed by the office; the person is told and may object.

    The version carries no sworn statement: what the person swore stays theirs. Civil status
    needs the paper of the dossier that shows it. Raises CorrectionRefused for any other
    answer, for a missing paper, and when nothing changes.
    """
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("applicant")
        .get(pk=dossier_id)
    )
    last = dossier.submissions.latest("number")
    changes = _checked(dossier, last, answers, proof_id)
    put_right = {name: new for name, (_old, new) in changes.items()}
    submission = Submission.objects.create(
        **_whose(dossier),
        number=last.number + 1,
        answers=_without_empty(last.answers | put_right),
        evidence=last.evidence,
        sworn_text="",
        corrected_by=actor,
        language=last.language,
        filed_at=at,
    )
    correction = Correction.objects.create(
        **_whose(dossier),
        submission=submission,
        changes=changes,
        reason=reason,
        proof_id=proof_id,
        made_by=actor,
    )
    _into_working_copy(dossier, put_right, at)
    telling.add_line(dossier, "dossier_corrected", by_role=Role.REVIEWER)
    telling.mail(dossier, "dossier_corrected")
    _record("dossier.corrected", dossier, correction, {"fields": sorted(changes)})
    return correction


@transaction.atomic
def contest(*, correction_id: UUID, applicant, text: str, at: datetime) -> CorrectionContest:
    """The person says that a correction is not right: an agent must answer. Twice says it once."""
    correction = (
        Correction.objects.select_for_update(of=("self",))
        .select_related("dossier")
        .get(pk=correction_id, applicant=applicant)
    )
    found = CorrectionContest.objects.filter(correction=correction).order_by("pk").first()
    if found is not None:
        return found
    made = CorrectionContest.objects.create(
        **_whose(correction.dossier), correction=correction, text=text
    )
    telling.add_line(correction.dossier, "dossier_correction_contested")
    _record("correction.contested", correction.dossier, correction, {})
    return made


@transaction.atomic
def settle_contests(*, dossier_id: UUID, note: str, actor, at: datetime) -> int:
    """Answer what the person wrote; they read the answer. How many were answered: twice, none."""
    dossier = Dossier.objects.select_related("applicant").get(pk=dossier_id)
    settled = CorrectionContest.objects.filter(dossier=dossier, settled_at=None).update(
        settled_at=at, settled_by=actor, settled_note=note
    )
    if settled:
        telling.add_line(dossier, "dossier_contest_settled", by_role=Role.REVIEWER)
        telling.mail(dossier, "news")
        _record("correction.contest_settled", dossier, dossier, {"number": settled})
    return settled


def _checked(dossier, last, answers, proof_id) -> dict[str, list]:
    allowed = {field.name: field for field in correctable(dossier)}
    if set(answers) - set(allowed):
        raise CorrectionRefused(
            _("Cette réponse ne se corrige pas ici : redemandez-la à la personne.")
        )
    changes = {}
    for name, new in answers.items():
        old = last.answers.get(name)
        if (old if is_answered(old) else None) != (new if is_answered(new) else None):
            changes[name] = [old, new]
    if not changes:
        raise CorrectionRefused(_("Rien ne change : la réponse est déjà écrite ainsi."))
    if any(allowed[name].required and not is_answered(new) for name, (_o, new) in changes.items()):
        raise CorrectionRefused(_("Cette réponse ne peut pas être effacée."))
    if any(needs_proof(allowed[name]) for name in changes):
        _refuse_without_proof(last, proof_id)
    return changes


def _refuse_without_proof(last, proof_id):
    """The paper must be one that was filed: the office puts right only what it has read."""
    filed = {entry["evidence"] for entry in last.evidence}
    if proof_id is None or str(proof_id) not in filed:
        raise CorrectionRefused(
            _("L’état civil se corrige d’après un document : choisissez celui qui le montre.")
        )


def _without_empty(answers):
    return {name: value for name, value in answers.items() if is_answered(value)}


def _into_working_copy(dossier, put_right, at):
    """The person's next answers start from what is right; what else they prepare is untouched."""
    dossier.answers = _without_empty(dossier.answers | put_right)
    for name in put_right:
        dossier.raw_answers.pop(name, None)
    dossier.revision += 1
    dossier.updated_at = at
    dossier.save(update_fields=["answers", "raw_answers", "revision", "updated_at"])


def _whose(dossier):
    return {
        "dossier": dossier,
        "applicant_id": dossier.applicant_id,
        "prefecture_code": dossier.prefecture_code,
    }


def _record(act, dossier, subject, facts):
    journal.record(
        act,
        subject_type="correction",
        subject_id=subject.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts=facts,
    )
