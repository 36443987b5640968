"""The life of an upload: begun, received piece by piece, assembled, ended, and cleared."""

import unicodedata
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.vault.arrival import staging
from portal.vault.arrival.models import (
    KEPT_FOR,
    MOST_BYTES,
    Upload,
    UploadChunk,
    UploadReason,
    UploadState,
)
from portal.vault.models import StoredFile

LONGEST_NAME = 150
MANY_AT_ONCE, MANY_IN_A_DAY = (
    "a_person_sends_few_files_at_once",
    "a_person_sends_few_files_in_a_day",
)
OVER_QUOTA = {
    MANY_AT_ONCE: _(
        "Trop d’envois sont en cours. Attendez qu’ils finissent, ou annulez ceux qui ne servent "
        "plus, puis choisissez de nouveau ce fichier."
    ),
    MANY_IN_A_DAY: _(
        "Vous avez envoyé trop de fichiers en une journée. Rien n’est perdu : continuez demain."
    ),
}


class TooManyUploads(DomainRefusal):
    """The person's quota is used up; the sentence says what to do."""


class PieceOutOfOrder(Exception):
    """Another tab was faster, or the upload has ended: ask again where it is."""


def limit() -> int:
    """The largest file that may be sent in pieces."""
    return min(settings.EVIDENCE_MAX_BYTES, MOST_BYTES)


@transaction.atomic
def begin(
    *,
    subject_id: UUID,
    applicant_id: int,
    about: dict,
    name: str,
    size: int,
    language: str,
    at: datetime,
) -> Upload:
    """Open an upload of so many bytes. Raises TooManyUploads."""
    try:
        with refusing(OVER_QUOTA):
            return Upload.objects.create(
                subject_id=subject_id,
                applicant_id=applicant_id,
                about=about,
                name=shown_name(name),
                size=size,
                language=language,
                created_at=at,
                expires_at=at + KEPT_FOR,
            )
    except DomainRefusal as refusal:
        raise TooManyUploads(*refusal.reasons) from refusal


@transaction.atomic
def take_piece(upload_id: UUID, start: int, staged: staging.Staged) -> Upload:
    """Write the row of a staged piece: only now is it received. Returns the upload as it is.

    Raises PieceOutOfOrder when it does not follow the last one; the caller forgets the piece.
    """
    try:
        with transaction.atomic():
            UploadChunk.objects.create(
                upload_id=upload_id,
                start=start,
                stop=start + staged.length,
                storage_key=staged.key,
                sha256=staged.sha256,
            )
    except IntegrityError as error:
        raise PieceOutOfOrder from error
    return Upload.objects.get(pk=upload_id)


@transaction.atomic
def begin_assembling(upload: Upload) -> bool:
    """The last piece is there. True for the one who says it first."""
    whole = Upload.objects.receiving().filter(pk=upload.pk, received=upload.size)
    return bool(whole.update(state=UploadState.ASSEMBLING))


def lock_assembling(upload_id: UUID) -> Upload | None:
    """The upload, locked, while it still waits to become a file; None once it has ended."""
    waiting = Upload.objects.select_for_update(of=("self",))
    return waiting.filter(pk=upload_id, state=UploadState.ASSEMBLING).first()


def finish(upload: Upload, stored: StoredFile, at: datetime) -> None:
    """The upload has become this file."""
    _end(upload, UploadState.DONE, at, stored_file=stored)


def fail(upload: Upload, reason: UploadReason, sentences, at: datetime) -> None:
    """The upload gives no file; the sentences are for the person who sent it."""
    _end(upload, UploadState.FAILED, at, reason=reason, sentences=[str(one) for one in sentences])


def cancel(upload: Upload, at: datetime) -> bool:
    """Its person gives it up, while it still arrives. Doing it twice does it once."""
    arriving = upload.state == UploadState.RECEIVING
    return arriving and _end(upload, UploadState.CANCELLED, at)


@transaction.atomic
def cancel_about(subject_id: UUID, at: datetime) -> None:
    """End every upload that is still on its way to a subject that takes no file any more."""
    for upload in Upload.objects.receiving().filter(subject_id=subject_id).order_by("pk"):
        cancel(upload, at)


def expire(upload: Upload, at: datetime) -> bool:
    """Nobody has continued it in time."""
    return _end(upload, UploadState.EXPIRED, at)


@transaction.atomic
def _end(upload, state, at, **facts):
    """Move to a last state, unless it has ended; what was staged is cleared by a job."""
    ended = Upload.objects.still_open().filter(pk=upload.pk, state=upload.state)
    moved = ended.update(state=state, ended_at=at, **facts)
    if moved:
        enqueue("vault.clear_upload", upload_id=str(upload.pk))
    return bool(moved)


def shown_name(name: str) -> str:
    """The name that a browser gave, without the characters that nobody sees."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    kept = "".join(one for one in name if unicodedata.category(one)[0] != "C")
    return kept.strip()[:LONGEST_NAME] or "document"
