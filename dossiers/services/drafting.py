"""Starting a draft and keeping each answer, field by field, whatever other tabs do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from dossiers import rules
from dossiers.catalogue.conditions import is_answered, shown
from dossiers.enums import AssistanceEnd, ItemKind
from dossiers.models import CompletionItem, CompletionRequest, Dossier, ProcedureVersion
from dossiers.models.procedure import published
from dossiers.queries.answers import fingerprint, stored_state
from dossiers.queries.asked import open_questions
from dossiers.queries.channels import refusal
from dossiers.queries.owned import owned
from dossiers.services.dropping import drop_what_was_begun, forget_document
from dossiers.services.helping import end_running
from dossiers.services.keeping_apart import one_at_a_time, refuse_a_start
from dossiers.services.parting import end_with
from portal.core import clock, journal, rows
from portal.core.errors import DomainRefusal
from portal.vault import api as vault


class UnknownProcedure(DomainRefusal):
    """No procedure of this code is published."""


class WrongChannel(DomainRefusal):
    """The law has the procedure filed elsewhere; `reasons` say why, and where to go."""


@dataclass(frozen=True)
class Typed:
    """What one page posted for one field.

    `raw` holds the keys as typed when the value was not understood. `seen` is the fingerprint
    of what the page showed, None when the page did not say. `sent` are those of what the same
    page sent before without hearing whether it arrived: its own words, not another tab's.
    """

    value: object = None
    raw: dict | None = None
    seen: str | None = None
    sent: frozenset[str] = frozenset()

    @property
    def state(self):
        """What would be stored; compared with what is."""
        if self.raw is not None:
            return {"raw": self.raw}
        return self.value if is_answered(self.value) else None


@dataclass(frozen=True)
class Place:
    """The page that is saved, and the one on which the person goes on when nothing holds them.

    `is_left` when they pressed a button: that is working on the draft, even unchanged.
    """

    step: str
    then: str
    is_left: bool = True


@dataclass(frozen=True)
class Saved:
    """The dossier after saving, and the fields that another tab changed meanwhile."""

    dossier: Dossier
    conflicts: tuple[str, ...] = ()


@transaction.atomic
def start_draft(
    *,
    applicant,
    procedure_code: str,
    at: datetime,
    dossier_id: UUID | None = None,
    department: str = "",
) -> Dossier:
    """Open the person's live request of this procedure, making a draft when there is none.

    `dossier_id` is the number that a new one shall have, when its place is already kept: an agent
    has kept it, at the counter. `department` is where the person says that they live.

    A second start gives the first back, filed or not: the database allows one live dossier per
    person and procedure. Where one account asks for several children, only an open draft is.
    Raises UnknownProcedure, NotTogether while one that excludes it is under way, or WrongChannel
    where the law has it filed elsewhere.
    """
    one_at_a_time(applicant)
    existing = live_of(applicant, procedure_code)
    if existing is not None:
        return existing
    refuse_a_start(applicant, procedure_code)
    version = ProcedureVersion.objects.latest_of(procedure_code).defer("definition").first()
    if version is None:
        raise UnknownProcedure(_("Cette démarche n’est pas proposée en ligne."))
    if elsewhere := refusal(
        procedure_code, clock.legal_day(at), department, assisted=dossier_id is not None
    ):
        raise WrongChannel(*elsewhere)
    procedure = published(version.pk)
    try:
        with transaction.atomic():
            dossier = Dossier.objects.create(
                **({"id": dossier_id} if dossier_id else {}),
                applicant_id=applicant.pk,
                procedure_code=procedure_code,
                version=version,
                answers=answered_by_the_house(procedure, applicant),
                is_beside=procedure.several,
                updated_at=at,
            )
    except IntegrityError:
        # Begun meanwhile where this lock does not reach: that one is opened.
        existing = live_of(applicant, procedure_code)
        if existing is None:
            raise Dossier.DoesNotExist from None
        return existing
    journal.record(
        "dossier.started",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        facts={"procedure": procedure_code, "version": version.digest[:12]},
    )
    return dossier


def live_of(applicant, procedure_code: str) -> Dossier | None:
    """What a start of this procedure opens again: the draft, else what is filed and not ended.

    A request about another child is begun beside those that are filed.
    """
    live = Dossier.objects.of_applicant(applicant).live().filter(procedure_code=procedure_code)
    draft = live.drafts().order_by("created_at").first()
    return draft or live.filter(is_beside=False).first()


def answered_by_the_house(procedure, applicant) -> dict[str, object]:
    """What the person reads and does not type: the address that their account has proven."""
    sources = {"account_email": applicant.email}
    found = {f.name: sources[f.filled_from] for f in procedure.all_fields() if f.filled_from}
    return {name: value for name, value in found.items() if is_answered(value)}


def save_answers(
    *,
    dossier_id: UUID,
    applicant,
    typed: Mapping[str, Typed],
    at: datetime,
    place: Place | None = None,
) -> Saved:
    """Keep what one page changed and nothing else; what could not be understood is kept as typed.

    An answer to a question that the answers hide is not kept, nor one to a question that the
    house answers: whatever was posted. A field that another tab changed since this page was
    shown is left alone and reported. The draft remembers `place`, to go on there. Runs in the
    caller's transaction, without a savepoint: what is refused is refused before the first write.
    Raises DossierClosed when the dossier, or that field of it, may not be changed.
    """
    dossier = lock_own(dossier_id, applicant)
    _refuse_closed_fields(dossier, typed)
    changed, conflicts = _compare(dossier, typed)
    for name in changed:
        _put(dossier, name, typed[name])
    if dossier.filed_at is not None:
        _mark_items(dossier, typed, conflicts, at)
    elif changed:
        take_out_what_is_hidden(dossier)
    _write(dossier, at, changed=bool(changed), place=place, is_held=bool(conflicts))
    return Saved(dossier, tuple(conflicts))


@transaction.atomic
def discard_draft(*, dossier_id: UUID, applicant, at: datetime) -> Dossier:
    """Give a draft up: its answers are erased at once, its files too.

    Raises DossierClosed when it was filed. Doing it twice does it once.
    """
    dossier = lock_own(dossier_id, applicant)
    if dossier.filed_at is None and dossier.withdrawn_at is not None:
        return dossier
    rules.refuse_unless_draft(dossier)
    for evidence in dossier.evidence.filter(removed_at=None).select_related("file").order_by("pk"):
        forget_document(evidence)  # never filed: nobody has a right to keep it
    vault.keep_from(dossier.pk, vault.Situation.DISCARDED, clock.legal_day(at))
    empty(dossier, at)
    return dossier


def empty(dossier: Dossier, at: datetime) -> None:
    """Erase what a locked draft says and what was begun; its files are the vault's to delete."""
    dossier.evidence.filter(removed_at=None).update(removed_at=at)
    drop_what_was_begun(dossier, at)
    end_running(dossier, why=AssistanceEnd.DISCARDED, at=at)
    end_with(dossier)
    dossier.answers, dossier.raw_answers, dossier.set_aside = {}, {}, {}
    dossier.withdrawn_at = dossier.updated_at = at
    dossier.save(
        update_fields=["answers", "raw_answers", "set_aside", "withdrawn_at", "updated_at"]
    )
    journal.record(
        "dossier.discarded", subject_type="dossier", subject_id=dossier.pk, dossier_id=dossier.pk
    )


