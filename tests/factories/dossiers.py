"""Drafts and filed dossiers for tests, made by the services that make real ones."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from dossiers.catalogue.conditions import evidence_for
from dossiers.demo import example_draft
from dossiers.models import Dossier, Submission
from dossiers.services.evidence import add_evidence
from dossiers.services.filing import file_dossier
from portal.core.door import acting
from portal.vault import api as vault

STUDENT = "student-renewal"


def picture(name="piece.jpg", colour=(40, 80, 120)) -> SimpleUploadedFile:
    """A small real JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def draft(owner, code=STUDENT, *, evidence=False, **answers) -> Dossier:
    """A draft with every question answered; `evidence=True` fills the required boxes too.

    Beside what its owner has filed of the same procedure, as a request that was reopened.
    """
    with acting(owner.pk) as act:
        beside = has_filed(owner, code)
        dossier = example_draft(owner, code, act.now, is_beside=beside, **answers)
    if evidence:
        for rule in evidence_for(dossier.procedure, dossier.answers):
            if rule.required:
                give(dossier, owner, rule.code)
    return dossier


def has_filed(owner, code) -> bool:
    """Whether a request of this procedure is filed and not ended."""
    live = Dossier.objects.of_applicant(owner).live()
    return live.filter(procedure_code=code, filed_at__isnull=False).exists()


def give(dossier, owner, rule_code, upload=None):
    """Put a file in a box; ours is known to be whole, and no process is started to look at it."""
    kept = vault.keep(upload, subject_id=dossier.pk) if upload else keep_picture(dossier)
    with acting(owner.pk) as act:
        return add_evidence(
            dossier_id=dossier.pk, applicant=owner, rule_code=rule_code, kept=kept, at=act.now
        )


def keep_picture(dossier):
    """The bytes of our picture, sealed for this dossier as those of an upload are."""
    ours = picture()
    return vault.keep_bytes(
        ours.read(),
        ours.name,
        ours.content_type,
        subject_id=dossier.pk,
        kind=vault.FileKind.EVIDENCE,
    )


def file_now(dossier, owner) -> Submission:
    """File a draft, as its owner, now."""
    with acting(owner.pk) as act:
        return file_dossier(
            dossier_id=dossier.pk, applicant=owner, at=act.now, sworn=True, language="fr"
        )


def filed(owner, code=STUDENT, **answers) -> Dossier:
    """A dossier filed by its owner; whoever listens to filing has heard of it."""
    dossier = draft(owner, code, evidence=True, **answers)
    file_now(dossier, owner)
    with acting(owner.pk):
        return Dossier.objects.get(pk=dossier.pk)
