"""A rendition whose object is lost or changed is made again from the sealed original.

Who reads is told "unavailable" once; a job then makes it anew under another name of the store.
What cannot be made again leaves a failed job, which operators read.
"""

import logging

from portal.core import clock, journal
from portal.core.jobs import enqueue, is_asked
from portal.vault import services, storage
from portal.vault.alarms import door_of, trouble_of
from portal.vault.enums import RenditionKind
from portal.vault.errors import LOST, StorageDown
from portal.vault.judging import apart, cleaning
from portal.vault.models import Rendition, StoredFile

logger = logging.getLogger(__name__)
_JOB = "vault.make_again"


def note(stored: StoredFile, storage_key: str, error: StorageDown) -> None:
    """Ask once that a lost rendition be made again; a store that is down asks for nothing."""
    trouble = trouble_of(error)
    if not trouble:
        return
    logger.error("vault: a rendition of the file %s is %s: %s", stored.pk, trouble, error)
    with door_of(stored):
        lost = Rendition.objects.filter(file=stored, storage_key=storage_key).first()
        if lost is None or is_asked(_JOB, rendition_id=str(lost.pk)):
            return
        _record("rendition.trouble", lost, {"trouble": trouble})
        enqueue(_JOB, rendition_id=str(lost.pk))


def fetch(made: Rendition) -> bytes:
    """The bytes of a rendition; one that is lost is asked for again. Raises StorageDown."""
    about = {"subject_id": made.file.subject_id, "kind": made.file.kind}
    try:
        return storage.fetch(made.storage_key, sha256=made.sha256, **about)
    except LOST as error:
        note(made.file, made.storage_key, error)
        raise


def is_whole(made: Rendition) -> bool:
    """Whether its object is there and opens. Raises StorageDown when the store does not answer."""
    about = {"subject_id": made.file.subject_id, "kind": made.file.kind}
    try:
        storage.fetch(made.storage_key, sha256=made.sha256, **about)
    except LOST:
        return False
    return True


def make(lost: Rendition) -> storage.Put:
    """Make it again and keep it, without a row yet. Raises cleaning.Unreadable or StorageDown."""
    stored = lost.file
    with apart.in_memory(services.open_range(stored)) as given:
        cleaned = cleaning.cleaned(given, stored.content_type, stored.pages)
    about = {"subject_id": stored.subject_id, "kind": stored.kind}
    if lost.kind == RenditionKind.COPY:
        return storage.put(cleaned.copy, folder="clean", **about)
    images = cleaned.images
    if lost.page > cleaning.PAGES_AT_ONCE:
        images = cleaning.drawn(cleaned.copy, lost.page, lost.page)
    (image,) = (one for one in images if (one.page, one.width) == (lost.page, lost.width))
    return storage.put(image.data, folder="page", **about)


def replace(lost: Rendition, put: storage.Put) -> bool:
    """Name the new object in the row. False when another run has done it, or the file has gone."""
    held = Rendition.objects.filter(pk=lost.pk, storage_key=lost.storage_key, file__removed_at=None)
    if not held.update(storage_key=put.key, size=put.size, sha256=put.sha256, made_at=clock.now()):
        return False
    _record("rendition.made_again", lost, {"kind": lost.kind, "page": lost.page})
    return True


def _record(act, made, facts):
    journal.record(
        act,
        subject_type="stored_file",
        subject_id=made.file_id,
        dossier_id=made.file.subject_id,
        prefecture=made.file.prefecture_code or "",
        facts=facts,
    )
