"""The case page: everything a reviewer needs on one screen, read in a few statements."""

from dataclasses import dataclass

from django.utils.translation import get_language

from dossiers import api as dossiers
from workflows.enums import RETRACTABLE, CardOrderState, CaseState
from workflows.models import (
    CardDispatch,
    CardOrder,
    Case,
    Decision,
    Opinion,
    Proposal,
    Retraction,
    Step,
)
from workflows.queries.completions import requests_in_words
from workflows.queries.names import move_label, office_name, office_names, role_label
from workflows.queries.retractions import open_retraction
from workflows.queries.supplies import supplies_of

_ASKING = {"ask_completion", "ask_supply"}
_TRANSFERS = {"transfer", "transfer_visit"}


@dataclass(frozen=True)
class HistoryLine:
    """One step in the form of the timeline component: role and office, never a name."""

    at: object
    title: str
    who: str
    body: str
    tone: str = ""
    show_time: bool = True
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class CheckShown:
    """One answer of the checklist, in words, with the paper that proves it."""

    label: str
    law: str
    recalled: bool
    answer: str
    answer_label: str
    paper_id: object
    note: str


@dataclass(frozen=True)
class CasePage:
    """One case with its dossier, its papers and its history."""

    case: Case
    dossier: object
    history: tuple[HistoryLine, ...]
    proposals: tuple[Proposal, ...]
    decision: Decision | None
    opinions: tuple[Opinion, ...]
    requests: tuple
    corrections: tuple
    checks: tuple[CheckShown, ...] = ()
    retraction: Retraction | None = None
    supplies: tuple = ()
    cards_gone: tuple[CardOrder, ...] = ()
    card_awaited: CardDispatch | None = None

    @property
    def card_comes_from(self) -> str:
        """The office that sends the card here."""
        return office_name(self.card_awaited.from_code) if self.card_awaited else ""

    @property
    def open_proposal(self) -> Proposal | None:
        return next((p for p in self.proposals if p.settled_at is None), None)

    @property
    def asked_now(self) -> tuple:
        """What is still asked without stopping the review: a grant signed now waits for it."""
        last = self.requests[0] if self.requests else None
        is_light = last is not None and last.closed_at is None and not last.holds_review
        return tuple(last.words) if is_light else ()

    @property
    def closure_words(self) -> str:
        """The coded reason of a proposed closure, in words; an empty text without one."""
        code = self.open_proposal.closure_code if self.open_proposal else ""
        if not code:
            return ""
        language = (get_language() or "fr").split("-")[0]
        found = (one for one in dossiers.grounds_of(self.case.dossier) if one.code == code)
        return next((one.label.get(language) for one in found), code)

    @property
    def last_sent_back(self) -> Proposal | None:
        """The note a reviewer must read before proposing again."""
        last = self.proposals[0] if self.proposals else None
        return last if last and last.settled_how == "sent_back" else None


def case_page(case: Case) -> CasePage:
    """Read a case that the caller has already found visible; its steps say what else to read."""
    steps = list(Step.objects.filter(case=case).order_by("-number"))
    made = {step.move for step in steps}
    proposals = tuple(
        case.proposals.select_related("decision").order_by("-made_at", "pk")
        if "propose" in made
        else ()
    )
    summary = dossiers.dossier_summary(case.dossier_id)
    is_corrected = any(filing.is_correction for filing in summary.submissions)
    signed = [getattr(proposal, "decision", None) for proposal in proposals]
    decision = next((one for one in signed if one and one.revoked_at is None), None)
    shown = next((one for one in proposals if one.settled_at is None), None)
    return CasePage(
        case=case,
        dossier=summary,
        history=history(steps),
        proposals=proposals,
        decision=decision,
        checks=checks_of(case, shown or (decision.proposal if decision else None)),
        opinions=tuple(case.opinions.order_by("-asked_at", "pk") if "ask_opinion" in made else ()),
        corrections=tuple(dossiers.corrections_of(case.dossier, "fr") if is_corrected else ()),
        requests=tuple(requests_in_words(case.dossier) if made & _ASKING else ()),
        supplies=tuple(supplies_of(case) if decision and decision.granted_subject_to else ()),
        retraction=open_retraction(case) if case.state in RETRACTABLE else None,
        cards_gone=_cards_gone(case) if "retract" in made else (),
        card_awaited=_card_awaited(case) if made & _TRANSFERS else None,
    )


def _cards_gone(case: Case) -> tuple[CardOrder, ...]:
    """The cards of a title that was withdrawn, with what their maker said."""
    gone = case.card_orders.filter(state=CardOrderState.REVOKED)
    return tuple(gone.order_by("-ordered_at", "pk"))


def _card_awaited(case: Case) -> CardDispatch | None:
    """The card that another office sends here."""
    sent = CardDispatch.objects.on_their_way().filter(
        order__case=case, to_code=case.prefecture_code
    )
    return sent.order_by("-asked_at", "pk").first()


def checks_of(case: Case, proposal: Proposal | None) -> tuple[CheckShown, ...]:
    """What the reviewer verified before this proposal, in the order of the procedure."""
    if proposal is None:
        return ()
    words = dossiers.labels_of_checks(case.dossier)
    return tuple(
        CheckShown(
            label=words[row.code][0],
            law=", ".join(words[row.code][1]),
            recalled=words[row.code][2] != "sourced",
            answer=row.answer,
            answer_label=row.get_answer_display(),
            paper_id=row.paper_id,
            note=row.note,
        )
        for row in proposal.checks.order_by("position")
        if row.code in words
    )


def history(steps: list[Step]) -> tuple[HistoryLine, ...]:
    """Every step, newest first."""
    offices = office_names(step.office_code for step in steps)
    return tuple(
        HistoryLine(
            at=step.at,
            title=f"{move_label(step.move)} → {CaseState(step.target).label}",
            who=", ".join(
                part for part in (role_label(step.role), offices.get(step.office_code)) if part
            ),
            body=step.reason,
        )
        for step in steps
    )
