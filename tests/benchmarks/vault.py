"""How fast a file is received, sealed and stored, beside plain Python on the same disk.

`python -m tests.benchmarks.vault [--megabytes 5] [--rounds 15] [--store disk|s3]`. Both sides read
the same file in the same pieces and end with the bytes on the disk (fsync); the read-back is
measured apart. Memory is measured with fifty megabytes, both ways.
"""

import argparse
import contextlib
import hashlib
import os
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import TemporaryUploadedFile

from portal.local import s3
from portal.local.processes import free_port
from portal.vault import keys, sealing, storage, stores
from tests.benchmarks.memory import megabytes_above_idle
from tests.benchmarks.transition import fresh_clone

PIECE = 64 * 1024
MEGABYTE = 1024 * 1024
OF_MEMORY = 50


def plain(source: Path, target: Path) -> None:
    """Read, hash and write the same bytes, and wait for the disk."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(PIECE):
            digest.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())


def received(source: Path, subject_id: uuid.UUID, *, read_back: bool) -> str:
    """The same bytes as an upload, sealed and stored; the object's name."""
    upload = TemporaryUploadedFile("photo.jpg", "image/jpeg", 0, None)
    with upload, source.open("rb") as read:
        upload.file = read
        if read_back:
            return storage.put(read_in_pieces(read), subject_id=subject_id, kind="evidence").key
        honest = storage._read_back
        storage._read_back = lambda *_args: None
        try:
            return storage.put(read_in_pieces(read), subject_id=subject_id, kind="evidence").key
        finally:
            storage._read_back = honest


def read_in_pieces(read):
    """As Django gives an upload."""
    while piece := read.read(PIECE):
        yield piece


def seconds(work) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(folder: Path, megabytes: int, rounds: int) -> dict[str, list[float]]:
    """Each side in turn, so that the neighbours of the machine weigh on both."""
    source, target, subject_id = folder / "source", folder / "target", uuid.uuid4()
    source.write_bytes(os.urandom(megabytes * MEGABYTE))
    data, seal = source.read_bytes(), sealing.Seal.of(bytes(32), subject_id=subject_id, name="x")
    kept = received(source, subject_id, read_back=True)
    size = len(data)
    found: dict[str, list[float]] = {}
    works = {
        "plain": lambda: plain(source, target),
        "received, sealed, stored": lambda: received(source, subject_id, read_back=False),
        "the same, read back": lambda: received(source, subject_id, read_back=True),
        "read whole": lambda: drain(kept, subject_id, size),
        "first 64 KiB": lambda: drain(kept, subject_id, size, stop=PIECE),
        "sealing alone": lambda: [None for _piece in sealing.sealed([data], seal)],
        "key alone": lambda: keys.for_reading(subject_id),
    }
    for _round in range(rounds):
        for name, work in works.items():
            found.setdefault(name, []).append(seconds(work))
            target.unlink(missing_ok=True)
    return found


def drain(name, subject_id, size, stop=None):
    """Read what was kept, and keep nothing of it."""
    for _piece in storage.open_range(
        name, subject_id=subject_id, kind="evidence", size=size, stop=stop
    ):
        pass


def report(found: dict[str, list[float]], megabytes: int) -> None:
    """Medians, and the ratio of each round."""
    for name, times in found.items():
        middle = statistics.median(times)
        print(f"{name:<26} {middle * 1000:8.2f} ms  {megabytes / middle:8.1f} MB/s")
    for name in ("received, sealed, stored", "the same, read back"):
        ratios = [a / b for a, b in zip(found["plain"], found[name], strict=True)]
        print(
            f"throughput of «{name}» against plain: {statistics.median(ratios):.0%}"
            f" ({min(ratios):.0%}–{max(ratios):.0%})"
        )


def memory() -> None:
    """Fifty megabytes in, then out, in pieces of 64 KiB."""
    subject_id, size = uuid.uuid4(), OF_MEMORY * MEGABYTE
    pieces = lambda: (bytes(PIECE) for _piece in range(size // PIECE))  # noqa: E731
    storage.put(b"warm", subject_id=subject_id, kind="evidence")
    kept = []
    taken = megabytes_above_idle(
        lambda: kept.append(storage.put(pieces(), subject_id=subject_id, kind="evidence"))
    )
    given = megabytes_above_idle(lambda: drain(kept[0].key, subject_id, size))
    print(f"memory above idle for {OF_MEMORY} MB: {taken:.1f} MB in, {given:.1f} MB out")


@contextlib.contextmanager
def stored_in(where: str, folder: Path):
    """The stores in this folder, or behind a real S3 server that keeps its objects there."""
    server = None
    if where == "s3":
        port, key, secret = free_port(), "bench-key-0001", "bench-secret-0001"
        server = s3.start(folder=folder, port=port, key=key, secret=secret)
        common = {"endpoint_url": s3.endpoint(port), "access_key": key, "secret_key": secret}
        common |= {"region_name": s3.REGION, "file_overwrite": False, "default_acl": None}
        common |= {"addressing_style": "path", "signature_version": "s3v4"}
    for alias in ("evidence", "keys"):
        if server:
            backend, options = "ObjectStorage", common | {"bucket_name": f"portal-{alias}"}
        else:
            backend, options = "DiskStorage", {"location": str(folder / alias)}
        settings.STORAGES[alias] = {
            "BACKEND": f"portal.core.storage.{backend}",
            "OPTIONS": options,
        }
        storages._storages.pop(alias, None)
    try:
        yield
    finally:
        if server:
            server.stop()


def main() -> None:
    """Clone, measure, drop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--store", choices=["disk", "s3"], default="disk")
    options = parser.parse_args()
    with (
        fresh_clone(),
        tempfile.TemporaryDirectory(dir=settings.VAR) as folder,
        stored_in(options.store, Path(folder)),
    ):
        memory()  # first: what a longer life leaves free would hide what is taken
        report(measure(Path(folder), options.megabytes, options.rounds), options.megabytes)
        left = stores.names_after("evidence", "")
        print(f"{len(left)} objects were kept")


if __name__ == "__main__":
    sys.exit(main())
