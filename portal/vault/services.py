"""Keep a file, then write its row; remove it; follow its dossier to another prefecture."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import clock, constraints, door, incidents
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.vault import alarms, scanning, storage
from portal.vault.enums import FileKind, Removal
from portal.vault.models import StoredFile

REFUSALS = {
    "nothing_is_added_after_the_key_is_destroyed": gettext_lazy(
        "Les fichiers de ce dossier n’existent plus."
    ),
}


@dataclass(frozen=True)
class Measured:
    """What is said of bytes that passed by without ever being held whole."""

    name: str
    content_type: str
    size: int
    sha256: str
    pages: int = 1


@dataclass(frozen=True)
class Kept:
    """Bytes that are in the store, without a row yet."""

    inspected: scanning.Inspected | Measured
    key: str
    kind: str
    subject_id: UUID


def keep(upload, *, subject_id: UUID, kind: str = FileKind.EVIDENCE) -> Kept:
    """Check an upload and seal it for its dossier; the network is used: no transaction is open.

    Raises DomainRefusal with the sentence of the check that failed, or of the store's silence.
    """
    return _put(scanning.inspect(upload), subject_id, kind)


def keep_bytes(data: bytes, name: str, content_type: str, *, subject_id: UUID, kind: str) -> Kept:
    """The same for bytes that the portal made."""
    return _put(scanning.describe(data, name, content_type), subject_id, kind)


def keep_pieces(
    pieces: Iterable[bytes], name: str, content_type: str, *, subject_id: UUID, kind: str
) -> Kept:
    """The same for bytes made on the way, of which one piece at a time is in memory.

    Raises StorageDown: whoever makes them tries again.
    """
    put = storage.put(pieces, subject_id=subject_id, kind=kind)
    return Kept(Measured(name, content_type, put.size, put.sha256), put.key, kind, subject_id)


def _put(inspected, subject_id, kind):
    try:
        kept = storage.put(inspected.data, subject_id=subject_id, kind=kind)
    except storage.StorageDown as error:
        incidents.note("upload")
        raise DomainRefusal(
            _(
                "Nous n’avons pas pu garder ce fichier. Rien n’est perdu : "
                "vos autres réponses sont enregistrées. Réessayez dans quelques minutes."
            )
        ) from error
    return Kept(inspected, kept.key, kind, subject_id)


def register(
    kept: Kept,
    *,
    subject_id: UUID,
    applicant_id: int,
    prefecture_code: str | None = None,
    ends_at: datetime | None = None,
) -> StoredFile:
    """Write the row of kept bytes: only now is the file received.

    `ends_at` is for the copy of a whole dossier alone, which must have its end.

    Raises ValueError for bytes that were sealed for another dossier, and DomainRefusal when the
    files of this one have gone meanwhile.
    """
    if kept.subject_id != subject_id:
        raise ValueError("These bytes are sealed for another dossier.")
    with constraints.refusing(REFUSALS):
        stored = StoredFile.objects.create(
            subject_id=subject_id,
            applicant_id=applicant_id,
            prefecture_code=prefecture_code or None,
            kind=kept.kind,
            storage_key=kept.key,
            original_name=kept.inspected.name,
            content_type=kept.inspected.content_type,
            size=kept.inspected.size,
            sha256=kept.inspected.sha256,
            pages=kept.inspected.pages,
            created_at=clock.now(),
            ends_at=ends_at,
        )
        if kept.kind == FileKind.EVIDENCE:
            enqueue("vault.judge", file_id=str(stored.pk), _lock=f"judge {stored.pk}")
    return stored


def receive(
    upload,
    *,
    subject_id: UUID,
    applicant_id: int,
    prefecture_code: str | None = None,
    kind: str = FileKind.EVIDENCE,
) -> StoredFile:
    """Check, keep, verify, then write the row. Raises DomainRefusal; no row without its bytes."""
    return _register_or_discard(
        keep(upload, subject_id=subject_id, kind=kind), subject_id, applicant_id, prefecture_code
    )


def store_bytes(
    data: bytes,
    name: str,
    content_type: str,
    *,
    subject_id: UUID,
    applicant_id: int,
    prefecture_code: str | None = None,
    kind: str,
) -> StoredFile:
    """Keep a file that the portal made, such as a letter. Raises DomainRefusal."""
    kept = keep_bytes(data, name, content_type, subject_id=subject_id, kind=kind)
    return _register_or_discard(kept, subject_id, applicant_id, prefecture_code)


def _register_or_discard(kept, subject_id, applicant_id, prefecture_code):
    registered = False
    opened = contextlib.nullcontext() if door.current() else door.acting(applicant_id)
    try:
        with opened:
            stored = register(
                kept,
                subject_id=subject_id,
                applicant_id=applicant_id,
                prefecture_code=prefecture_code,
            )
        registered = True
    finally:
        if not registered:
            discard(kept)
    return stored


def discard(kept: Kept) -> None:
    """Forget kept bytes that will have no row."""
    storage.discard(kept.key, kind=kept.kind)


@transaction.atomic
def remove(stored: StoredFile, *, why: str = Removal.WITHDRAWN) -> bool:
    """Withdraw a file: nobody reads it any more, its bytes are deleted by a job.

    A tombstone stays: which bytes they were, until when and why.
    """
    removed = (
        StoredFile.objects.kept()
        .filter(pk=stored.pk)
        .update(removed_at=clock.now(), removed_why=why, original_name="")
    )
    if removed:
        enqueue("vault.delete_objects", file_id=str(stored.pk))
    return bool(removed)


@transaction.atomic
def set_prefecture(subject_id: UUID, code: str) -> int:
    """The dossier goes to this prefecture: its files become visible there. Returns how many.

    A copy that the person asked for stays theirs alone.
    """
    with door.also(code):
        files = StoredFile.objects.filter(subject_id=subject_id).exclude(kind=FileKind.EXPORT)
        return files.update(prefecture_code=code)


def open_file(stored: StoredFile) -> bytes:
    """The verified bytes of a file; one that is lost or changed raises its alarm.

    Raises StorageDown; asks nothing about who reads.
    """
    with _alarming(stored):
        return storage.fetch(
            stored.storage_key,
            subject_id=stored.subject_id,
            kind=stored.kind,
            sha256=stored.sha256,
        )


def open_range(stored: StoredFile, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """A part of a file, verified piece by piece, the first of which is ready; alarms as above.

    Raises StorageDown then and at each later piece; asks nothing about who reads.
    """
    with _alarming(stored):
        pieces = storage.open_range(
            stored.storage_key,
            subject_id=stored.subject_id,
            kind=stored.kind,
            size=stored.size,
            start=start,
            stop=stop,
        )
    return _watched(stored, pieces)


def _watched(stored, pieces):
    with _alarming(stored):
        yield from pieces


@contextlib.contextmanager
def _alarming(stored):
    try:
        yield
    except storage.StorageDown as error:
        alarms.note(stored, error)
        raise


def names_of_gone(file_ids: Iterable[UUID | str]) -> dict[str, str]:
    """Those of these files that are gone, each with the words for its name. One statement."""
    gone = StoredFile.objects.filter(pk__in=list(file_ids), removed_at__isnull=False)
    return {str(one.pk): one.shown_name for one in gone}
