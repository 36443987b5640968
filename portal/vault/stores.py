"""The stores themselves, under the seals: what they say, told in our own three errors.

`evidence` and `letters` hold sealed files; `keys` holds the dossiers' keys, wrapped. It is a
store of its own: its backups end after thirty days, so that a key destroyed is gone from them.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import storages

from portal.vault.errors import Missing, StorageDown, Unreadable

KEYS = "keys"
_UNAVAILABLE = (BotoCoreError, ClientError, Boto3Error, OSError)
_UNKNOWN = {"404", "NoSuchKey", "NotFound"}
_TOO_SHORT = {"416", "InvalidRange"}


class Pieces:
    """A file that can be read once, from its beginning to its end."""

    def __init__(self, pieces: Iterable[bytes]):
        self._pieces = iter(pieces)
        self._left = b""

    def chunks(self, chunk_size=None) -> Iterator[bytes]:
        """As Django's folders read it."""
        return self._pieces

    def read(self, size: int = -1) -> bytes:
        """As boto3 reads it: no more than `size` bytes, all of them unless it is the end."""
        gathered = [self._left]
        length = len(self._left)
        while size < 0 or length < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            gathered.append(piece)
            length += len(piece)
        whole = b"".join(gathered)
        if size < 0:
            size = length
        self._left = whole[size:]
        return whole[:size]

    def seekable(self) -> bool:
        """It was made on the way."""
        return False


@contextlib.contextmanager
def _asked(alias: str) -> Iterator[Any]:
    """The store, unless it was silent just now; its errors become ours."""
    store = storages[alias]
    try:
        store.fuse.check()
        yield store
    except _UNAVAILABLE as error:
        store.fuse.count(error)
        raise said(error) from error
    store.fuse.mend()


def write(alias: str, name: str, pieces: Iterable[bytes]) -> None:
    """Keep an object under a name that nothing has yet. Raises StorageDown; leaves nothing then."""
    try:
        with _asked(alias) as store:
            kept = store.save(name, Pieces(pieces))
    except BaseException:
        delete(alias, name)
        raise
    if kept != name:
        delete(alias, kept)
        raise StorageDown("the name is taken")


def read(alias: str, name: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The object's bytes from `start` up to `stop`. Raises Missing or StorageDown."""
    with _asked(alias) as store, contextlib.closing(store.read_range(name, start, stop)) as pieces:
        for piece in pieces:
            store.fuse.mend()
            yield piece


def delete(alias: str, name: str) -> bool:
    """Delete an object; False when the store did not answer. Deleting it again is no error."""
    try:
        with _asked(alias) as store:
            store.delete(name)
    except StorageDown:
        return False
    return True


def set_aside(alias: str, name: str, elsewhere: str) -> None:
    """Move an object to another name of the same store. Raises Missing or StorageDown."""
    with _asked(alias) as store:
        store.set_aside(name, elsewhere)


def names_after(alias: str, beginning: str, after: str = "") -> list[str]:
    """A page of the names that begin so and come after `after`. Raises StorageDown."""
    with _asked(alias) as store:
        return store.names_after(beginning, after)


def pages(alias: str, beginning: str) -> Iterator[list[str]]:
    """Every name that begins so, page by page. Raises StorageDown."""
    after = ""
    while page := names_after(alias, beginning, after):
        yield page
        after = page[-1]


def folders(alias: str) -> list[str]:
    """The first folders of a store. Raises StorageDown."""
    with _asked(alias) as store:
        return store.folders()


def said(error: Exception) -> StorageDown:
    """Our own error for what a store said: an object too short for its place has been cut."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    if isinstance(error, FileNotFoundError) or code in _UNKNOWN:
        return Missing(type(error).__name__)
    if code in _TOO_SHORT:
        return Unreadable(type(error).__name__)
    return StorageDown(type(error).__name__)
