"""Two people decide: one proposes, another signs or sends back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.correspondence import api as correspondence
from workflows import deadlines
from workflows.enums import AssignedWhy, Outcome
from workflows.models import Case, Decision, Proposal, Step
from workflows.models.base import about
from workflows.queries.decisions import letter_context, signatory_quality
from workflows.services.assigning import assign_by_chance
from workflows.services.moves import MoveRefused, advance, lock_case
from workflows.services.producing import order_card

_SIGNING_MOVES = {Outcome.GRANT: "grant", Outcome.REFUSE: "refuse", Outcome.CLOSE: "close"}


@dataclass(frozen=True)
class Draft:
    """What a reviewer writes: the outcome, its grounds in law and in fact, the title."""

    outcome: str
    grounds_law: str
    grounds_fact: str
    title_starts_on: date | None = None
    title_months: int | None = None


@transaction.atomic
def propose(*, case_id: UUID, draft: Draft, actor: User, at: datetime, seen: int) -> Step:
    """First of two people: a decision with its grounds (CRPA L.211-2, L.211-5).

    Raises MoveRefused when the dossier is not complete and more than a closure is proposed.
    """
    case = lock_case(case_id)
    if case.complete_at is None and draft.outcome != Outcome.CLOSE:
        raise MoveRefused(
            _("Ce dossier n’a pas été déclaré complet : il peut seulement être classé sans suite.")
        )
    step = advance(
        case_id=case_id, move="propose", actor=actor, at=at, seen=seen, outcome=draft.outcome
    )
    Proposal.objects.create(
        **about(case),
        case=case,
        outcome=draft.outcome,
        grounds_law=draft.grounds_law,
        grounds_fact=draft.grounds_fact,
        proposed_by=actor,
        submission_number=case.submission_number,
        **_title(case, draft),
    )
    return step


@transaction.atomic
def send_back(*, case_id: UUID, note: str, actor: User, at: datetime, seen: int) -> Step:
    """The second person does not sign and says why; the reviewer looks again."""
    case = lock_case(case_id)
    case.proposals.filter(settled_at=None).update(
        settled_at=at, settled_how="sent_back", sent_back_note=note
    )
    return advance(case_id=case_id, move="send_back", actor=actor, at=at, seen=seen, reason=note)


@transaction.atomic
def sign(*, case_id: UUID, actor: User, at: datetime, seen: int) -> Decision:
    """Second of two people: the decision is taken, written and told; what follows begins.

    After a grant, production or biometrics follow in the same transaction. Raises
    PermissionDenied for the person who proposed, MoveRefused when something came since.
    """
    case = lock_case(case_id)
    proposal = case.proposals.filter(settled_at=None).first()
    if proposal is None:
        raise MoveRefused(_("Aucune proposition n’attend de signature."))
    letter = correspondence.issue_letter(
        "decision",
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        context=letter_context(case, proposal, actor, at),
        language="fr",
    )
    step = advance(
        case_id=case_id,
        move=_SIGNING_MOVES[proposal.outcome],
        actor=actor,
        at=at,
        seen=seen,
        letter=letter,
        **_title_facts(proposal),
    )
    decision = _record(case, proposal, step, actor, at, letter)
    dossiers.seal(dossier_id=case.dossier_id, at=at)
    correspondence.tell(case.applicant, "decision_served", dossier_id=case.dossier_id)
    if proposal.outcome == Outcome.GRANT:
        _follow_grant(case, at)
    return decision


@transaction.atomic
def reopen(*, case_id: UUID, reason: str, actor: User, at: datetime, seen: int) -> Step:
    """Withdraw a refusal or a closure: the review goes on, the filing date stays."""
    case = lock_case(case_id)
    step = advance(case_id=case_id, move="reopen", actor=actor, at=at, seen=seen, reason=reason)
    for decision in case.decisions.filter(revoked_at=None):
        decision.revoked_at = at
        decision.save(update_fields=["revoked_at"])
        if decision.letter_id:
            correspondence.revoke_letter(decision.letter_id)
    dossiers.unseal(dossier_id=case.dossier_id)
    assign_by_chance(lock_case(case_id), why=AssignedWhy.REOPENED, at=at)
    correspondence.tell(case.applicant, "dossier_reopened", dossier_id=case.dossier_id)
    return step


def void_proposal(case: Case, *, at: datetime) -> None:
    """A proposal that waits loses its object: the case left, or the person withdrew."""
    case.proposals.filter(settled_at=None).update(settled_at=at, settled_how="void")


def _title(case: Case, draft: Draft) -> dict:
    """The dates that the procedure's own text allows. Raises MoveRefused for any other."""
    if draft.outcome != Outcome.GRANT:
        return {}
    allowed, starts_on = dossiers.title_rules(case.dossier), draft.title_starts_on
    if allowed.same_end_date:
        ends_on = dossiers.answer_meaning(case.dossier, "title_ends_on")
        if ends_on is None or ends_on <= starts_on:
            raise MoveRefused(_("Le titre à refaire est déjà terminé : il n’a plus de durée."))
        return {"title_starts_on": starts_on, "title_ends_on": ends_on}
    if draft.title_months not in allowed.offered:
        raise MoveRefused(_("Cette durée n’est pas prévue pour cette démarche."))
    return {
        "title_starts_on": starts_on,
        "title_months": draft.title_months,
        "title_ends_on": deadlines.title_ends_on(starts_on=starts_on, months=draft.title_months),
    }


def _title_facts(proposal: Proposal) -> dict:
    if proposal.outcome != Outcome.GRANT:
        return {}
    return {
        "title_starts_on": proposal.title_starts_on,
        "title_ends_on": proposal.title_ends_on,
    }


def _record(case, proposal, step, signer, at, letter) -> Decision:
    proposal.settled_at, proposal.settled_how = at, "signed"
    proposal.save(update_fields=["settled_at", "settled_how"])
    return Decision.objects.create(
        **about(case),
        case=case,
        proposal=proposal,
        step=step,
        outcome=proposal.outcome,
        proposer_id=proposal.proposed_by_id,
        signer=signer,
        signer_name=str(signer),
        signer_quality=signatory_quality(case.prefecture_code),
        letter_id=letter.pk,
    )


def _follow_grant(case, at) -> None:
    """The portal goes on at once: the card, or the one visit that must come before it."""
    if case.prints_on_record:
        step = advance(case_id=case.pk, move="start_production", actor=None, at=at)
        order_card(step)
    else:
        advance(case_id=case.pk, move="require_biometrics", actor=None, at=at)
