"""Changing a filed request before it is decided: prepared apart, then sent once, whole."""

import copy
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from dossiers import events, rules
from dossiers.catalogue.conditions import evidence_for, is_answered
from dossiers.enums import OTHER_DOCUMENT, ItemKind
from dossiers.models import AmendedFile, Amendment, Dossier, Evidence, Submission
from dossiers.queries.amending import MOST_OTHERS, Working, working_copy
from dossiers.queries.answers import fingerprint, stored_state
from dossiers.services import telling
from dossiers.services.codes import take_codes
from dossiers.services.drafting import Typed, lock_own
from portal.core import journal
from portal.core.errors import DomainRefusal
from portal.vault import api as vault


class AmendmentRefused(DomainRefusal):
    """The change cannot be kept, or sent, as it is; what was filed stays as it was."""


@transaction.atomic
def change_answers(
    *, dossier_id: UUID, applicant, typed: Mapping[str, Typed], at: datetime
) -> tuple[Working, tuple[str, ...]]:
    """Keep what one page changed, apart from what was filed; the prefecture sees nothing yet.

    A question that another tab changed since the page was shown is left alone and reported.
    Raises DossierClosed once decided or given up, AmendmentRefused for an answer that says whose
    request it is, that the house gives, or that an open completion request asks.
    """
    dossier = lock_own(dossier_id, applicant)
    rules.refuse_unless_amendable(dossier)
    working = working_copy(dossier)
    _refuse_held(working, typed)
    conflicts, changes, raw = [], dict(working.changes), dict(working.raw_answers)
    for name, answer in typed.items():
        current = stored_state(working, name)
        if answer.state == current:
            continue
        if answer.seen is not None and fingerprint(current) != answer.seen:
            conflicts.append(name)
            continue
        _put(changes, raw, name, answer, working.last.answers.get(name))
    if (changes, raw) != (working.changes, working.raw_answers):
        amendment = working.amendment or _begin(dossier, at)
        amendment.changes, amendment.raw_answers = changes, raw
        _touch(amendment, at, "changes", "raw_answers")
    return working_copy(dossier), tuple(conflicts)


def refuse_unless_box_open(working: Working, rule_code: str, replaces: UUID | None = None) -> None:
    """Raise DossierClosed or AmendmentRefused when this box takes no file here, or no more."""
    rules.refuse_unless_amendable(working.dossier)
    if (ItemKind.EVIDENCE.value, rule_code) in working.asked:
        raise AmendmentRefused(
            _("La préfecture vous demande cette pièce : envoyez-la en répondant à sa demande.")
        )
    held = [entry for entry in working.evidence if entry["rule"] == rule_code]
    known = {rule.code: rule for rule in evidence_for(working.procedure, working.answers)}
    if rule_code not in known and rule_code != OTHER_DOCUMENT and not held:
        raise AmendmentRefused(_("Cette pièce n’est pas demandée dans votre situation."))
    filed = {entry["evidence"] for entry in held}
    if replaces is not None and str(replaces) not in filed:
        raise AmendmentRefused(_("Ce fichier n’est plus dans votre demande : rouvrez la page."))
    rule = known.get(rule_code)
    most = rule.max_files if rule else MOST_OTHERS
    if len(held) - bool(replaces) >= most:
        raise AmendmentRefused(
            _(
                "Cette pièce contient déjà %(count)s fichiers, le maximum. Remplacez-en un, ou "
                "réunissez plusieurs pages dans un seul fichier."
            )
            % {"count": len(held)}
        )


@transaction.atomic
def add_file(
    *,
    dossier_id: UUID,
    applicant,
    rule_code: str,
    kept,
    at: datetime,
    note: str = "",
    replaces: UUID | None = None,
) -> AmendedFile:
    """Put a kept file in the amendment; nobody of the office sees it until it is sent.

    Raises DossierClosed or AmendmentRefused: the caller then discards the kept bytes.
    """
    dossier = lock_own(dossier_id, applicant)
    working = working_copy(dossier)
    refuse_unless_box_open(working, rule_code, replaces)
    if (rule_code == OTHER_DOCUMENT) != bool(note):
        raise AmendmentRefused(_("Dites en une phrase ce qu’est ce document."))
    amendment = working.amendment or _begin(dossier, at)
    renewed = _take_back_same(amendment, replaces, at)
    added = AmendedFile.objects.create(
        amendment=amendment,
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        rule_code=rule_code,
        note=note,
        file=vault.register(kept, subject_id=dossier.pk, applicant_id=dossier.applicant_id),
        replaces_id=renewed,
    )
    _touch(amendment, at)
    _record("amendment.file_added", dossier, amendment, {"rule": rule_code})
    return added


