"""Withdrawing a granted title: a supervisor proposes, the person answers, a signatory signs."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.api import Role, User
from portal.core import journal
from portal.correspondence import api as correspondence
from workflows import deadlines
from workflows.enums import AssignedWhy
from workflows.guards import power_to_sign
from workflows.models import Case, ObservationInvitation, Retraction, Step
from workflows.models.base import about
from workflows.models.decision import UNWRITTEN
from workflows.queries.decisions import invitation_context, retraction_context
from workflows.queries.retractions import open_retraction, why_not
from workflows.rules import may_reopen, may_sign
from workflows.services.assigning import assign_by_chance
from workflows.services.moves import MoveRefused, advance, lock_case
from workflows.services.revoking import revoke_decisions


@transaction.atomic
def propose_retraction(
    *,
    case_id: UUID,
    grounds_law: str,
    grounds_fact: str,
    due_on: date,
    actor: User,
    at: datetime,
    seen: int,
) -> Retraction:
    """First of two people: the grant seems unlawful; the person is invited to answer first.

    The title stays granted meanwhile, and its card is handed over as planned: what is only
    envisaged takes nothing from the person. Raises PermissionDenied, MoveRefused with its
    sentences (CRPA L.242-1 for the four months, L.121-1 and L.122-1 for the observations).
    """
    case = _held(case_id, seen)
    if not may_reopen(case, actor):
        raise PermissionDenied("propose_retraction")
    today = deadlines.legal_day(at)
    reasons = why_not(case, today)
    if due_on < deadlines.first_answer_due_on(today):
        reasons.append(_("Laissez à la personne quinze jours au moins pour répondre."))
    if UNWRITTEN in grounds_law or UNWRITTEN in grounds_fact:
        reasons.append(_("Remplacez chaque « […] » des motifs par ce qui est demandé."))
    if reasons:
        raise MoveRefused(*reasons)
    retraction = Retraction.objects.create(
        **about(case),
        case=case,
        decision=case.decisions.get(revoked_at=None),
        grounds_law=grounds_law,
        grounds_fact=grounds_fact,
        proposed_by=actor,
    )
    letter = _letter(case, "observations_invited", invitation_context(case, retraction, due_on))
    ObservationInvitation.objects.create(
        **about(case), case=case, retraction=retraction, due_on=due_on, letter_id=letter.pk
    )
    _tell(case, "observations_invited", Role.SUPERVISOR, letter, due_on=due_on.isoformat())
    _note(case, "retraction.propose", retraction)
    return retraction


@transaction.atomic
def answer(*, case_id: UUID, text: str, assisted_by: str, applicant: User, at: datetime) -> None:
    """The person answers, once, alone or assisted (CRPA L.122-1). Raises MoveRefused."""
    case = lock_case(case_id)
    if case.applicant_id != applicant.pk:
        raise PermissionDenied("observations")
    retraction = open_retraction(case)
    if retraction is None or retraction.invitation.answered_at is not None:
        raise MoveRefused(_("Aucune observation n’est attendue, ou vous avez déjà répondu."))
    invitation = retraction.invitation
    invitation.answered_at, invitation.text, invitation.assisted_by = at, text, assisted_by
    invitation.save(update_fields=["answered_at", "text", "assisted_by"])
    _tell(case, "observations_received", Role.APPLICANT)
    _note(case, "retraction.answer", retraction)


@transaction.atomic
def sign_retraction(*, case_id: UUID, actor: User, at: datetime, seen: int) -> Step:
    """Second of two people: the grant falls with its letter, visits, appointment and card.

    All in this transaction or nothing. Raises PermissionDenied, MoveRefused.
    """
    case = lock_case(case_id)
    retraction, power = open_retraction(case), power_to_sign(case, actor)
    letter = None
    if retraction is not None and power is not None:
        context = retraction_context(case, retraction, actor, at, quality=power.quality)
        letter = _letter(case, "retraction", context)
    step = advance(case_id=case_id, move="retract", actor=actor, at=at, seen=seen, letter=letter)
    if retraction is None or power is None or letter is None:
        raise PermissionDenied("retract")  # the guards of the move have refused already
    retraction.settled_at, retraction.settled_how = at, "signed"
    retraction.signer, retraction.signer_name = actor, str(actor)
    retraction.signer_quality, retraction.delegation = power.quality, power
    retraction.step, retraction.letter_id = step, letter.pk
    retraction.save()
    revoke_decisions(case, at=at)
    if (case := lock_case(case_id)).reviewer_id is None:  # a grant that waited kept its reviewer
        assign_by_chance(case, why=AssignedWhy.REOPENED, at=at)
    correspondence.tell(case.applicant, "decision_revoked", dossier_id=case.dossier_id)
    return step


@transaction.atomic
def drop_retraction(*, case_id: UUID, note: str, actor: User, at: datetime, seen: int) -> None:
    """The second person does not sign: the title stays granted, the person is told."""
    case = _held(case_id, seen)
    if not may_sign(case, actor):
        raise PermissionDenied("drop_retraction")
    retraction = open_retraction(case)
    if retraction is None:
        raise MoveRefused(_("Aucun retrait n’attend de signature."))
    retraction.settled_at, retraction.settled_how = at, "dropped"
    retraction.dropped_note = note
    retraction.save(update_fields=["settled_at", "settled_how", "dropped_note"])
    _tell(case, "retraction_dropped", Role.SIGNATORY)
    _note(case, "retraction.drop", retraction)


def _held(case_id, seen) -> Case:
    case = lock_case(case_id)
    if seen != case.last_step:
        raise MoveRefused(
            _("Ce dossier a changé pendant que vous le lisiez. Rien n’a été fait : relisez-le.")
        )
    return case


def _letter(case, kind, context):
    return correspondence.issue_letter(
        kind,
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        context=context,
        language="fr",
    )


def _tell(case, kind, role, letter=None, **params) -> None:
    """One line of the timeline, and a mail unless the person did it themselves."""
    correspondence.add_line(kind, by_role=role.value, params=params, letter=letter, **about(case))
    if role != Role.APPLICANT:
        correspondence.tell(case.applicant, kind, dossier_id=case.dossier_id)


def _note(case, act, retraction) -> None:
    journal.record(
        act,
        subject_type="retraction",
        subject_id=retraction.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code,
    )
