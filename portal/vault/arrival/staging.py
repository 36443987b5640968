"""The bytes of an upload before it is whole: each piece an object of its own, sealed."""

import io
from bisect import bisect_right
from dataclasses import dataclass
from uuid import UUID

from portal.vault import storage
from portal.vault.arrival.models import Upload, UploadChunk
from portal.vault.enums import FileKind

FOLDER = "staging"


@dataclass(frozen=True)
class Staged:
    """A piece that the store keeps and gave back, without a row yet."""

    key: str
    length: int
    sha256: str


def put(data: bytes, subject_id: UUID) -> Staged:
    """Seal one piece for its dossier; outside any transaction.

    Raises StorageDown unless it was read back.
    """
    kept = storage.put(data, subject_id=subject_id, kind=FileKind.EVIDENCE, folder=FOLDER)
    return Staged(kept.key, kept.size, kept.sha256)


def read(chunk: UploadChunk, subject_id: UUID) -> bytes:
    """The bytes of one piece. Raises StorageDown when they are not what was sent."""
    return storage.fetch(
        chunk.storage_key, subject_id=subject_id, kind=FileKind.EVIDENCE, sha256=chunk.sha256
    )


def discard(key: str) -> bool:
    """Forget a piece; False when the store did not answer."""
    return storage.discard(key, kind=FileKind.EVIDENCE)


class WholeFile(io.RawIOBase):
    """An upload read from end to end, one piece in memory at a time; looks like a form's file.

    A read raises StorageDown when a piece is missing or has changed.
    """

    def __init__(self, upload: Upload):
        super().__init__()
        self.name, self.size, self.subject_id = upload.name, upload.size, upload.subject_id
        self.chunks = list(upload.chunks.order_by("start"))
        self._starts = [chunk.start for chunk in self.chunks]
        self._at, self._held, self._piece = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, without reading anything."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, origin + offset)
        return self._at

    def readinto(self, buffer) -> int:
        """What is left of the present piece, at most what is asked."""
        if self._at >= self.size or not buffer:
            return 0
        place = bisect_right(self._starts, self._at) - 1
        if place != self._held:
            self._piece, self._held = read(self.chunks[place], self.subject_id), place
        within = self._at - self._starts[place]
        part = self._piece[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def read(self, size: int = -1) -> bytes:
        """As many bytes as asked: unlike other raw files, never fewer before the end."""
        if size is None or size < 0:
            return self.readall()
        parts, wanted = [], size
        while wanted:
            part = super().read(wanted)
            if not part:
                break
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)