@transaction.atomic
def remove_file(*, dossier_id: UUID, applicant, added_id: UUID, at: datetime) -> None:
    """Take a file that was not sent out again: it goes. Doing it twice does it once."""
    dossier = lock_own(dossier_id, applicant)
    added = AmendedFile.objects.select_related("file", "amendment").get(
        pk=added_id, dossier=dossier
    )
    if added.removed_at is not None:
        return
    if added.amendment.submission_id is not None:
        raise AmendmentRefused(_("Ce fichier est déjà envoyé : il reste dans votre demande."))
    _forget(added, at)
    _touch(added.amendment, at)
    _record("amendment.file_removed", dossier, added.amendment, {"rule": added.rule_code})


@transaction.atomic
def drop_amendment(*, dossier_id: UUID, applicant, at: datetime) -> None:
    """Give the changes up: what was filed stays as it is. Doing it twice does it once."""
    dossier = lock_own(dossier_id, applicant)
    amendment = Amendment.objects.being_made().filter(dossier=dossier).first()
    if amendment is None:
        return
    for added in amendment.files.filter(removed_at=None).select_related("file"):
        _forget(added, at)
    amendment.changes, amendment.raw_answers = {}, {}
    amendment.dropped_at = amendment.updated_at = at
    amendment.save(update_fields=["changes", "raw_answers", "dropped_at", "updated_at"])
    _record("amendment.dropped", dossier, amendment, {})


@transaction.atomic
def send_amendment(
    *,
    dossier_id: UUID,
    applicant,
    amendment_id: UUID,
    seen: int,
    sworn: bool,
    at: datetime,
    language: str,
) -> Submission:
    """File the request again with the changes; the office sees them at once.

    Pressing again, or twenty times at once, gives the same filing back. What a completion
    request holds and has not sent is not sent here. `seen` is the state of the changes that the
    page showed. Raises DossierClosed once decided or given up, AmendmentRefused when nothing
    changes, when another tab changed something, or with each thing to put right.
    """
    dossier = lock_own(dossier_id, applicant)
    amendment = dossier.amendments.select_related("submission").get(pk=amendment_id)
    if amendment.submission is not None:
        return amendment.submission
    rules.refuse_unless_amendable(dossier)
    working = working_copy(dossier)
    _refuse_unless_ready(working, amendment, seen, sworn, language)
    submission = _file_again(working, amendment, at, language)
    _keep_as_working_answers(working, at)
    _tell(dossier, submission)
    events.dossier_amended.announce(dossier=dossier, submission=submission, at=at)
    return submission


def _refuse_held(working, typed):
    fields = {field.name: field for field in working.procedure.all_fields()}
    if any(name not in fields or not working.may_change(fields[name]) for name in typed):
        raise AmendmentRefused(
            _(
                "Cette réponse ne change pas ici. Si elle est fausse, dites-le à la préfecture "
                "depuis la page « Modifier ma demande »."
            )
        )


def _put(changes, raw, name, answer, filed):
    changes.pop(name, None)
    raw.pop(name, None)
    if answer.raw is not None:
        raw[name] = answer.raw
        return
    value = answer.value if is_answered(answer.value) else None
    if value != (filed if is_answered(filed) else None):
        changes[name] = value


def _begin(dossier: Dossier, at: datetime) -> Amendment:
    return Amendment.objects.create(
        dossier=dossier, applicant_id=dossier.applicant_id, updated_at=at
    )


def _touch(amendment, at, *fields):
    amendment.revision += 1
    amendment.updated_at = at
    amendment.save(update_fields=[*fields, "revision", "updated_at"])


