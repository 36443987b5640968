"""The object store: random keys, bytes read back before anything is said to be received."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from portal.core import clock
from portal.vault.enums import FileKind

UNAVAILABLE = (BotoCoreError, ClientError, Boto3Error, OSError)
_ALIASES = {FileKind.EVIDENCE: "evidence", FileKind.LETTER: "letters", FileKind.CARD: "evidence"}
ALIASES = ("evidence", "letters")


class StorageDown(Exception):
    """The store did not keep, did not answer, or gave other bytes than were kept."""


def alias_of(kind: str) -> str:
    """The bucket of a kind of file."""
    return _ALIASES[FileKind(kind)]


@dataclass(frozen=True)
class Put:
    """What was kept, under which key."""

    key: str
    size: int
    sha256: str


def put(data: bytes | Iterable[bytes], *, subject_id: UUID, kind: str, folder: str = "") -> Put:
    """Keep bytes under a new random key and read them back. Raises StorageDown."""
    data = data if isinstance(data, bytes) else b"".join(data)
    storage = storages[alias_of(kind)]
    # the day comes first so that the sweeper finds what an interrupted request left behind
    wanted = f"{folder or kind}/{clock.today():%Y-%m-%d}/{secrets.token_hex(20)}"
    try:
        key = storage.save(wanted, ContentFile(data))
        with storage.open(key) as kept:
            back = hashlib.sha256(kept.read()).digest()
    except UNAVAILABLE as error:
        discard(wanted, kind=kind)
        raise StorageDown(type(error).__name__) from error
    if back != hashlib.sha256(data).digest():
        discard(key, kind=kind)
        raise StorageDown("the bytes read back differ")
    return Put(key, len(data), hashlib.sha256(data).hexdigest())


def fetch(key: str, *, subject_id: UUID, kind: str, sha256: str | None = None) -> bytes:
    """The bytes of a key, verified when their digest is given. Raises StorageDown."""
    try:
        with storages[alias_of(kind)].open(key) as kept:
            data = kept.read()
    except UNAVAILABLE as error:
        raise StorageDown(type(error).__name__) from error
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise StorageDown("the bytes kept have changed")
    return data


def open_range(
    key: str, *, subject_id: UUID, kind: str, size: int, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """The bytes of a key from `start` up to `stop`. Raises StorageDown."""
    yield from [fetch(key, subject_id=subject_id, kind=kind)[start:stop]]


def discard(key: str, *, kind: str) -> bool:
    """Delete an object that no row names; what cannot be deleted now is swept later."""
    try:
        storages[alias_of(kind)].delete(key)
    except UNAVAILABLE:
        return False
    return True
