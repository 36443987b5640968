"""Files as they rest: sealed for their dossier, read back before anything is said to be received.

A name made here says how its object is kept: `evidence/2026-11-23/1.<40 digits>` is sealed in the
format 1. A name without that mark is older than the seals; its bytes are in clear, and only their
digest speaks for them.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from portal.core import clock
from portal.vault import keys, sealing, stores
from portal.vault.enums import FileKind
from portal.vault.errors import Missing, StorageDown, Unreadable

_ALIASES = {
    FileKind.EVIDENCE: "evidence",
    FileKind.LETTER: "letters",
    FileKind.CARD: "evidence",
    FileKind.EXPORT: "evidence",
}
ALIASES = ("evidence", "letters")
_SEALED = f"{sealing.VERSION}."

__all__ = ["Missing", "Put", "StorageDown", "Unreadable", "discard", "fetch", "open_range", "put"]


@dataclass(frozen=True)
class Put:
    """What was kept: under which name, and how the bytes in clear are."""

    key: str
    size: int
    sha256: str


def alias_of(kind: str) -> str:
    """The store of a kind of file."""
    return _ALIASES[FileKind(kind)]


def put(data: bytes | Iterable[bytes], *, subject_id: UUID, kind: str, folder: str = "") -> Put:
    """Seal bytes for a dossier, keep them under a new random name, and read them back.

    The network is used, so outside a transaction. Raises StorageDown; nothing is kept then.
    """
    # The day comes first so that what an interrupted request left behind is found by its age.
    name = f"{folder or kind}/{clock.today():%Y-%m-%d}/{_SEALED}{secrets.token_hex(20)}"
    alias = alias_of(kind)
    seal = sealing.Seal.of(keys.for_writing(subject_id), subject_id=subject_id, name=name)
    counted = Counted([data] if isinstance(data, bytes) else data)
    stores.write(alias, name, sealing.sealed(counted, seal))
    try:
        _read_back(alias, name, seal, counted)
    except BaseException:
        stores.delete(alias, name)
        raise
    return Put(name, counted.size, counted.sha256)


def fetch(key: str, *, subject_id: UUID, kind: str, sha256: str | None = None) -> bytes:
    """The bytes of a name, whole and verified. Raises Missing, Unreadable or StorageDown."""
    alias = alias_of(kind)
    if not is_sealed(key):
        data = b"".join(stores.read(alias, key))
    else:
        seal = sealing.Seal.of(keys.for_reading(subject_id), subject_id=subject_id, name=key)
        data = b"".join(sealing.opened_whole(stores.read(alias, key), seal))
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise Unreadable("the bytes kept have changed")
    return data


def open_range(
    key: str, *, subject_id: UUID, kind: str, size: int, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """The bytes from `start` up to `stop` of a file of `size` bytes, verified as they come.

    The first piece is ready when this returns, so that whoever answers still may say
    "unavailable". Raises Missing, Unreadable or StorageDown, then and at each later piece.
    """
    stop = size if stop is None else min(stop, size)
    if not 0 <= start < stop:
        raise ValueError("an empty or impossible range")
    alias = alias_of(kind)
    if is_sealed(key):
        span = sealing.Span(size, start, stop)
        seal = sealing.Seal.of(keys.for_reading(subject_id), subject_id=subject_id, name=key)
        kept = stores.read(alias, key, span.begins_at, span.ends_at)
        pieces = sealing.opened(kept, seal, span)
    else:
        pieces = stores.read(alias, key, start, stop)
    return _begun(pieces)


def opens_with(data_key: bytes, key: str, *, subject_id: UUID, kind: str, size: int) -> bool:
    """Whether a data key is the one that closed this object. Raises Missing or StorageDown."""
    seal = sealing.Seal.of(data_key, subject_id=subject_id, name=key)
    span = sealing.Span(size, 0, 1)
    kept = stores.read(alias_of(kind), key, span.begins_at, span.ends_at)
    try:
        return bool(next(sealing.opened(kept, seal, span)))
    except Unreadable:
        return False


def discard(key: str, *, kind: str) -> bool:
    """Delete an object that no row names; what cannot be deleted now is set aside later."""
    return stores.delete(alias_of(kind), key)


def is_sealed(key: str) -> bool:
    """Whether the object of this name is sealed."""
    return key.rpartition("/")[2].startswith(_SEALED)


class Counted:
    """Bytes on their way, whose number and digest are known once they have passed."""

    def __init__(self, chunks: Iterable[bytes]):
        self._chunks = chunks
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """The digest of what has passed."""
        return self._digest.hexdigest()


def _read_back(alias, name, seal, counted):
    digest = hashlib.sha256()
    for piece in sealing.opened_whole(stores.read(alias, name), seal):
        digest.update(piece)
    if digest.hexdigest() != counted.sha256:
        raise Unreadable("the bytes read back differ")


def _begun(pieces):
    """The same pieces, of which the first one has come."""
    first = next(pieces)

    def all_of_them():
        yield first
        yield from pieces

    return all_of_them()
