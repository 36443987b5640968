"""What other rooms may use of the dossiers; everything else is private."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from dossiers.catalogue.conditions import meant as _meant
from dossiers.catalogue.durations import TitleEnd
from dossiers.catalogue.law import deadlines_for
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.reasons import reason_words, reasons_about
from dossiers.catalogue.schema import Deadline, Ground, Procedure, TitleMonths
from dossiers.models import (
    CompletionItem,
    CompletionRequest,
    Correction,
    CorrectionContest,
    Dossier,
    Mandate,
    Submission,
)
from dossiers.queries import askable as _askable
from dossiers.queries.answers import short_language
from dossiers.queries.askable import Askable, askable_in_common
from dossiers.queries.assistance import typists_of
from dossiers.queries.checks import (
    CheckLine,
    allowed_title_ends,
    checklist_of,
    grounds_of,
    labels_of_checks,
    makes_card,
    title_category_of,
    title_end_of,
)
from dossiers.queries.completions import (
    ItemAnswer,
    ItemWords,
    answers_to,
    items_in_words,
    requests_of,
)
from dossiers.queries.contacts import Contact, contact_in
from dossiers.queries.corrections import (
    NAMES,
    CorrectionView,
    corrections_of,
    slips_of,
)
from dossiers.queries.differences import Difference, Version, difference, versions_of
from dossiers.queries.facts import START_URL_NAME as start_url_name
from dossiers.queries.facts import ProcedureFacts, facts
from dossiers.queries.freezes import Freeze, freezes_of, latest_downtimes
from dossiers.queries.law import LawRow, ProcedureLaw, law_of_procedures
from dossiers.queries.linking import CoupleHere, LinkedWith, couples_of, linked_with
from dossiers.queries.lists import DossierLine, lines_among, lines_of
from dossiers.queries.mandates import OnTheDesk, held_by, mandates_on, scope_in_words, waiting_for
from dossiers.queries.mandates import procedure_title as _title_of
from dossiers.queries.statements import StatementView, had_a_card, statements_of, waiting_in
from dossiers.queries.summary import (
    DossierView,
    EvidenceBox,
    Identity,
    Section,
    dossier_view,
    place_filed,
)
from dossiers.services import completing, correcting, stating, withdrawing
from dossiers.services.drafting import open_request_of
from dossiers.services.incidents import declare_downtime
from dossiers.services.incidents import record as record_failure
from dossiers.services.parting import end_with as end_couple
from portal.core import clock

__all__ = [
    "CheckLine",
    "Askable",
    "CompletionItem",
    "CompletionRequest",
    "Contact",
    "Correction",
    "CorrectionView",
    "CoupleHere",
    "Deadline",
    "Difference",
    "Dossier",
    "DossierLine",
    "DossierView",
    "EvidenceBox",
    "Freeze",
    "Ground",
    "Identity",
    "ItemAnswer",
    "ItemWords",
    "LawRow",
    "LinkedWith",
    "Mandate",
    "NAMES",
    "OnTheDesk",
    "Procedure",
    "ProcedureFacts",
    "ProcedureLaw",
    "Section",
    "StatementView",
    "Submission",
    "TitleEnd",
    "TitleMonths",
    "Version",
    "allowed_title_ends",
    "answer_meaning",
    "answers_to",
    "ask_completion",
    "askable",
    "askable_in_common",
    "askable_items",
    "checklist_of",
    "close_completion",
    "completion_requests",
    "contact_of",
    "deadlines_of",
    "contested_corrections",
    "correct",
    "corrections_of",
    "couples_of",
    "difference",
    "dossier_summary",
    "dossiers_of",
    "end_couple",
    "grounds_of",
    "had_a_card",
    "held_mandates",
    "in_mandate",
    "linked_with",
    "mandates_on",
    "offered_mandates",
    "scope_in_words",
    "labels_of_checks",
    "law_of_procedures",
    "makes_card",
    "items_in_words",
    "open_completion",
    "place_filed",
    "procedure",
    "procedure_of",
    "procedure_title",
    "procedures",
    "reason_words",
    "reasons_about",
    "repeated_requests",
    "seal",
    "set_prefecture",
    "settle_contests",
    "settle_statement",
    "slips_of",
    "start_url_name",
    "statements_of",
    "title_category_of",
    "title_end_of",
    "title_rules",
    "typists_of",
    "unseal",
    "versions_of",
    "waiting_in",
    "declare_downtime",
    "freezes_of",
    "latest_downtimes",
    "record_failure",
]


def dossier_summary(dossier_id: UUID, language: str | None = None) -> DossierView:
    """A dossier as it was last filed, in words. Raises Dossier.DoesNotExist when not visible."""
    return dossier_view(Dossier.objects.get(pk=dossier_id), language)


def dossiers_of(user) -> list[DossierLine]:
    """The person's drafts and requests, newest first."""
    return lines_of(user)


def held_mandates(user, organisations: list[UUID], at: datetime) -> list[Mandate]:
    """The mandates that live, of an account and of its organisations."""
    return held_by(user, organisations, at)


def offered_mandates(user, at: datetime) -> list[Mandate]:
    """The invitations that wait for this account's answer."""
    return waiting_for(user, at)


