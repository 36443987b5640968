"""The moves of a file's state, each in one transaction with its line in the journal."""

from dataclasses import dataclass

from django.db import transaction

from portal.core import clock, journal
from portal.core.jobs import enqueue
from portal.vault import storage
from portal.vault.antivirus import Verdict
from portal.vault.enums import RenditionKind, ScanState
from portal.vault.events import file_refused
from portal.vault.judging.cleaning import PAGES_AT_ONCE, WEBP, Cleaned, PageImage
from portal.vault.models import Rendition, StoredFile


@dataclass(frozen=True)
class Made:
    """One rendition whose bytes are kept, without a row yet."""

    put: storage.Put
    kind: str
    content_type: str
    page: int = 0
    width: int = 0


def begin(file_id) -> StoredFile | None:
    """Say that a file is being looked at; None when there is nothing to look at any more."""
    stored = (
        StoredFile.objects.select_for_update(of=("self",))
        .waiting()
        .filter(pk=file_id)
        .prefetch_related("renditions")
        .first()
    )
    if stored is not None:
        if stored.scan_state == ScanState.RECEIVED:
            stored.scan_state = ScanState.SCANNING
        stored.scan_asked_at = clock.now()
        stored.save(update_fields=["scan_state", "scan_asked_at"])
    return stored


def keep(stored: StoredFile, cleaned: Cleaned) -> list[Made]:
    """Put a clean copy and its page images in the store. Raises StorageDown; none is kept then."""
    copy = (cleaned.copy, {"kind": RenditionKind.COPY, "content_type": cleaned.content_type})
    return _kept(stored, [copy, *_of_pages(cleaned.images)])


def keep_images(stored: StoredFile, images: tuple[PageImage, ...]) -> list[Made]:
    """The same for page images alone."""
    return _kept(stored, _of_pages(images))


def _of_pages(images):
    facts = {"kind": RenditionKind.PAGE, "content_type": WEBP}
    return [(one.data, facts | {"page": one.page, "width": one.width}) for one in images]


def _kept(stored, wanted):
    made: list[Made] = []
    try:
        for data, facts in wanted:
            folder = "clean" if facts["kind"] == RenditionKind.COPY else "page"
            about = {"subject_id": stored.subject_id, "kind": stored.kind}
            made.append(Made(storage.put(data, folder=folder, **about), **facts))
    except BaseException:
        discard(stored, made)
        raise
    return made


def discard(stored: StoredFile, made: list[Made]) -> None:
    """Forget bytes that will have no row."""
    for one in made:
        storage.discard(one.put.key, kind=stored.kind)


@transaction.atomic
def settle(stored: StoredFile, verdict: Verdict, made: list[Made]) -> bool:
    """Write what was found, with the rows of what was made. False when another run has done it."""
    if not _move(stored, verdict.state, _said_by(verdict)):
        return False
    if verdict.state == ScanState.INFECTED:
        tell_refused(stored, {"threat": verdict.threat, "signatures": verdict.signatures})
        return True
    register(stored, made)
    return True


def register(stored: StoredFile, made: list[Made]) -> None:
    """The rows of renditions; asks for the next pages while some are missing."""
    Rendition.objects.bulk_create(
        Rendition(
            file=stored,
            kind=one.kind,
            page=one.page,
            width=one.width,
            storage_key=one.put.key,
            content_type=one.content_type,
            size=one.put.size,
            sha256=one.put.sha256,
            made_at=clock.now(),
        )
        for one in made
    )
    if any(one.kind == RenditionKind.COPY for one in made):
        enqueue("vault.read_marks", file_id=str(stored.pk))
    last = max((one.page for one in made), default=stored.pages)
    if last < stored.pages and last % PAGES_AT_ONCE == 0:
        enqueue("vault.draw_pages", file_id=str(stored.pk), first=last + 1)


@transaction.atomic
def refuse_unreadable(stored: StoredFile, why: str) -> None:
    """Nothing could be made of the file: its state says so and the person is told."""
    if _move(stored, ScanState.UNREADABLE, {}):
        tell_refused(stored, {"why": why})


@transaction.atomic
def confirm(stored: StoredFile, verdict: Verdict) -> None:
    """What a later scan says of a clean file; a scan that says nothing changes nothing."""
    if verdict.state == ScanState.NOT_SCANNED:
        return
    changed = StoredFile.objects.kept().filter(pk=stored.pk, scan_state=ScanState.CLEAN)
    if changed.update(scan_state=verdict.state, **_said_by(verdict)) and verdict.threat:
        tell_refused(stored, {"threat": verdict.threat, "signatures": verdict.signatures})


def _said_by(verdict):
    if verdict.state == ScanState.NOT_SCANNED:
        return {}
    facts = {"signatures": verdict.signatures, "threat": verdict.threat}
    return {"scanned_at": clock.now(), **facts}


def _move(stored, state, facts):
    begun = StoredFile.objects.filter(pk=stored.pk, scan_state=stored.scan_state)
    return begun.update(scan_state=state, **facts)


def tell_refused(stored: StoredFile, facts: dict) -> None:
    """The line and the news of a file that nobody is shown any more."""
    stored.refresh_from_db()
    journal.record(
        "file.refuse",
        subject_type="stored_file",
        subject_id=stored.pk,
        dossier_id=stored.subject_id,
        prefecture=stored.prefecture_code or "",
        facts={"state": stored.scan_state, **facts},
    )
    file_refused.announce(file=stored, at=clock.now())
