"""A real antivirus with a small signature base of our own, and others that fail in each way."""

import contextlib
import hashlib
import io
import os
import shutil
import socket
import subprocess
import tarfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.local.processes import free_port, listens

ROOT = Path(__file__).resolve().parents[1]
# Written in two halves: the antivirus of who reads this file would take it away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
WORM = b"PORTAL-WORM-OF-THE-TESTS"
_UNPACKED = ROOT / "var" / "clamav"


def find_clamd() -> tuple[str, dict]:
    """The daemon of the system, or the one that script/setup unpacked, with its environment."""
    installed = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if installed:
        return installed, {}
    unpacked = _UNPACKED / "usr" / "sbin" / "clamd"
    if not unpacked.exists():
        pytest.fail("clamd is not here: run script/setup test.")
    libraries = {str(path.parent) for path in _UNPACKED.glob("usr/lib/**/libclamav.so*")}
    return str(unpacked), {"LD_LIBRARY_PATH": ":".join(sorted(libraries))}


def signature_base(made_at: datetime, threats: dict[str, bytes]) -> bytes:
    """A base of daily signatures as ClamAV reads one that its authors did not sign."""
    lines = "".join(f"{name}:0:*:{found.hex()}\n" for name, found in threats.items()).encode()
    moment = f"{made_at:%d %b %Y %H-%M} +0000"
    head = f"ClamAV-VDB:{moment}:27065:{len(threats)}:90:X:X:tests:{made_at.timestamp():.0f}"
    listed = f"{head}\ndaily.ndb:{len(lines)}:{hashlib.sha256(lines).hexdigest()}\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in (("daily.info", listed), ("daily.ndb", lines)):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return head.encode().ljust(512) + packed.getvalue()


@contextlib.contextmanager
def clamd_running(folder: Path, *, made_at: datetime):
    """A real clamd on a port of its own; gives its address."""
    program, environment = find_clamd()
    base, port = folder / "base", free_port()
    base.mkdir()
    threats = {"Portal.Eicar": EICAR, "Portal.Worm": WORM}
    (base / "daily.cud").write_bytes(signature_base(made_at, threats))
    settings = folder / "clamd.conf"
    settings.write_text(
        f"DatabaseDirectory {base}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        f"TemporaryDirectory {folder}\nConcurrentDatabaseReload no\nMaxThreads 2\n"
    )
    process = subprocess.Popen(
        [program, "--config-file", str(settings)],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_listens(process, port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_it_listens(process, port):
    until = time.monotonic() + 60
    while not listens(port):
        if process.poll() is not None or time.monotonic() > until:
            pytest.fail(f"clamd does not start: it ended with {process.returncode}.")
        time.sleep(0.1)


@pytest.fixture(scope="session")
def real_clamd(tmp_path_factory):
    """The address of a real clamd whose signatures are of today."""
    with clamd_running(tmp_path_factory.mktemp("clamd"), made_at=datetime.now(UTC)) as address:
        yield address


@pytest.fixture(scope="session")
def old_clamd(tmp_path_factory):
    """The same, whose signatures are ten days old."""
    made_at = datetime.now(UTC) - timedelta(days=10)
    with clamd_running(tmp_path_factory.mktemp("old-clamd"), made_at=made_at) as address:
        yield address


@pytest.fixture
def clamd(real_clamd, settings):
    """The portal asks a real clamd."""
    settings.CLAMD_ADDRESS = real_clamd
    settings.CLAMD_SECONDS = 20


def speaks(*answers: bytes):
    """An antivirus that gives these bytes to whoever connects, one after the other, and stops."""

    def talk(connection):
        with contextlib.suppress(OSError):
            connection.recv(65536)
            for answer in answers:
                connection.sendall(answer)
                time.sleep(0.01)

    return talk


def drips(connection):
    """One that never ends its line."""
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b".")
            time.sleep(0.05)


def says_nothing(connection):
    """One that takes the call and never answers."""
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


@pytest.fixture
def fake_clamd(settings):
    """Put another antivirus in the place of the real one: `fake_clamd(says_nothing)`."""
    listening = []

    def start(talk):
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)
        threading.Thread(target=_serve, args=(server, talk), daemon=True).start()
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
        settings.CLAMD_SECONDS = 1

    yield start
    for server in listening:
        server.close()


def _serve(server, talk):
    while True:
        try:
            connection, _address = server.accept()
        except OSError:
            return
        with connection:
            talk(connection)
