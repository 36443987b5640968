"""Appeals: filed by the person, or recorded from a court; rejected by two people or accepted."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.api import User
from portal.accounts.enums import Role
from portal.core import journal
from portal.core.constraints import refusing
from portal.correspondence import api as correspondence
from workflows import deadlines, rules
from workflows.enums import AppealKind, AppealOutcome, CaseState
from workflows.models import Appeal, Case
from workflows.models.base import about
from workflows.queries.appeals import (
    contestable,
    is_moot,
    receipt_context,
    rejection_context,
)
from workflows.queries.names import office_name
from workflows.queries.silence import contest_window
from workflows.services.answering import check_second_person, put_back, put_in_words
from workflows.services.deciding import reopen
from workflows.services.delegating import power_to_refuse
from workflows.services.moves import MoveRefused, lock_case

_TWICE = {
    "a_court_case_is_recorded_once": _("Ce recours est déjà enregistré sous ce numéro."),
}


@transaction.atomic
def file_appeal(*, case_id: UUID, kind: str, text: str, actor: User, at: datetime) -> Appeal:
    """The person contests a refusal; a receipt says until when the administration may answer.

    CRPA L.411-2, L.411-7. A late appeal is received and said to be late. Filed again, the first
    one stands. Raises PermissionDenied for anybody else, MoveRefused when nothing was refused.
    """
    case = lock_case(case_id)
    if actor.pk != case.applicant_id or kind == AppealKind.CONTENTIOUS:
        raise PermissionDenied("appeal")
    refusal = _refusal_of(case)
    known = case.appeals.filter(kind=kind, contested_on=refusal.known_on).first()
    if known is not None:
        return known
    today = deadlines.legal_day(at)
    is_late = today > contest_window(case, refusal.known_on).last_on
    due_on = deadlines.appeal_due(today).on
    receipt = _letter(case, "appeal_receipt", receipt_context(case, kind, today, due_on, is_late))
    appeal = Appeal.objects.create(
        **about(case),
        case=case,
        kind=kind,
        decision_id=refusal.decision_id,
        contested_on=refusal.known_on,
        is_late=is_late,
        due_on=due_on,
        text=text,
        receipt_id=receipt.pk,
    )
    correspondence.add_line(
        "case_appeal_filed",
        by_role=Role.APPLICANT.value,
        params={"due_on": due_on},
        letter=receipt,
        **about(case),
    )
    _journal(appeal, "appeal.filed")
    return appeal


@transaction.atomic
def record_contentious(
    *, case_id: UUID, court_number: str, text: str, actor: User, at: datetime
) -> Appeal:
    """A supervisor notes that the person went to court; the court sets every day from there.

    Raises PermissionDenied, MoveRefused when nothing was refused, DomainRefusal for a number
    that is already noted.
    """
    case = lock_case(case_id)
    if not rules.may_reopen(case, actor):
        raise PermissionDenied("record_appeal")
    refusal = _refusal_of(case)
    with refusing(_TWICE):
        appeal = Appeal.objects.create(
            **about(case),
            case=case,
            kind=AppealKind.CONTENTIOUS,
            decision_id=refusal.decision_id,
            contested_on=refusal.known_on,
            is_late=False,
            text=text,
            court_number=court_number,
            recorded_by=actor,
        )
    _journal(appeal, "appeal.recorded")
    return appeal


@transaction.atomic
def write_rejection(
    *, appeal_id: UUID, grounds_law: str, grounds_fact: str, actor: User, at: datetime
) -> Appeal:
    """First of two people: why the appeal is rejected, in law and in fact. Nothing is sent yet."""
    case, appeal = _held(appeal_id)
    if not rules.may_answer_appeals(case, actor):
        raise PermissionDenied("write_rejection")
    put_in_words(appeal, grounds_law=grounds_law, grounds_fact=grounds_fact, actor=actor, at=at)
    _journal(appeal, "appeal.rejection_written")
    return appeal


@transaction.atomic
def sign_rejection(*, appeal_id: UUID, actor: User, at: datetime, seen: datetime | None) -> Appeal:
    """Second of two people: the letter leaves, and two months to go to court begin again.

    Raises PermissionDenied for who wrote it, MoveRefused when it changed since or when no
    delegation lets this person sign a refusal.
    """
    case, appeal = _held(appeal_id)
    check_second_person(case, appeal, actor=actor, seen=seen)
    power = power_to_refuse(case, actor)
    context = rejection_context(case, appeal, actor, at, quality=power.quality)
    letter = _letter(case, "appeal", context)
    appeal.signer_name, appeal.letter_id = str(actor), letter.pk
    appeal.signer_quality = power.quality
    _settle(appeal, AppealOutcome.REJECTED, actor, at)
    correspondence.add_line(
        "case_appeal_rejected",
        by_role=Role.SIGNATORY.value,
        office=office_name(case.prefecture_code),
        letter=letter,
        **about(case),
    )
    correspondence.tell(case.applicant, "letter", dossier_id=case.dossier_id)
    return appeal


@transaction.atomic
def send_rejection_back(
    *, appeal_id: UUID, note: str, actor: User, at: datetime, seen: datetime | None
) -> Appeal:
    """The second person does not sign: who answers reads the note and writes again, or accepts.

    The time to answer runs on. Raises PermissionDenied, MoveRefused when it changed since.
    """
    case, appeal = _held(appeal_id)
    check_second_person(case, appeal, actor=actor, seen=seen)
    put_back(appeal, note=note, actor=actor, at=at)
    _journal(appeal, "appeal.rejection_sent_back")
    return appeal


@transaction.atomic
def accept(*, appeal_id: UUID, reason: str, actor: User, at: datetime, seen: int) -> Appeal:
    """A supervisor accepts: the decision is withdrawn and the review goes on.

    Against a silence there is no decision to withdraw: the office decides the case instead.
    Raises PermissionDenied, MoveRefused.
    """
    case, appeal = _held(appeal_id)
    if not rules.may_reopen(case, actor):
        raise PermissionDenied("accept_appeal")
    if case.state not in (CaseState.REFUSED, CaseState.CLOSED):
        raise MoveRefused(
            _("Aucune décision n’est à retirer : le dossier est en cours, proposez une décision.")
        )
    _settle(appeal, AppealOutcome.ACCEPTED, actor, at)
    reopen(case_id=case.pk, reason=reason, actor=actor, at=at, seen=seen)
    correspondence.add_line(
        "case_appeal_accepted",
        by_role=Role.SUPERVISOR.value,
        office=office_name(case.prefecture_code),
        **about(case),
    )
    return appeal


def _refusal_of(case: Case):
    refusal = contestable(case)
    if refusal is None:
        raise MoveRefused(_("Ce dossier n’a pas de refus à contester : rien n’a été envoyé."))
    return refusal


def _held(appeal_id: UUID) -> tuple[Case, Appeal]:
    """The case, then its open appeal that this office answers, both held."""
    case = lock_case(Appeal.objects.values_list("case_id", flat=True).get(pk=appeal_id))
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal_id)
    if appeal.settled_at or appeal.kind != AppealKind.GRACIOUS or is_moot(appeal, case):
        raise MoveRefused(_("Ce recours n’attend pas de réponse ici."))
    return case, appeal


def _settle(appeal, outcome, actor, at):
    appeal.outcome, appeal.settled_by, appeal.settled_at = outcome, actor, at
    appeal.save(
        update_fields=[
            "outcome",
            "settled_by",
            "settled_at",
            "signer_name",
            "signer_quality",
            "letter_id",
        ]
    )
    _journal(appeal, f"appeal.{outcome}")


def _letter(case, kind, context):
    return correspondence.issue_letter(
        kind,
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        context=context,
        language="fr",
    )


def _journal(appeal, act):
    journal.record(
        act,
        subject_type="appeal",
        subject_id=appeal.pk,
        dossier_id=appeal.dossier_id,
        prefecture=appeal.prefecture_code or "",
        facts={"kind": str(appeal.kind), "contested_on": appeal.contested_on.isoformat()},
    )
