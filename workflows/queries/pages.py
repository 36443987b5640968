"""The case page: everything a reviewer needs on one screen, read in a few statements."""

from dataclasses import dataclass

from dossiers import api as dossiers
from workflows.enums import CaseState
from workflows.models import Case, Decision, Opinion, Proposal, Step
from workflows.queries.completions import requests_in_words
from workflows.queries.names import move_label, office_names, role_label


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

    @property
    def open_proposal(self) -> Proposal | None:
        return next((p for p in self.proposals if p.settled_at is None), None)

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
    signed = (getattr(proposal, "decision", None) for proposal in proposals)
    return CasePage(
        case=case,
        dossier=summary,
        history=history(steps),
        proposals=proposals,
        decision=next((one for one in signed if one and one.revoked_at is None), None),
        opinions=tuple(case.opinions.order_by("-asked_at", "pk") if "ask_opinion" in made else ()),
        corrections=tuple(dossiers.corrections_of(case.dossier, "fr") if is_corrected else ()),
        requests=tuple(requests_in_words(case.dossier) if "ask_completion" in made else ()),
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
