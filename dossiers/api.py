"""What other rooms may use of the dossiers; everything else is private."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from dossiers.catalogue.conditions import meant as _meant
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import Deadline, Procedure, TitleMonths
from dossiers.models import CompletionItem, CompletionRequest, Dossier, Submission
from dossiers.queries.askable import askable_in_common
from dossiers.queries.facts import START_URL_NAME as start_url_name
from dossiers.queries.facts import ProcedureFacts, facts
from dossiers.queries.lists import DossierLine, lines_of
from dossiers.queries.summary import DossierView, EvidenceBox, Identity, Section, dossier_view
from dossiers.services import completing, withdrawing
from dossiers.services.drafting import open_request_of
from portal.core import clock

__all__ = [
    "CompletionItem",
    "CompletionRequest",
    "Deadline",
    "Dossier",
    "DossierLine",
    "DossierView",
    "EvidenceBox",
    "Identity",
    "Procedure",
    "ProcedureFacts",
    "Section",
    "Submission",
    "TitleMonths",
    "answer_meaning",
    "ask_completion",
    "askable_in_common",
    "askable_items",
    "close_completion",
    "completion_requests",
    "dossier_summary",
    "dossiers_of",
    "open_completion",
    "procedure",
    "procedure_of",
    "procedures",
    "seal",
    "set_prefecture",
    "start_url_name",
    "title_rules",
    "unseal",
]


def dossier_summary(dossier_id: UUID, language: str | None = None) -> DossierView:
    """A dossier as it was last filed, in words. Raises Dossier.DoesNotExist when not visible."""
    return dossier_view(Dossier.objects.get(pk=dossier_id), language)


def dossiers_of(user) -> list[DossierLine]:
    """The person's drafts and requests, newest first."""
    return lines_of(user)


def procedures(language: str | None = None) -> list[ProcedureFacts]:
    """The facts of every procedure of this release, in the language of the page."""
    today = clock.today()
    return [facts(code, today, language) for code in catalogue()]


def procedure(code: str, language: str | None = None) -> ProcedureFacts:
    """The facts of one procedure. Raises KeyError for a code this release does not have."""
    return facts(code, clock.today(), language)


def procedure_of(dossier: Dossier) -> Procedure:
    """The procedure as it stood when the dossier was started: deadlines, prints, family."""
    return dossier.procedure


def answer_meaning(dossier: Dossier, meaning: str):
    """The filed answer that bears this meaning ("title_ends_on"…), None without one."""
    last = dossier.submissions.order_by("-number").first()
    return _meant(dossier.procedure, last.answers if last else dossier.answers, meaning)


def title_rules(dossier: Dossier) -> TitleMonths:
    """How long the title may be granted for, under the text of this dossier."""
    return dossier.procedure.title_months


def askable_items(dossier_id: UUID, language: str | None = None) -> list[tuple[str, str, str]]:
    """What an agent may ask again: (kind, code, label), answers shown first, then evidence."""
    return completing.askable_items(Dossier.objects.get(pk=dossier_id), language)


def ask_completion(
    dossier_id: UUID, items: Iterable[dict], message: str, due_on: date, at: datetime
) -> CompletionRequest:
    """Open one request for `items` ({"kind", "code", "why"}); raises DomainRefusal."""
    return completing.ask_completion(
        dossier_id=dossier_id, items=items, message=message, due_on=due_on, at=at
    )


def close_completion(request_id: UUID, outcome: str, at: datetime) -> CompletionRequest:
    """Close a request: outcome "expired" or "cancelled". Closing twice closes once."""
    return completing.close_completion(request_id=request_id, outcome=outcome, at=at)


def open_completion(dossier_id: UUID) -> CompletionRequest | None:
    """The request the applicant has not answered yet, None without one."""
    return open_request_of(Dossier(pk=dossier_id))


def completion_requests(dossier_id: UUID) -> list[CompletionRequest]:
    """Every request of a dossier, newest first, with its items."""
    requests = CompletionRequest.objects.filter(dossier_id=dossier_id)
    return list(requests.prefetch_related("items").order_by("-asked_at", "-pk"))


def seal(dossier_id: UUID, at: datetime) -> None:
    """Close the dossier to its applicant, once decided."""
    withdrawing.seal(dossier_id=dossier_id, at=at)


def unseal(dossier_id: UUID) -> None:
    """Open it again to completion and withdrawal, when the review is reopened."""
    withdrawing.unseal(dossier_id=dossier_id)


def set_prefecture(dossier_id: UUID, code: str) -> None:
    """Write the competent office on the dossier, its parts and its files."""
    withdrawing.set_prefecture(dossier_id=dossier_id, code=code)
