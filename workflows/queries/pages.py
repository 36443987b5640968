"""The case page: everything a reviewer needs on one screen, read in a few statements."""

from dataclasses import dataclass

from dossiers import api as dossiers
from workflows.enums import CaseState
from workflows.models import Case, Decision, Opinion, Proposal, Step
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

    @property
    def open_proposal(self) -> Proposal | None:
        return next((p for p in self.proposals if p.settled_at is None), None)

    @property
    def last_sent_back(self) -> Proposal | None:
        """The note a reviewer must read before proposing again."""
        last = self.proposals[0] if self.proposals else None
        return last if last and last.settled_how == "sent_back" else None


def case_page(case: Case) -> CasePage:
    """Read a case that the caller has already found visible."""
    return CasePage(
        case=case,
        dossier=dossiers.dossier_summary(case.dossier_id),
        history=history(case),
        proposals=tuple(case.proposals.order_by("-made_at", "pk")),
        decision=case.decisions.filter(revoked_at=None).order_by("pk").first(),
        opinions=tuple(case.opinions.order_by("-asked_at", "pk")),
        requests=tuple(dossiers.completion_requests(case.dossier_id)),
    )


def history(case: Case) -> tuple[HistoryLine, ...]:
    """Every step, newest first."""
    steps = list(Step.objects.filter(case=case).order_by("-number"))
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