def in_mandate(mandates: list[Mandate]) -> dict[UUID, list[DossierLine]]:
    """The dossiers that each mandate covers now; to be asked in the scope of mandates."""
    return lines_among(mandates)


def procedures(language: str | None = None) -> list[ProcedureFacts]:
    """The facts of every procedure of this release, in the language of the page."""
    today = clock.today()
    return [facts(code, today, language) for code in catalogue()]


def procedure(code: str, language: str | None = None) -> ProcedureFacts:
    """The facts of one procedure. Raises KeyError for a code this release does not have."""
    return facts(code, clock.today(), language)


def procedure_title(code: str, language: str | None = None) -> str:
    """The title of a procedure in the language of the page; its code once it left the catalogue."""
    return _title_of(code, language or short_language())


def procedure_of(dossier: Dossier) -> Procedure:
    """The procedure as it stood when the dossier was started: deadlines, prints, family."""
    return dossier.procedure


def deadlines_of(dossier: Dossier, answers: Mapping) -> tuple[Deadline, ...]:
    """The delays of the law for what was filed, on the day it was filed."""
    return deadlines_for(dossier.procedure, answers)


def answer_meaning(dossier: Dossier, meaning: str):
    """The filed answer that bears this meaning ("title_ends_on"…), None without one."""
    last = dossier.submissions.order_by("-number").first()
    return _meant(dossier.procedure, last.answers if last else dossier.answers, meaning)


def contact_of(dossier: Dossier) -> Contact:
    """The person's e-mail, phone and address as filed last; empty texts for what is not asked."""
    last = dossier.submissions.order_by("-number").first()
    answers = last.answers if last else dossier.answers
    return contact_in(dossier.procedure, answers)


def title_rules(dossier: Dossier) -> TitleMonths:
    """How long the title may be granted for, under the text of this dossier."""
    return dossier.procedure.title_months


def askable_items(dossier_id: UUID, language: str | None = None) -> list[tuple[str, str, str]]:
    """What an agent may ask again: (kind, code, label), answers shown first, then evidence."""
    return _askable.askable_items(Dossier.objects.get(pk=dossier_id), language)


def askable(dossier: Dossier, language: str | None = None) -> list[Askable]:
    """The same with what was given, an example of a good one, and what is essential."""
    return _askable.askable(dossier, language)


def ask_completion(
    dossier_id: UUID,
    items: Iterable[dict],
    message: str,
    due_on: date,
    at: datetime,
    round_reason: str = "",
) -> CompletionRequest:
    """Open one request for `items` ({"kind", "code", "why"…}); raises DomainRefusal."""
    return completing.ask_completion(
        dossier_id=dossier_id,
        items=items,
        message=message,
        due_on=due_on,
        at=at,
        round_reason=round_reason,
    )


def repeated_requests(prefecture: str) -> int:
    """How many requests of an office came after another one on the same dossier."""
    return CompletionRequest.objects.filter(prefecture_code=prefecture, round__gt=1).count()


def contested_corrections(prefecture: str) -> int:
    """How many corrections of an office wait for an answer to the person's objection."""
    return CorrectionContest.objects.filter(prefecture_code=prefecture, settled_at=None).count()


def correct(
    dossier_id: UUID, answers: Mapping, reason: str, proof_id: UUID | None, actor, at: datetime
) -> Correction:
    """Put slips of form right in a version signed by the office; raises DomainRefusal."""
    return correcting.correct(
        dossier_id=dossier_id, answers=answers, reason=reason, proof_id=proof_id, actor=actor, at=at
    )


def settle_contests(dossier_id: UUID, note: str, actor, at: datetime) -> int:
    """Answer the person's objections to corrections; how many were answered."""
    return correcting.settle_contests(dossier_id=dossier_id, note=note, actor=actor, at=at)


def settle_statement(statement_id: UUID, outcome: str, note: str, actor, at: datetime):
    """Answer what the person stated; they read it. Raises DomainRefusal when it is answered."""
    return stating.settle(statement_id=statement_id, outcome=outcome, note=note, actor=actor, at=at)


def close_completion(request_id: UUID, outcome: str, at: datetime) -> CompletionRequest:
    """Close a request: outcome "expired" or "cancelled". Closing twice closes once."""
    return completing.close_completion(request_id=request_id, outcome=outcome, at=at)


def open_completion(dossier_id: UUID) -> CompletionRequest | None:
    """The request the applicant has not answered yet, None without one."""
    return open_request_of(Dossier(pk=dossier_id))


def completion_requests(dossier_id: UUID) -> list[CompletionRequest]:
    """Every request of a dossier, newest first, with its items."""
    return requests_of(dossier_id)


def seal(dossier_id: UUID, at: datetime, *, awaiting: bool = False) -> None:
    """Close the dossier to its applicant, once decided; `awaiting`, but for what a grant awaits."""
    withdrawing.seal(dossier_id=dossier_id, at=at, awaiting=awaiting)


def unseal(dossier_id: UUID) -> None:
    """Open it again to completion and withdrawal, when the review is reopened."""
    withdrawing.unseal(dossier_id=dossier_id)


def set_prefecture(dossier_id: UUID, code: str) -> None:
    """Write the competent office on the dossier, its parts and its files."""
    withdrawing.set_prefecture(dossier_id=dossier_id, code=code)
