"""A ZIP made on the way, with the sums of what it holds: one piece is in memory at a time."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from portal.core import clock

SUMS = "SHA256SUMS"
_FORBIDDEN = frozenset('/\\:*?"<>|')
_LONGEST = 120
_READABLE = 0o100644 << 16


@dataclass(frozen=True)
class Entry:
    """One file of the archive: its name, of parts made by `safe_part`, and its bytes."""

    name: str
    pieces: Iterable[bytes]
    at: datetime
    is_text: bool = False


class _Sink:
    """What the archive has written since it was last asked; it cannot go back."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Keep it until it is taken."""
        data = bytes(data)
        self._held.append(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open here."""

    def taken(self) -> bytes:
        """What was written, which is then forgotten."""
        data = b"".join(self._held)
        self._held.clear()
        return data


def zipped(entries: Iterable[Entry], at: datetime) -> Iterator[bytes]:
    """The bytes of an archive of these files; `sha256sum -c SHA256SUMS` accepts what it holds.

    An entry is asked for only once those before it have passed.
    """
    sink, sums = _Sink(), []
    with ZipFile(sink, "w") as archive:
        for entry in entries:
            digest = hashlib.sha256()
            with archive.open(_info(entry), "w") as opened:
                for piece in entry.pieces:
                    digest.update(piece)
                    opened.write(piece)
                    if data := sink.taken():
                        yield data
            sums.append(f"{digest.hexdigest()}  {entry.name}\n")
        archive.writestr(_info(Entry(SUMS, (), at, is_text=True)), "".join(sums))
        yield sink.taken()
    yield sink.taken()


def _info(entry: Entry) -> ZipInfo:
    info = ZipInfo(entry.name, entry.at.astimezone(clock.PARIS).timetuple()[:6])
    info.compress_type = ZIP_DEFLATED if entry.is_text else ZIP_STORED
    info.external_attr = _READABLE
    return info


def safe_part(name: str) -> str:
    """A part of a name that leads nowhere else, hides nothing, and every system can write.

    No separator, no control or direction character, no dot at either end; never empty.
    """
    kept = "".join(
        "-" if one in _FORBIDDEN else " " if one.isspace() else one
        for one in unicodedata.normalize("NFC", name)
        if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    kept = " ".join(kept.split()).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = kept, "", ""
    room = _LONGEST - len(f"{dot}{ending}".encode())
    stem = stem.encode()[:room].decode(errors="ignore").strip(" .")
    return f"{stem}{dot}{ending}" if stem else f"document{dot}{ending}"
