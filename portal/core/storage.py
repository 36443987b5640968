"""The stores as the portal needs them: streamed both ways, read in part, listed by pages.

Two of them do the same: a folder of the machine, and any S3 server.
"""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    ReadTimeoutError,
)
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

PIECE = 256 * 1024
# S3 takes no part under 5 MB but the last; one part at a time is what a process holds.
_PART = 5 * 1024 * 1024
MOST_NAMES = 1000
_SERVER_ERROR = 500
_SILENT = (ConnectTimeoutError, ReadTimeoutError, TimeoutError)


@dataclass(frozen=True)
class Waiting:
    """How long a process waits for a store that says nothing, and how often it tries."""

    connect: float
    silence: float
    tries: int
    # failures in a row after which the store is left in peace; whether one silence is enough
    failures: int
    one_silence: bool


# Somebody waits behind a page, and its thread serves nobody else meanwhile; a job has its time.
HURRIED = Waiting(connect=2, silence=5, tries=1, failures=3, one_silence=True)
PATIENT = Waiting(connect=3, silence=10, tries=2, failures=3, one_silence=False)


class TooSlow(OSError):
    """The store answers, but too slowly to be waited for."""


class Deadline:
    """The moment after which a store is no longer waited for, however it trickles."""

    def __init__(self, seconds: float):
        self._end = time.monotonic() + seconds

    def check(self, *_progress) -> None:
        """Raise TooSlow once the time is over."""
        if time.monotonic() > self._end:
            raise TooSlow("the store took too long")


class Blown(OSError):
    """The store did not answer a moment ago: it is not asked again yet."""


class Fuse:
    """Once a store is silent nobody waits for it: who waits serves nobody else.

    One for each server and process, whatever the number of stores on it. After a while one
    question goes through, and tells for all.
    """

    seconds = 10

    def __init__(self, waiting: Waiting = PATIENT):
        self._waiting = waiting
        self._lock = threading.Lock()
        self._failures, self._until = 0, 0.0

    def check(self) -> None:
        """Raise Blown while the store is left in peace, or while another question tries it."""
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                raise Blown("the store was silent a moment ago")
            if self._until:
                self._until = now + self.seconds

    def count(self, error: Exception) -> None:
        """Count a failure that made somebody wait; a refusal is an answer, and counts for none."""
        if not _is_failure(error):
            return
        with self._lock:
            self._failures += 1
            silent = self._waiting.one_silence and isinstance(error, _SILENT)
            if silent or self._until or self._failures >= self._waiting.failures:
                self._until = time.monotonic() + self.seconds

    def mend(self) -> None:
        """The store answered."""
        with self._lock:
            self._failures, self._until = 0, 0.0


def _is_failure(error):
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= _SERVER_ERROR
    return isinstance(error, BotoCoreError | TooSlow | ConnectionError | TimeoutError)


_fuses: dict[tuple[str, Waiting], Fuse] = {}


def fuse_of(server: str, waiting: Waiting = PATIENT) -> Fuse:
    """The fuse of a server in this process: its stores fall silent together."""
    return _fuses.setdefault((server, waiting), Fuse(waiting))


