"""What a machine reads on a file: found by a process apart, believed or not here, kept in one row.

The process opens pictures and may be taken over by one: it gives bytes and letters, and what they
are worth is decided by this side, which opens none.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from portal.core import clock, journal
from portal.vault.enums import HELD_BACK, SealState
from portal.vault.judging import apart, printed_lines, seals
from portal.vault.judging.apart import Limits
from portal.vault.models import MachineReading, StoredFile
from portal.vault.scanning import PDF

PAGES_LOOKED_AT = 4
_LIMITS = Limits(memory=1024 * 1024 * 1024, seconds=30, answer=64 * 1024)
# Of several codes the one that asks for a look is told.
_FIRST_TOLD = (SealState.INVALID, SealState.UNVERIFIED, SealState.VERIFIED)


@dataclass(frozen=True)
class Found:
    """What the marks of a file say."""

    seal: seals.Seal | None = None
    ends_on: date | None = None

    def __bool__(self) -> bool:
        return self.seal is not None or self.ends_on is not None


def look(copy: bytes, content_type: str, today: date) -> Found:
    """The marks of a clean copy. One that the process cannot read, or that kills it, has none."""
    kind = "PDF" if content_type == PDF else "JPEG"
    asked = (kind, str(PAGES_LOOKED_AT), settings.LINES_READER)
    try:
        answer = apart.ask("read_marks", copy, *asked, limits=_LIMITS)
        codes = [bytes.fromhex(code) for code in answer.facts.get("codes", [])]
        texts = [str(text) for text in answer.facts.get("texts", [])]
    except (apart.NoAnswer, TypeError, ValueError):
        return Found()
    read = [seals.read(code, today) for code in codes if seals.is_seal(code)]
    read.sort(key=lambda seal: _FIRST_TOLD.index(SealState(seal.state)))
    ends = next(filter(None, map(printed_lines.ends_on, texts)), None)
    return Found(read[0] if read else None, ends)


@transaction.atomic
def keep(stored: StoredFile, found: Found) -> bool:
    """Write what was found, unless the file has gone or is held back meanwhile; once."""
    held = StoredFile.objects.kept().select_for_update(of=("self",)).filter(pk=stored.pk)
    if not found or not held.exclude(scan_state__in=HELD_BACK).exists():
        return False
    seal = found.seal
    said: dict = {"ends_on": found.ends_on, "read_at": clock.now()}
    if seal is not None:
        said |= {"seal": seal.state, "seal_kind": seal.kind, "seal_issued_on": seal.issued_on}
        said |= {"seal_by": seal.by, "seal_why": seal.why}
    _line, made = MachineReading.objects.get_or_create(file=stored, defaults=said)
    return made


def contest(stored: StoredFile) -> bool:
    """The file's person says that the reading is wrong: nothing is told them from it any more.

    False when there is no reading, or when they have said so before.
    """
    changed = MachineReading.objects.filter(file=stored, contested_at=None).update(
        contested_at=clock.now()
    )
    if changed:
        journal.record(
            "reading.contested",
            subject_type="stored_file",
            subject_id=stored.pk,
            dossier_id=stored.subject_id,
            prefecture=stored.prefecture_code or "",
        )
    return bool(changed)


def forget(stored: StoredFile) -> None:
    """The file has gone: what was read on it goes too."""
    MachineReading.objects.filter(file=stored).delete()