def lock_own(dossier_id: UUID, applicant) -> Dossier:
    """The person's dossier, locked until the transaction ends. Raises Dossier.DoesNotExist."""
    dossier = owned(applicant, dossier_id, locked=True)
    if dossier is None:
        raise Dossier.DoesNotExist
    return dossier


def open_request_of(dossier: Dossier) -> CompletionRequest | None:
    """The completion request still waiting for the applicant, None without one."""
    return CompletionRequest.objects.still_open().filter(dossier=dossier).first()


def _refuse_closed_fields(dossier, typed):
    if dossier.filed_at is None:
        rules.refuse_unless_draft(dossier)
        return
    asked = open_request_of(dossier)
    if asked is None:
        rules.refuse_unless_draft(dossier)
    request = rules.refuse_unless_asked(dossier, asked)
    items = list(request.items.order_by("kind", "code"))
    after = dossier.answers | {name: answer.value for name, answer in typed.items()}
    opened = {
        question.name
        for answers in (dossier.answers, after)
        for question in open_questions(dossier.procedure, answers, items)
    }
    if set(typed) - opened:
        raise rules.DossierClosed(_("La préfecture ne demande pas de changer cette réponse."))


def _mark_items(dossier, typed, conflicts, at):
    """An item is answered once it was saved, even unchanged; emptied, it no longer is."""
    said = {
        name: answer.raw is None and is_answered(answer.value)
        for name, answer in typed.items()
        if name not in conflicts
    }
    asked = CompletionItem.objects.filter(
        request__dossier=dossier, request__closed_at=None, kind=ItemKind.FIELD
    )
    asked.filter(code__in=[n for n, is_said in said.items() if is_said]).update(answered_at=at)
    asked.filter(code__in=[n for n, is_said in said.items() if not is_said]).update(
        answered_at=None
    )