class DiskStorage(FileSystemStorage):
    """A folder of this machine, whose files are on the disk before anybody says so."""

    def __init__(self, *, location, patience: float = 120, **options):
        super().__init__(location=location, **options)
        self.patience = patience
        self.fuse = fuse_of(str(location))

    def _save(self, name, content):
        kept = super()._save(name, content)
        path = self.path(kept)
        for place, flags in ((path, os.O_RDONLY), (os.path.dirname(path), os.O_DIRECTORY)):
            descriptor = os.open(place, flags)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        return kept

    def read_range(self, name: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, piece by piece. Raises OSError."""
        deadline = Deadline(self.patience)
        left = float("inf") if stop is None else stop - start
        with open(self.path(name), "rb") as kept:
            kept.seek(start)
            while left > 0 and (piece := kept.read(int(min(left, PIECE)))):
                deadline.check()
                left -= len(piece)
                yield piece

    def names_after(self, beginning: str, after: str = "", most: int = MOST_NAMES) -> list[str]:
        """The first names that begin so and come after `after`, in order."""
        folder, _, begun = beginning.rpartition("/")
        place = Path(self.path(folder)) if folder else Path(self.location)
        if not place.is_dir():
            return []
        found = (entry for entry in os.scandir(place) if entry.name.startswith(begun))
        files = [path for entry in found for path in _files(Path(entry.path))]
        names = (path.relative_to(self.location).as_posix() for path in files)
        return sorted(name for name in names if name > after)[:most]

    def folders(self) -> list[str]:
        """The names of the first folders, in order."""
        place = Path(self.location)
        if not place.is_dir():
            return []
        return sorted(entry.name for entry in os.scandir(place) if entry.is_dir())

    def set_aside(self, name: str, elsewhere: str) -> None:
        """Give an object another name; nothing is there under it yet. Raises OSError."""
        target = Path(self.path(elsewhere))
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(self.path(name)).rename(target)


def _files(path):
    """The files at this path or below it."""
    return [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]


class ObjectStorage(S3Storage):
    """S3 with short time limits, few retries, and checksums only where the server knows them."""

    def __init__(self, *, patience: float = 120, hurried: bool = False, **settings):
        """Build the client configuration once; a store that hangs must not hold a request."""
        super().__init__(**settings)
        self.patience = patience
        waiting = HURRIED if hurried else PATIENT
        self.fuse = fuse_of(self.endpoint_url or self.region_name or "", waiting)
        self.client_config = Config(
            s3={"addressing_style": self.addressing_style},
            signature_version=self.signature_version,
            connect_timeout=waiting.connect,
            read_timeout=waiting.silence,
            retries={"total_max_attempts": waiting.tries, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # Threads would each hold a part in memory.
        self.transfer_config = TransferConfig(
            multipart_threshold=_PART, multipart_chunksize=_PART, use_threads=False
        )

    def _save(self, name, content):
        """Send what `content` gives, part by part, while the store keeps pace."""
        cleaned = clean_name(name)
        key = self._normalize_name(cleaned)
        self.bucket.Object(key).upload_fileobj(
            content,
            ExtraArgs=self._get_write_parameters(key, content),
            Config=self.transfer_config,
            Callback=Deadline(self.patience).check,
        )
        return cleaned

    def read_range(self, name: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, piece by piece. Raises what boto3 does."""
        deadline = Deadline(self.patience)
        wanted = f"bytes={start}-" if stop is None else f"bytes={start}-{stop - 1}"
        body = self._object(name).get(Range=wanted)["Body"]
        try:
            while piece := body.read(PIECE):
                deadline.check()
                yield piece
        finally:
            body.close()

    def names_after(self, beginning: str, after: str = "", most: int = MOST_NAMES) -> list[str]:
        """The first names that begin so and come after `after`, in order."""
        place = {"StartAfter": self.location + after} if after else {}
        page = self._client().list_objects_v2(
            Bucket=self.bucket_name, Prefix=self.location + beginning, MaxKeys=most, **place
        )
        return [one["Key"][len(self.location) :] for one in page.get("Contents", [])]

    def folders(self) -> list[str]:
        """The names of the first folders, in order."""
        page = self._client().list_objects_v2(
            Bucket=self.bucket_name, Prefix=self.location, Delimiter="/"
        )
        found = [one["Prefix"] for one in page.get("CommonPrefixes", [])]
        return sorted(name[len(self.location) :].rstrip("/") for name in found)

    def set_aside(self, name: str, elsewhere: str) -> None:
        """Give an object another name. Raises BotoCoreError, ClientError."""
        source = {"Bucket": self.bucket_name, "Key": self._object(name).key}
        moved = self._object(elsewhere)
        moved.copy_from(CopySource=source)
        moved.load()
        self._object(name).delete()

    def _object(self, name):
        return self.bucket.Object(self._normalize_name(clean_name(name)))

    def _client(self):
        return self.connection.meta.client