def _take_back_same(amendment, replaces, at) -> UUID | None:
    """What the new file replaces once sent: one that was not sent yet goes, and gives its place."""
    added = amendment.files.filter(pk=replaces, removed_at=None).select_related("file").first()
    if added is None:
        return replaces
    _forget(added, at)
    return added.replaces_id


def _forget(added, at):
    added.removed_at = at
    added.save(update_fields=["removed_at"])
    vault.remove(added.file)


def _refuse_unless_ready(working, amendment, seen, sworn, language):
    if working.amendment != amendment:
        raise AmendmentRefused(_("Ces changements sont abandonnés. Rien n’a été envoyé."))
    if seen != amendment.revision:
        raise AmendmentRefused(
            _(
                "Vos changements ne sont plus ceux que cette page affichait, par exemple à cause "
                "d’un autre onglet. Rien n’a été envoyé : relisez-les, puis envoyez."
            )
        )
    if not sworn:
        raise AmendmentRefused(_("Cochez la déclaration sur l’honneur pour envoyer."))
    if not working.difference(language):
        raise AmendmentRefused(_("Rien ne change : il n’y a rien à envoyer."))
    problems = [problem.sentence for problem in working.problems(language)]
    if any(one.file.is_held_back for one in working.files):
        problems.append(_("À remplacer : un fichier ajouté ne peut pas être utilisé."))
    problems = problems or [problem.sentence for problem in take_codes(_as_filed(working))]
    if problems:
        raise AmendmentRefused(*problems)


def _as_filed(working) -> Dossier:
    """The dossier as this filing says it, for a rule that reads a dossier; never saved."""
    filed = copy.copy(working.dossier)
    filed.answers = working.filed_answers
    return filed


def _file_again(working, amendment, at, language) -> Submission:
    dossier, number = working.dossier, working.last.number + 1
    submission = Submission.objects.create(
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        number=number,
        answers=working.filed_answers,
        evidence=_in_order(working),
        sworn_text=working.procedure.sworn_statement.get(language),
        language=language,
        filed_at=at,
    )
    for added in working.files:
        _file_document(dossier, added, number, at)
    if working.files and dossier.prefecture_code:
        vault.set_prefecture(dossier.pk, dossier.prefecture_code)
    amendment.submission, amendment.updated_at = submission, at
    amendment.save(update_fields=["submission", "updated_at"])
    return submission


def _in_order(working) -> list[dict]:
    places = {rule.code: place for place, rule in enumerate(working.procedure.evidence)}
    return sorted(working.evidence, key=lambda entry: places.get(entry["rule"], len(places)))


def _file_document(dossier, added, number, at):
    """The file joins the request; the one that it replaces stays in what was filed before."""
    if added.replaces_id:
        Evidence.objects.filter(pk=added.replaces_id, removed_at=None).update(removed_at=at)
    held = dossier.evidence.filter(removed_at=None, rule_code=added.rule_code)
    last = held.aggregate(last=Max("position"))["last"]
    Evidence.objects.create(
        pk=added.pk,
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        rule_code=added.rule_code,
        note=added.note,
        file=added.file,
        position=(last or 0) + 1,
        first_submission=number,
    )


def _keep_as_working_answers(working, at):
    """So that a later completion starts from what was sent; what it holds itself stays."""
    dossier = working.dossier
    for name in working.changes:
        dossier.raw_answers.pop(name, None)
        dossier.answers.pop(name, None)
        if name in working.filed_answers:
            dossier.answers[name] = working.filed_answers[name]
    dossier.revision += 1
    dossier.updated_at = at
    dossier.save(update_fields=["answers", "raw_answers", "revision", "updated_at"])


def _tell(dossier, submission):
    telling.add_line(dossier, "dossier_amended")
    telling.mail(dossier, "dossier_amended")
    journal.record(
        "dossier.amended",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts={"submission": str(submission.pk)},
    )


def _record(act, dossier, amendment, facts):
    journal.record(
        act,
        subject_type="amendment",
        subject_id=amendment.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts=facts,
    )
