"""Asking again for what is missing, answering item by item, sending once (CRPA L.114-5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import events, rules
from dossiers.enums import CompletionOutcome, ItemKind
from dossiers.models import CompletionItem, CompletionRequest, Dossier, Submission
from dossiers.queries.answers import short_language
from dossiers.queries.askable import askable_of
from dossiers.queries.asked import unanswered_questions
from dossiers.services import telling
from dossiers.services.drafting import lock_own, open_request_of
from dossiers.services.filing import freeze
from portal.accounts.enums import Role
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal


class CompletionRefused(DomainRefusal):
    """The request, or its answer, cannot go as it is; nothing was sent."""


@transaction.atomic
def ask_completion(
    *, dossier_id: UUID, items: Iterable[dict], message: str, due_on: date, at: datetime
) -> CompletionRequest:
    """Open the one request of a dossier; the applicant may then change those items and no other.

    `items` are {"kind": "field"|"evidence", "code": …, "why": …}. Raises CompletionRefused for
    an empty list or an item the procedure does not have, and when a request is already open.
    """
    dossier = _locked(dossier_id)
    wanted = _checked_items(dossier, items)
    with refusing(
        {
            "one_open_completion_request_per_dossier": _(
                "Une demande de complément est déjà ouverte pour ce dossier."
            )
        }
    ):
        request = CompletionRequest.objects.create(
            dossier=dossier,
            applicant_id=dossier.applicant_id,
            prefecture_code=dossier.prefecture_code,
            message=message,
            asked_at=at,
            due_on=due_on,
        )
    CompletionItem.objects.bulk_create(
        CompletionItem(
            request=request,
            dossier=dossier,
            applicant_id=dossier.applicant_id,
            prefecture_code=dossier.prefecture_code,
            kind=kind,
            code=code,
            why=why,
        )
        for (kind, code), why in wanted.items()
    )
    telling.add_line(
        dossier,
        "dossier_completion_asked",
        by_role=Role.REVIEWER,
        params={"due_on": due_on.isoformat()},
    )
    telling.mail(dossier, "completion_asked")
    _record("completion.asked", dossier, request, {"items": len(wanted)})
    return request


@transaction.atomic
def send_completion(
    *, dossier_id: UUID, applicant, at: datetime, language: str, incomplete: bool = False
) -> Submission:
    """Send the answers: a new submission, told to the prefecture once.

    `incomplete` sends what there is, when the person says the rest cannot be given. Pressing
    again gives the last submission back. Raises CompletionRefused while an asked item has no
    answer, or when there is none at all; DossierClosed when nothing is asked.
    """
    dossier = lock_own(dossier_id, applicant)
    request = open_request_of(dossier)
    if request is None:
        return _already_sent(dossier)
    rules.refuse_unless_asked(dossier, request)
    missing = missing_of(dossier, request)
    if missing and (not incomplete or len(missing.items) == request.items.count()):
        raise CompletionRefused(*missing.sentences(dossier, language))
    _close_as_supplied(dossier, request, missing, at)
    number = dossier.submissions.count() + 1
    submission = freeze(dossier, number=number, at=at, language=language)
    telling.add_line(dossier, "dossier_completion_supplied")
    telling.mail(dossier, "completion_received")
    _record("completion.supplied", dossier, request, {"submission": str(submission.pk)})
    events.completion_supplied.announce(
        dossier=dossier, request=request, submission=submission, at=at
    )
    return submission


@transaction.atomic
def close_completion(*, request_id: UUID, outcome: str, at: datetime) -> CompletionRequest:
    """Close a request that expired or is no longer needed. Closing twice closes once."""
    request = (
        CompletionRequest.objects.select_for_update(of=("self",))
        .select_related("dossier__applicant")
        .get(pk=request_id)
    )
    if request.closed_at is not None:
        return request
    request.closed_at, request.outcome = at, CompletionOutcome(outcome)
    request.save(update_fields=["closed_at", "outcome"])
    if request.outcome != CompletionOutcome.SUPPLIED:
        telling.add_line(
            request.dossier, f"dossier_completion_{request.outcome}", by_role=Role.REVIEWER
        )
    _record("completion.closed", request.dossier, request, {"outcome": request.outcome})
    return request


def askable_items(dossier: Dossier, language: str | None = None) -> list[tuple[str, str, str]]:
    """What may be asked again for the last filed answers: (kind, code, label)."""
    last = dossier.submissions.order_by("-number").first()
    answers = last.answers if last else dossier.answers
    return askable_of(dossier.procedure, answers, language or short_language())


@dataclass(frozen=True)
class Missing:
    """What a completion still lacks: questions without an answer, boxes without a new file."""

    questions: tuple
    items: tuple[CompletionItem, ...]
    rules: tuple

    def __bool__(self):
        return bool(self.questions or self.rules)

    def sentences(self, dossier: Dossier, language: str) -> list[str]:
        """One sentence for each, in the words of the page."""
        return [
            _("Il manque votre réponse : %(question)s") % {"question": field.label.get(language)}
            for field in self.questions
        ] + [
            _("Ajoutez un nouveau fichier : %(piece)s") % {"piece": rule.label.get(language)}
            for rule in self.rules
        ]


def missing_of(dossier: Dossier, request: CompletionRequest) -> Missing:
    """The asked items that have no answer yet, and the questions that the answers have brought."""
    procedure, items = dossier.procedure, list(request.items.order_by("kind", "code"))
    questions = unanswered_questions(procedure, dossier.answers, items)
    new_files = dossier.evidence.filter(removed_at=None, first_submission=None)
    filled = set(new_files.values_list("rule_code", flat=True).order_by())
    names = {question.name for question in questions}
    empty = [item for item in items if item.kind == ItemKind.EVIDENCE and item.code not in filled]
    return Missing(
        questions=questions,
        items=(*empty, *(i for i in items if i.kind == ItemKind.FIELD and i.code in names)),
        rules=tuple(procedure.evidence_rule(item.code) for item in empty),
    )


def _close_as_supplied(dossier, request, missing, at):
    """Close the request unless its deadline has closed it a moment ago."""
    closed = (
        CompletionRequest.objects.still_open()
        .filter(pk=request.pk)
        .update(closed_at=at, outcome=CompletionOutcome.SUPPLIED)
    )
    if not closed:
        rules.refuse_unless_asked(dossier, None)
    request.closed_at, request.outcome = at, CompletionOutcome.SUPPLIED
    request.items.exclude(pk__in=[item.pk for item in missing.items]).update(answered_at=at)


def _already_sent(dossier):
    sent = dossier.completion_requests.filter(outcome=CompletionOutcome.SUPPLIED)
    if not sent.exists():
        rules.refuse_unless_asked(dossier, None)
    return dossier.submissions.order_by("-number").first()


def _checked_items(dossier, items):
    procedure = dossier.procedure
    known = {
        ItemKind.FIELD: {field.name for field in procedure.all_fields()},
        ItemKind.EVIDENCE: {rule.code for rule in procedure.evidence},
    }
    wanted = {}
    for item in items:
        kind, code = ItemKind(item["kind"]), item["code"]
        if code not in known[kind]:
            raise CompletionRefused(_("Cette démarche ne comporte pas : %(code)s") % {"code": code})
        wanted[kind, code] = item.get("why", "")
    if not wanted:
        raise CompletionRefused(_("Choisissez au moins une réponse ou une pièce à demander."))
    return wanted


def _locked(dossier_id):
    return (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("applicant")
        .get(pk=dossier_id)
    )


def _record(act, dossier, request, facts):
    journal.record(
        act,
        subject_type="completion",
        subject_id=request.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts=facts,
    )
