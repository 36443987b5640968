"""Asking again for what is missing, answering item by item, sending once (CRPA L.114-5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import events, rules
from dossiers.catalogue.reasons import reasons
from dossiers.enums import CompletionOutcome, ItemKind
from dossiers.models import CompletionItem, CompletionRequest, Dossier, Submission
from dossiers.queries.answers import show_date
from dossiers.queries.asked import unanswered_questions
from dossiers.services import telling
from dossiers.services.codes import take_codes
from dossiers.services.drafting import lock_own, open_request_of
from dossiers.services.filing import freeze
from dossiers.services.mandating import heard_by_the_office
from portal.accounts.enums import Role
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal


class CompletionRefused(DomainRefusal):
    """The request, or its answer, cannot go as it is; nothing was sent."""


@dataclass(frozen=True)
class Wanted:
    """One thing to ask again; a reason picked from the library, words of one's own, or both.

    `essential` is what the agent says of it; None is what the procedure says.
    """

    kind: str
    code: str
    why: str = ""
    reason_code: str = ""
    example: str = ""
    essential: bool | None = None


@transaction.atomic
def ask_completion(
    *,
    dossier_id: UUID,
    items: Iterable[dict],
    message: str,
    due_on: date,
    at: datetime,
    round_reason: str = "",
) -> CompletionRequest:
    """Open the one request of a dossier; the applicant may then change those items and no other.

    `items` are the fields of `Wanted`, as dictionaries. Everything missing is listed at once
    (CRPA L.114-5); asking again, a second round, takes its own reason. One essential item makes
    the request hold the review; without any, the review goes on (CRPA L.114-5-1), and asking
    again meanwhile replaces the request, answers kept. Raises CompletionRefused for an empty
    list, an item the procedure does not have, an item or a second round without a reason, and
    when a request that holds is already open.
    """
    dossier = _locked(dossier_id)
    wanted = _checked_items(dossier, items)
    replaced = _replace_light(dossier, at)
    holds = any(_is_essential(dossier, one) for one in wanted)
    number = dossier.completion_requests.count() + 1
    if number > 1 and not round_reason:
        raise CompletionRefused(
            _("Un complément a déjà été demandé : dites pourquoi il en faut un autre.")
        )
    with refusing(
        {
            "one_open_completion_request_per_dossier": _(
                "Une demande de complément est déjà ouverte pour ce dossier."
            )
        }
    ):
        request = CompletionRequest.objects.create(
            **_whose(dossier),
            holds_review=holds,
            round=number,
            round_reason=round_reason if number > 1 else "",
            about_submission=dossier.submissions.count(),
            message=message,
            asked_at=at,
            due_on=due_on,
        )
    CompletionItem.objects.bulk_create(
        _item(request, dossier, one, replaced.get((one.kind, one.code))) for one in wanted
    )
    telling.add_line(
        dossier,
        "dossier_completion_asked" if holds else "dossier_supply_asked",
        by_role=Role.REVIEWER,
        params={"due_on": due_on.isoformat()},
    )
    telling.mail(dossier, "completion_asked")
    _record("completion.asked", dossier, request, {"items": len(wanted), "round": number})
    return request


@transaction.atomic
def send_completion(
    *, dossier_id: UUID, applicant, at: datetime, language: str, incomplete: bool = False
) -> Submission:
    """Send the answers: a new submission, told to the prefecture once.

    An item counts as done when it was answered, or when the person wrote why it cannot be
    given. `incomplete` sends what there is. Pressing again gives the same submission back.
    Raises CompletionRefused while an item is still to do, or when all of them are;
    DossierClosed when nothing is asked, or when the deadline has closed the request.
    """
    dossier = lock_own(dossier_id, applicant)
    request = open_request_of(dossier)
    if request is None:
        return _already_sent(dossier)
    rules.refuse_unless_asked(dossier, request)
    missing = missing_of(dossier, request)
    if missing and (not incomplete or len(missing.items) == request.items.count()):
        raise CompletionRefused(*missing.sentences(dossier, language))
    if used := take_codes(dossier):
        raise CompletionRefused(*[problem.sentence for problem in used])
    number = dossier.submissions.count() + 1
    _close_as_supplied(dossier, request, number, at)
    submission = freeze(dossier, number=number, at=at, language=language)
    telling.add_line(dossier, "dossier_completion_supplied")
    telling.mail(dossier, "completion_received")
    _record("completion.supplied", dossier, request, {"submission": str(submission.pk)})
    with heard_by_the_office(dossier):
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


@dataclass(frozen=True)
class Missing:
    """What a completion still lacks: answers, confirmations, boxes without a new file."""

    questions: tuple
    untouched: tuple
    items: tuple[CompletionItem, ...]
    rules: tuple

    def __bool__(self):
        return bool(self.items)

    def sentences(self, dossier: Dossier, language: str) -> list[str]:
        """One sentence for each, in the words of the page."""
        return [
            *_said(_("Il manque votre réponse : %(name)s"), self.questions, language),
            *_said(_("Vérifiez et enregistrez votre réponse : %(name)s"), self.untouched, language),
            *_said(_("Ajoutez un nouveau fichier : %(name)s"), self.rules, language),
        ]


def _said(sentence, things, language):
    return [sentence % {"name": thing.label.get(language)} for thing in things]


def missing_of(dossier: Dossier, request: CompletionRequest) -> Missing:
    """What the person has neither answered nor explained, with the questions that answers brought.

    An answer asked again counts once it was saved anew, even unchanged: the person has read
    what was wrong with it.
    """
    procedure = dossier.procedure
    waiting = [item for item in request.items.order_by("kind", "code") if not item.explanation]
    fields = [item for item in waiting if item.kind == ItemKind.FIELD]
    questions = unanswered_questions(procedure, dossier.answers, fields)
    names = {question.name for question in questions}
    brought = {i.code for i in fields if _brings(procedure, dossier, i, names)}
    untouched = [i for i in fields if i.answered_at is None and i.code not in names | brought]
    new_files = dossier.evidence.filter(removed_at=None, first_submission=None)
    filled = set(new_files.values_list("rule_code", flat=True).order_by())
    empty = [i for i in waiting if i.kind == ItemKind.EVIDENCE and i.code not in filled]
    asked = [i for i in fields if i.code in names | brought]
    return Missing(
        questions=questions,
        untouched=tuple(procedure.field(item.code) for item in untouched),
        items=(*empty, *asked, *untouched),
        rules=tuple(procedure.evidence_rule(item.code) for item in empty),
    )


def _brings(procedure, dossier, item, names):
    """Whether the answer to this item has opened a question that is still without an answer."""
    found = unanswered_questions(procedure, dossier.answers, [item])
    return any(question.name in names for question in found)


def _close_as_supplied(dossier, request, number, at):
    """Close the request unless its deadline has closed it a moment ago."""
    closed = (
        CompletionRequest.objects.still_open()
        .filter(pk=request.pk)
        .update(closed_at=at, outcome=CompletionOutcome.SUPPLIED, answer_submission=number)
    )
    if not closed:
        refuse_what_is_over(dossier)
    request.closed_at, request.outcome = at, CompletionOutcome.SUPPLIED
    request.answer_submission = number


def _already_sent(dossier):
    last = dossier.completion_requests.order_by("-round").first()
    if last is None or last.outcome != CompletionOutcome.SUPPLIED:
        refuse_what_is_over(dossier)
    return dossier.submissions.get(number=last.answer_submission)


def refuse_what_is_over(dossier: Dossier) -> None:
    """Raise DossierClosed: nothing is asked; of a deadline that passed, say what it means."""
    last = dossier.completion_requests.order_by("-round").first()
    is_alive = dossier.withdrawn_at is None and dossier.sealed_at is None
    if is_alive and last is not None and last.outcome == CompletionOutcome.EXPIRED:
        raise rules.DossierClosed(
            _(
                "Le délai est passé le %(day)s. Ce que vous avez préparé est gardé, mais n’a pas "
                "été envoyé. La préfecture continue l’examen avec ce qu’elle a déjà reçu."
            )
            % {"day": show_date(last.last_day)}
        )
    rules.refuse_unless_asked(dossier, None)


def _checked_items(dossier, items) -> list[Wanted]:
    procedure = dossier.procedure
    known = {
        ItemKind.FIELD: {field.name for field in procedure.all_fields()},
        ItemKind.EVIDENCE: {rule.code for rule in procedure.evidence},
    }
    wanted = {}
    for item in items:
        one = Wanted(**item)
        if one.code not in known[ItemKind(one.kind)]:
            raise CompletionRefused(
                _("Cette démarche ne comporte pas : %(code)s") % {"code": one.code}
            )
        if not one.why and one.reason_code not in reasons():
            raise CompletionRefused(_("Dites à la personne ce qui manque ou ne va pas."))
        wanted[one.kind, one.code] = one
    if not wanted:
        raise CompletionRefused(_("Choisissez au moins une réponse ou une pièce à demander."))
    return list(wanted.values())


def _is_essential(dossier, one: Wanted) -> bool:
    """What the agent says, else what the procedure says of this box or of this question."""
    if one.essential is not None:
        return one.essential
    if one.kind == ItemKind.EVIDENCE:
        return dossier.procedure.evidence_rule(one.code).essential
    return dossier.procedure.field(one.code).required


def _replace_light(dossier, at) -> dict[tuple[str, str], CompletionItem]:
    """Close the open request that holds nothing; what the person prepared in it is carried over."""
    light = CompletionRequest.objects.still_open().filter(dossier=dossier, holds_review=False)
    request = light.order_by("pk").first()
    if request is None:
        return {}
    request.closed_at, request.outcome = at, CompletionOutcome.REPLACED
    request.save(update_fields=["closed_at", "outcome"])
    return {(item.kind, item.code): item for item in request.items.order_by("pk")}


def _item(request, dossier, one: Wanted, before: CompletionItem | None) -> CompletionItem:
    """`before` is the same item of the request replaced; what was said of it still counts."""
    prepared = before or CompletionItem()
    return CompletionItem(
        **_whose(dossier),
        request=request,
        request_holds=request.holds_review,
        kind=one.kind,
        code=one.code,
        essential=_is_essential(dossier, one),
        why=one.why,
        reason_code=one.reason_code,
        example=one.example,
        answered_at=prepared.answered_at,
        explanation=prepared.explanation,
        explained_at=prepared.explained_at,
    )


def _whose(dossier):
    return {
        "dossier": dossier,
        "applicant_id": dossier.applicant_id,
        "prefecture_code": dossier.prefecture_code,
    }


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
