"""Putting a received file in its box, taking it out, and the list that a filing freezes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from dossiers import rules
from dossiers.catalogue.conditions import evidence_for
from dossiers.enums import ItemKind
from dossiers.models import CompletionItem, Dossier, Evidence
from dossiers.services.drafting import lock_own, open_request_of
from dossiers.services.dropping import forget_document
from portal.core import journal
from portal.core.errors import DomainRefusal
from portal.vault import api as vault


class EvidenceRefused(DomainRefusal):
    """The file does not go in this box; nothing was kept."""


def refuse_unless_box_open(dossier: Dossier, rule_code: str):
    """The rule of the box when it may be changed now. Raises DossierClosed or EvidenceRefused."""
    if dossier.filed_at is None:
        rules.refuse_unless_draft(dossier)
    else:
        request = open_request_of(dossier)
        if request is None:
            rules.refuse_unless_draft(dossier)
        rules.refuse_unless_asked(dossier, request)
        asked = CompletionItem.objects.filter(
            request=request, kind=ItemKind.EVIDENCE, code=rule_code
        )
        if not asked.exists():
            raise rules.DossierClosed(_("La préfecture ne demande pas de changer cette pièce."))
        # What the prefecture asks is asked, whatever the answers call for.
        return dossier.procedure.evidence_rule(rule_code)
    return box_of(dossier, rule_code)


def box_of(dossier: Dossier, rule_code: str):
    """The rule of a box shown for these answers. Raises EvidenceRefused for any other code."""
    shown = {rule.code: rule for rule in evidence_for(dossier.procedure, dossier.answers)}
    if rule_code not in shown:
        raise EvidenceRefused(_("Cette pièce n’est pas demandée dans votre situation."))
    return shown[rule_code]


def refuse_if_full(dossier: Dossier, rule, replaced=None) -> None:
    """Raise EvidenceRefused when the box already holds as many files as it may."""
    held = dossier.evidence.filter(removed_at=None, rule_code=rule.code)
    count = held.exclude(pk=replaced).count() if replaced else held.count()
    if count >= rule.max_files:
        raise EvidenceRefused(
            _(
                "Cette pièce contient déjà %(count)s fichiers, le maximum. Retirez-en un, ou "
                "réunissez plusieurs pages dans un seul fichier."
            )
            % {"count": count}
        )


@transaction.atomic
def add_evidence(
    *, dossier_id: UUID, applicant, rule_code: str, kept, at: datetime, replaced: UUID | None = None
) -> Evidence:
    """Put a kept file in its box, in the place of another when `replaced` names one.

    Raises DossierClosed or EvidenceRefused: the caller then discards the kept bytes.
    """
    dossier = lock_own(dossier_id, applicant)
    rule = refuse_unless_box_open(dossier, rule_code)
    old = _held(dossier, replaced) if replaced else None
    if old is not None:
        _take_out(old, at)
    refuse_if_full(dossier, rule)
    last = dossier.evidence.filter(removed_at=None, rule_code=rule_code).aggregate(
        last=Max("position")
    )["last"]
    stored = vault.register(
        kept,
        subject_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
    )
    evidence = Evidence.objects.create(
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        rule_code=rule_code,
        file=stored,
        position=old.position if old else (last or 0) + 1,
    )
    _mark_answered(dossier, rule_code, at)
    _record("evidence.given", dossier, evidence)
    return evidence


@transaction.atomic
def remove_evidence(*, dossier_id: UUID, applicant, evidence_id: UUID, at: datetime) -> None:
    """Take a file out of the dossier; what was already filed keeps it in its own list.

    Taking it out twice does it once. Raises DossierClosed.
    """
    dossier = lock_own(dossier_id, applicant)
    evidence = dossier.evidence.select_related("file").get(pk=evidence_id)
    if evidence.removed_at is not None:
        return
    refuse_unless_box_open(dossier, evidence.rule_code)
    _take_out(evidence, at)
    _mark_if_emptied(dossier, evidence.rule_code)
    _record("evidence.removed", dossier, evidence)


@transaction.atomic
def contest_reading(*, dossier_id: UUID, applicant, evidence_id: UUID) -> bool:
    """The person says that what a machine read on their paper is wrong; nothing else changes.

    False when there was nothing to say, or when it was said before. Raises Evidence.DoesNotExist.
    """
    dossier = lock_own(dossier_id, applicant)
    evidence = dossier.evidence.select_related("file").get(pk=evidence_id, removed_at=None)
    return vault.contest_reading(evidence.file)


def leave_out_what_no_longer_applies(dossier: Dossier, at: datetime) -> None:
    """Take out the files whose box the final answers no longer show: nobody needs to see them."""
    shown = [rule.code for rule in evidence_for(dossier.procedure, dossier.answers)]
    stale = dossier.evidence.filter(removed_at=None).exclude(rule_code__in=shown)
    for evidence in stale.select_related("file").order_by("pk"):
        _take_out(evidence, at)


def manifest(dossier: Dossier) -> list[dict]:
    """Every file of the dossier with its fingerprint, in the order of the boxes."""
    places = {rule.code: place for place, rule in enumerate(dossier.procedure.evidence)}
    held = dossier.evidence.given().select_related("file")
    return [
        {
            "rule": evidence.rule_code,
            "evidence": str(evidence.pk),
            "file": str(evidence.file_id),
            "name": evidence.file.original_name,
            "content_type": evidence.file.content_type,
            "size": evidence.file.size,
            "sha256": evidence.file.sha256,
        }
        | ({"note": evidence.note} if evidence.note else {})
        for evidence in sorted(
            held, key=lambda evidence: places.get(evidence.rule_code, len(places))
        )
    ]


def mark_submitted(dossier: Dossier, number: int) -> None:
    """Remember with which filing each file first went, so that an agent sees what is new."""
    dossier.evidence.filter(removed_at=None, first_submission=None).update(first_submission=number)


def _held(dossier, evidence_id):
    return dossier.evidence.filter(removed_at=None, pk=evidence_id).select_related("file").first()


def _take_out(evidence, at):
    evidence.removed_at = at
    evidence.save(update_fields=["removed_at"])
    if evidence.first_submission is None:
        # Never filed: nobody has a right to keep it.
        forget_document(evidence)


def _mark_answered(dossier, rule_code, at):
    if dossier.filed_at is not None:
        _asked_boxes(dossier, rule_code).update(answered_at=at)


def _mark_if_emptied(dossier, rule_code):
    """Without a new file, what was asked again is still to do."""
    new = dossier.evidence.filter(removed_at=None, first_submission=None, rule_code=rule_code)
    if dossier.filed_at is not None and not new.exists():
        _asked_boxes(dossier, rule_code).update(answered_at=None)


def _asked_boxes(dossier, rule_code):
    return CompletionItem.objects.filter(
        request__dossier=dossier,
        request__closed_at=None,
        kind=ItemKind.EVIDENCE,
        code=rule_code,
    )


def _record(act, dossier, evidence):
    journal.record(
        act,
        subject_type="evidence",
        subject_id=evidence.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts={"rule": evidence.rule_code},
    )