def _compare(dossier, typed) -> tuple[list[str], list[str]]:
    """The fields that this page changes, and those that another tab changed meanwhile."""
    changed, conflicts = [], []
    ours = {field.name for field in dossier.procedure.all_fields() if field.filled_from}
    for name, answer in typed.items():
        current = stored_state(dossier, name)
        if name in ours or answer.state == current:
            continue
        if answer.seen is None or fingerprint(current) in {answer.seen, *answer.sent}:
            changed.append(name)
        elif fingerprint(answer.state) != answer.seen:
            conflicts.append(name)
    return changed, conflicts


def _write(dossier, at, *, changed, place, is_held):
    """One statement, or none when nothing of it is new."""
    fields = []
    if changed:
        dossier.revision += 1
        fields += ["answers", "raw_answers", "revision"]
    if place is not None and (changed or place.is_left):
        dossier.last_step = place.step if is_held else place.then
        fields.append("last_step")
    if fields:
        dossier.updated_at = at
        if not rows.update(dossier, (*fields, "updated_at")):
            raise Dossier.DoesNotExist


def take_out_what_is_hidden(dossier: Dossier) -> None:
    """Answers that nothing asks any more; while what decides is not understood, they stay."""
    found = shown(dossier.procedure, dossier.answers)
    stays = {field.name for _step, fields in found.pages for field in fields}
    unclear = set(dossier.raw_answers)
    for step in dossier.procedure.steps:
        for field in step.fields:
            if field.name in stays:
                continue
            if _read_by(step, field) & unclear:
                unclear.add(field.name)
                stays.add(field.name)
            else:
                unclear.discard(field.name)
    answers = dossier.answers
    dossier.answers = {n: found.answers.get(n, answers[n]) for n in answers if n in stays}
    dossier.raw_answers = {n: raw for n, raw in dossier.raw_answers.items() if n in stays}


def _read_by(step, field) -> set[str]:
    """The questions on which this one depends."""
    conditions = [condition for condition in (step.when, field.when) if condition]
    return {
        name
        for condition in conditions
        for comparison in condition.comparisons()
        for name in comparison.fields()
    }


def _put(dossier, name, answer):
    dossier.answers.pop(name, None)
    dossier.raw_answers.pop(name, None)
    if answer.raw is not None:
        dossier.raw_answers[name] = answer.raw
    elif is_answered(answer.value):
        dossier.answers[name] = answer.value
