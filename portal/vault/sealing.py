"""How bytes are sealed at rest: AES-256-GCM in segments that can be opened alone.

An object is a header of 8 bytes, then segments of 64 KiB of content, each followed by its tag of
16 bytes. Each segment is bound to the dossier, the object's name, its place and whether it is the
last one: one that was changed, moved, swapped, sent back from another object, or missing at the
end, does not open.

Why no nonce is ever used twice under a key: the key of an object is derived (HKDF-SHA-256) from
the dossier's key and the object's name, of 160 random bits, drawn anew for each object and written
once. Under that key the nonce is the segment's number, and each number is used once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.vault.errors import Unreadable

VERSION = 1
HEADER = b"SJVAULT" + bytes([VERSION])
SEGMENT = 64 * 1024
TAG = 16
KEY_BYTES = 32
_PURPOSE = b"portal.vault object 1 "


@dataclass(frozen=True)
class Seal:
    """One object's own seal: its key, and what each segment is bound to."""

    cipher: AESGCM
    bound_to: bytes

    @classmethod
    def of(cls, key: bytes, *, subject_id: UUID, name: str) -> "Seal":
        """The seal of the object of that name in that dossier, whose key is given."""
        derived = HKDF(
            algorithm=SHA256(),
            length=KEY_BYTES,
            salt=name.encode(),
            info=_PURPOSE + subject_id.bytes,
        ).derive(key)
        return cls(AESGCM(derived), HEADER + subject_id.bytes + name.encode())

    def close(self, segment: bytes, index: int, *, last: bool) -> bytes:
        """The sealed segment, tag included."""
        return self.cipher.encrypt(_nonce(index, last), segment, self._context(index, last))

    def open(self, sealed: bytes, index: int, *, last: bool) -> bytes:
        """The segment in clear. Raises Unreadable."""
        try:
            return self.cipher.decrypt(_nonce(index, last), sealed, self._context(index, last))
        except InvalidTag as error:
            raise Unreadable("a segment does not open") from error

    def _context(self, index, last):
        return self.bound_to + index.to_bytes(8) + bytes([last])


def _nonce(index, last):
    return index.to_bytes(8) + bytes(3) + bytes([last])


def sealed(chunks: Iterable[bytes], seal: Seal) -> Iterator[bytes]:
    """The object of these bytes, piece by piece; one segment of them is in memory at a time."""
    yield HEADER
    index, segment = 0, b""
    for following in segments(chunks):
        if segment:
            yield seal.close(segment, index, last=False)
            index += 1
        segment = following
    yield seal.close(segment, index, last=True)


def segments(chunks: Iterable[bytes], length: int = SEGMENT) -> Iterator[bytes]:
    """The same bytes in pieces of one length, the last of which may be shorter."""
    waiting = bytearray()
    for chunk in chunks:
        view = memoryview(chunk)
        if waiting:
            taken = min(length - len(waiting), len(view))
            waiting += view[:taken]
            view = view[taken:]
            if len(waiting) < length:
                continue
            yield bytes(waiting)
            waiting.clear()
        whole = len(view) - len(view) % length
        for start in range(0, whole, length):
            yield bytes(view[start : start + length])
        waiting += view[whole:]
    if waiting:
        yield bytes(waiting)


def opened_whole(chunks: Iterable[bytes], seal: Seal) -> Iterator[bytes]:
    """The bytes of a whole object, from its own bytes, piece by piece. Raises Unreadable."""
    pieces = _after_header(iter(chunks))
    index, waiting = 0, None
    for following in segments(pieces, SEGMENT + TAG):
        if waiting is not None:
            yield seal.open(waiting, index, last=False)
            index += 1
        waiting = following
    if waiting is None:
        raise Unreadable("the object is cut")
    yield seal.open(waiting, index, last=True)


def _after_header(chunks):
    """What follows the header."""
    begun = b""
    for chunk in chunks:
        begun += chunk
        if len(begun) >= len(HEADER):
            break
    if not begun.startswith(HEADER):
        raise Unreadable("this is no sealed object")
    yield begun[len(HEADER) :]
    yield from chunks


@dataclass(frozen=True)
class Span:
    """Which segments of an object hold the bytes from `start` up to `stop`, and where they are."""

    size: int
    start: int
    stop: int

    @property
    def first(self) -> int:
        """The number of the first segment asked for."""
        return self.start // SEGMENT

    @property
    def last_of_all(self) -> int:
        """The number of the object's last segment."""
        return max(self.size - 1, 0) // SEGMENT

    @property
    def begins_at(self) -> int:
        """Where the first segment begins in the sealed object."""
        return len(HEADER) + self.first * (SEGMENT + TAG)

    @property
    def ends_at(self) -> int:
        """Where the last segment asked for ends in the sealed object."""
        last = max(self.stop - 1, self.start) // SEGMENT
        return min(len(HEADER) + (last + 1) * (SEGMENT + TAG), sealed_size(self.size))


def sealed_size(size: int) -> int:
    """How long the object of so many bytes is."""
    return len(HEADER) + size + (max(size - 1, 0) // SEGMENT + 1) * TAG


def opened(chunks: Iterable[bytes], seal: Seal, span: Span) -> Iterator[bytes]:
    """The bytes of a span, from the object's bytes at its place. Raises Unreadable.

    Nothing of a segment is given before the whole segment is verified.
    """
    index = span.first
    given = index * SEGMENT
    for piece in segments(chunks, SEGMENT + TAG):
        clear = seal.open(piece, index, last=index == span.last_of_all)
        kept = clear[max(span.start - given, 0) : max(span.stop - given, 0)]
        if kept:
            yield kept
        given += len(clear)
        index += 1
    if given < min(span.stop, span.size):
        raise Unreadable("the object is cut")
