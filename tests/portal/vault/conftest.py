"""The two stores, and what may be wrong with them."""

import errno
import types

import pytest
from botocore.exceptions import ClientError
from django.core.files.storage import storages


@pytest.fixture(params=["disk", "s3"])
def each_store(request):
    """The same test on a folder of the machine and on a real S3 server."""
    if request.param == "s3":
        request.getfixturevalue("s3_storages")
    return request.param


class Kept:
    """Bytes to be kept, of which the store makes what it likes."""

    def __init__(self, data):
        self._data, self._place = data, 0

    def chunks(self, chunk_size=None):
        return iter([self._data])

    def read(self, size=-1):
        stop = len(self._data) if size < 0 else self._place + size
        piece, self._place = self._data[self._place : stop], min(stop, len(self._data))
        return piece

    def seekable(self):
        return False


def _flipped(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


LIES = {
    "loses": lambda data: None,
    "truncates": lambda data: data[: len(data) // 2],
    "cuts the end": lambda data: data[:-1],
    "corrupts": _flipped,
    "adds": lambda data: data + b"\x00",
    "empties": lambda data: b"",
    "gives something else": lambda data: b"<html>ok</html>",
}
FAILURES = {
    "is full": OSError(errno.ENOSPC, "No space left on device"),
    "refuses": ClientError({"Error": {"Code": "QuotaExceeded"}}, "PutObject"),
    "is cut": ConnectionResetError(errno.ECONNRESET, "reset"),
    "takes too long": TimeoutError("timed out"),
}


@pytest.fixture
def lying(monkeypatch):
    """Make a store say yes and do something else: `lying("evidence", "truncates")`."""

    def lie(alias, how):
        store = storages[alias]
        honest = store._save

        def _save(self, name, content):
            data = LIES[how](content.read())
            return name if data is None else honest(name, Kept(data))

        monkeypatch.setattr(store, "_save", types.MethodType(_save, store))

    return lie


@pytest.fixture
def failing(monkeypatch):
    """Make a store fail in the middle of an object: `failing("evidence", "is full")`."""

    def fail(alias, how):
        store = storages[alias]
        honest = store._save

        def _save(self, name, content):
            honest(name, Kept(content.read(100)))
            raise FAILURES[how]

        monkeypatch.setattr(store, "_save", types.MethodType(_save, store))

    return fail


@pytest.fixture
def names():
    """Every name in a store."""
    return lambda alias: storages[alias].names_after("", most=1000)
