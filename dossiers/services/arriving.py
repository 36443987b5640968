"""Files that come in pieces: which box they are for, and how a whole one becomes evidence."""

import logging
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dossiers import rules
from dossiers.enums import FailureKind
from dossiers.models import Dossier
from dossiers.services import albums, incidents
from dossiers.services import evidence as boxes
from portal.core.door import Act
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.vault import api as vault
from portal.vault.arrival import api as arrival

logger = logging.getLogger("portal.arrival")
DAMAGED = _("Ce fichier a été abîmé en route. Choisissez-le de nouveau.")


class Opened(Protocol):
    """Opens one transaction of the running job."""

    def __call__(self) -> AbstractContextManager[Act]: ...


@transaction.atomic
def begin_upload(
    *,
    dossier: Dossier,
    rule_code: str,
    name: str,
    size: int,
    language: str,
    at: datetime,
    replaced: UUID | None = None,
    in_album: bool = False,
) -> arrival.Upload:
    """Open an upload for a box, or for the album of its photographs.

    Raises DossierClosed or EvidenceRefused when the box takes nothing now, TooManyUploads.
    """
    rule = boxes.refuse_unless_box_open(dossier, rule_code)
    if not in_album:
        boxes.refuse_if_full(dossier, rule, replaced=replaced)
    about = {"rule": rule_code, "album": in_album, "replaced": str(replaced) if replaced else None}
    return arrival.begin(
        subject_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        about=about,
        name=name,
        size=size,
        language=language,
        at=at,
    )


@transaction.atomic
def end_if_closed(upload: arrival.Upload, dossier: Dossier, at: datetime) -> DomainRefusal | None:
    """Why the box takes nothing more, the upload having ended with these words; else None."""
    try:
        boxes.refuse_unless_box_open(dossier, upload.about["rule"])
    except DomainRefusal as refusal:
        if upload.state == arrival.UploadState.RECEIVING:
            arrival.fail(upload, arrival.UploadReason.CLOSED, refusal.reasons, at)
        return refusal
    return None


def ask_for_the_file(upload: arrival.Upload) -> None:
    """The last piece has come: a job makes the file, asked for in this transaction or never."""
    enqueue("dossiers.receive_upload", upload_id=str(upload.pk))


def receive_upload(upload_id: UUID, opened: Opened) -> None:
    """Check a whole upload and put it in its box. Running it twice puts one.

    What was filed, decided or given up meanwhile takes nothing: the upload fails with the words
    of that refusal. Raises StorageDown, to be tried again.
    """
    with opened():
        upload = arrival.lock_assembling(upload_id)
    if upload is None:
        return
    with translation.override(upload.language):
        try:
            _receive(upload, opened)
        except vault.LOST as lost:
            logger.warning("upload %s: %s", upload.pk, type(lost).__name__)
            _fail(upload, opened, arrival.UploadReason.DAMAGED, [DAMAGED])
        except DomainRefusal as refusal:
            if isinstance(refusal.__cause__, vault.StorageDown):
                raise refusal.__cause__ from refusal
            closed = isinstance(refusal, rules.DossierClosed)
            reason = arrival.UploadReason.CLOSED if closed else arrival.UploadReason.REFUSED
            _fail(upload, opened, reason, refusal.reasons)


def _fail(upload, opened, reason, sentences):
    with opened() as act:
        if waiting := arrival.lock_assembling(upload.pk):
            arrival.fail(waiting, reason, sentences, act.now)
            if reason == arrival.UploadReason.DAMAGED:
                incidents.record(
                    upload.applicant_id,
                    FailureKind.UPLOAD,
                    place="dossiers:uploads",
                    dossier_id=upload.subject_id,
                )


def _receive(upload, opened):
    with opened():
        whole = arrival.WholeFile(upload)
    kept = vault.keep(whole, subject_id=upload.subject_id)
    written = False
    try:
        with opened() as act:
            written = _put_in_place(upload, kept, act.now)
    finally:
        if not written:
            vault.discard(kept)


def _put_in_place(upload, kept, at):
    """The row in the box and the end of the upload, together; False when it ended meanwhile."""
    dossier = Dossier.objects.select_related("applicant").get(pk=upload.subject_id)
    boxes.lock_own(dossier.pk, dossier.applicant)
    waiting = arrival.lock_assembling(upload.pk)
    if waiting is None:
        return False
    place = {"dossier_id": dossier.pk, "applicant": dossier.applicant, "kept": kept, "at": at}
    place["rule_code"] = upload.about["rule"]
    if upload.about["album"]:
        stored = albums.add_page(**place).file
    else:
        replaced = upload.about["replaced"]
        stored = boxes.add_evidence(**place, replaced=UUID(replaced) if replaced else None).file
    arrival.finish(waiting, stored, at)
    return True
