"""Two people decide: one proposes, another signs or sends back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.correspondence import api as correspondence
from workflows.enums import AssignedWhy, Outcome
from workflows.guards import power_to_sign
from workflows.models import Case, Decision, Proposal, Step
from workflows.models.base import about
from workflows.models.decision import UNWRITTEN
from workflows.queries.decisions import letter_context
from workflows.services import checking, supplying
from workflows.services.assigning import assign_by_chance
from workflows.services.moves import MoveRefused, advance, lock_case
from workflows.services.producing import follow_grant
from workflows.services.revoking import revoke_decisions
from workflows.services.titling import title_of

_SIGNING_MOVES: dict[str, str] = {
    Outcome.GRANT: "grant",
    Outcome.REFUSE: "refuse",
    Outcome.CLOSE: "close",
}


@dataclass(frozen=True)
class Draft:
    """What a reviewer writes: the outcome, its grounds, what was verified, the title.

    Without `title_months` the title lasts as the rule of the procedure computes it.
    """

    outcome: str
    grounds_law: str
    grounds_fact: str
    title_starts_on: date | None = None
    title_months: int | None = None
    title_reason: str = ""
    closure_code: str = ""
    checks: tuple[checking.Checked, ...] = ()


@transaction.atomic
def propose(*, case_id: UUID, draft: Draft, actor: User, at: datetime, seen: int) -> Step:
    """First of two people: a decision with its grounds and its checklist (CRPA L.211-2, L.211-5).

    Raises MoveRefused when the dossier is not complete and more than a closure is proposed,
    when the checklist contradicts the outcome, when a text of the library is left unfinished.
    """
    case = lock_case(case_id)
    if case.complete_at is None and draft.outcome != Outcome.CLOSE:
        raise MoveRefused(
            _("Ce dossier n’a pas été déclaré complet : il peut seulement être classé sans suite.")
        )
    step = advance(
        case_id=case_id, move="propose", actor=actor, at=at, seen=seen, outcome=draft.outcome
    )
    _check_texts(case, draft)
    checks = checking.results(case, draft.outcome, draft.checks)
    proposal = Proposal.objects.create(
        **about(case),
        case=case,
        outcome=draft.outcome,
        grounds_law=draft.grounds_law,
        grounds_fact=draft.grounds_fact,
        proposed_by=actor,
        submission_number=case.submission_number,
        closure_code=draft.closure_code,
        **title_of(
            case,
            outcome=draft.outcome,
            starts_on=draft.title_starts_on,
            months=draft.title_months,
            reason=draft.title_reason,
        ),
    )
    checking.keep(checks, proposal)
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

    After a grant, production or biometrics follow in the same transaction, unless something not
    essential is still missing: the grant then takes effect when it is received (CRPA
    L.114-5-1). Raises PermissionDenied for the person who proposed, MoveRefused when something
    came since or when no delegation in force covers this act (the letter bears its quality).
    """
    case = lock_case(case_id)
    proposal = case.proposals.filter(settled_at=None).first()
    if proposal is None:
        raise MoveRefused(_("Aucune proposition n’attend de signature."))
    power = power_to_sign(case, actor)
    awaited = supplying.missing_at_grant(case, proposal)
    letter = correspondence.issue_letter(
        "decision",
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        context=letter_context(case, proposal, actor, at, quality=power.quality if power else "")
        | supplying.in_the_letter(awaited),
        language="fr",
    )
    step = advance(
        case_id=case_id,
        move=_SIGNING_MOVES[proposal.outcome],
        actor=actor,
        at=at,
        seen=seen,
        letter=letter,
        **_title_facts(case, proposal, awaited),
    )
    decision = _record(case, proposal, step, actor, at, letter, power, awaited)
    dossiers.seal(dossier_id=case.dossier_id, at=at, awaiting=awaited is not None)
    correspondence.tell(case.applicant, "decision_served", dossier_id=case.dossier_id)
    if awaited is not None:
        supplying.await_items(case, decision, awaited)
    elif proposal.outcome == Outcome.GRANT:
        follow_grant(lock_case(case_id), at)
    return decision


@transaction.atomic
def reopen(*, case_id: UUID, reason: str, actor: User, at: datetime, seen: int) -> Step:
    """Withdraw a refusal or a closure: the review goes on, the filing date stays."""
    case = lock_case(case_id)
    step = advance(case_id=case_id, move="reopen", actor=actor, at=at, seen=seen, reason=reason)
    revoke_decisions(case, at=at)
    assign_by_chance(lock_case(case_id), why=AssignedWhy.REOPENED, at=at)
    correspondence.tell(case.applicant, "dossier_reopened", dossier_id=case.dossier_id)
    return step


def void_proposal(case: Case, *, at: datetime) -> None:
    """A proposal that waits loses its object: the case left, or the person withdrew."""
    case.proposals.filter(settled_at=None).update(settled_at=at, settled_how="void")


def _title_facts(case: Case, proposal: Proposal, awaited) -> dict:
    if proposal.outcome != Outcome.GRANT:
        return {}
    return {
        "title_starts_on": proposal.title_starts_on,
        "title_ends_on": proposal.title_ends_on,
        "supply_awaited": awaited is not None,
        "card": dossiers.makes_card(case.dossier),
    }


def _check_texts(case: Case, draft: Draft) -> None:
    """The texts are finished, and a closure has a reason of the library. Raises MoveRefused."""
    if UNWRITTEN in draft.grounds_law or UNWRITTEN in draft.grounds_fact:
        raise MoveRefused(_("Remplacez chaque « […] » des motifs par ce qui est demandé."))
    known = {one.code for one in dossiers.grounds_of(case.dossier) if one.outcome == Outcome.CLOSE}
    if draft.outcome == Outcome.CLOSE and draft.closure_code not in known:
        raise MoveRefused(_("Choisissez le motif du classement sans suite."))


def _record(case, proposal, step, signer, at, letter, power, awaited) -> Decision:
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
        signer_quality=power.quality,
        delegation=power,
        office_code=case.prefecture_code,
        letter_id=letter.pk,
        granted_subject_to=list(awaited.labels) if awaited else None,
        supply_due_on=awaited.due_on if awaited else None,
    )
