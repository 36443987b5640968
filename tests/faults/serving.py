"""A web process over a database of its own, and a network before it that is slow and breaks."""

import asyncio
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.db import connections
from django.test import Client

from portal.local import postgres
from portal.local.processes import free_port
from tests import database
from tests.benchmarks.places import enter, fresh_clone
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a" * 32
PIECE = 256 * 1024


@contextlib.contextmanager
def web_process(*, workers: int = 2, threads: int = 4):
    """Yields the port of gunicorn, the name of its database and its process; all of it goes."""
    files = tempfile.mkdtemp(prefix="uploads-")
    for storage in settings.STORAGES.values():
        if "location" in storage.get("OPTIONS", {}):
            storage["OPTIONS"]["location"] = f"{files}/files"
    with fresh_clone() as name:
        enter(name)
        port = free_port()

        def start():
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "portal.wsgi"),
                    *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
                    *("--workers", str(workers), "--threads", str(threads)),
                    *("--no-control-socket", "--timeout", "120"),
                ],
                cwd=ROOT,
                env=_environment(name, files),
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

        web = SimpleNamespace(port=port, database=name, process=start())

        def kill_and_start():
            """Nobody of the process, master or worker, writes a last word."""
            os.killpg(web.process.pid, signal.SIGKILL)
            web.process.wait(20)
            web.process = start()
            _wait(port)

        web.kill_and_start = kill_and_start
        try:
            _wait(port)
            yield web
        finally:
            web.process.terminate()
            web.process.wait(20)
            connections.close_all()
            shutil.rmtree(files)


def _environment(name, files):
    cluster = postgres.ensure_running(settings.VAR / "postgres")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")}
    keys = {key: os.environ[key] for key in os.environ if key.endswith(("_KEY", "_KEYS"))}
    return (
        kept
        | keys
        | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.web_settings",
            "PORTAL_ROLE": "web",
            "PORTAL_DB_HOST": cluster.host,
            "PORTAL_DB_PORT": str(cluster.port),
            "PORTAL_DB_NAME": name,
            "PORTAL_DB_PASSWORD": cluster.password("web"),
            "UPLOADS_FILES": f"{files}/files",
            "PORTAL_TEST_VAR": str(settings.VAR),
        }
    )


def _wait(port):
    for _ in range(300):
        with contextlib.suppress(OSError):
            if ask(port, "GET", "/sante/")[0] == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the web process did not answer")


def ask(port, method, path, body=None, headers=()):
    """One request on a connection of its own: status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def person_with_draft():
    """Somebody signed in, with a draft: their headers, and the dossier."""
    person = UserFactory()
    dossier = draft(person)
    client = Client()
    client.force_login(person)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"portal_session={key}; csrftoken={TOKEN}"
    headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "Tus-Resumable": "1.0.0"}
    return SimpleNamespace(person=person, dossier=dossier, headers=headers)


class Network:
    """A port of its own through which the server is reached, slowly, and which may be cut.

    `speed` bounds the bytes a second of all connections together towards the server. `cut_at`
    are totals of bytes carried towards the server at which every connection is reset.
    """

    def __init__(self, to_port: int, *, speed: float, cut_at=()):
        self.to_port, self.speed = to_port, speed
        self.cut_at, self.carried, self.cuts = sorted(cut_at), 0, 0
        self.port = free_port()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self):
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_failure):
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)

    async def _serve(self):
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self._ready.set()
        async with server:
            await self._done.wait()

    async def _carry(self, reader, writer):
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:  # the server is dead just now
            writer.close()
            return
        down = asyncio.create_task(self._down(there, writer))
        try:
            while data := await reader.read(4096):
                self.carried += len(data)
                if self.cut_at and self.carried >= self.cut_at[0]:
                    self.cut_at.pop(0)
                    self.cuts += 1
                    for end in (writer, back):
                        _reset(end)
                    return
                await asyncio.sleep(len(data) / self.speed)
                back.write(data)
                await back.drain()
            back.write_eof()
            await down
        except (OSError, asyncio.CancelledError):
            return
        finally:
            down.cancel()
            writer.close()
            back.close()

    async def _down(self, there, writer):
        with contextlib.suppress(OSError):
            while data := await there.read(65536):
                writer.write(data)
                await writer.drain()
            writer.close()


def _reset(writer):
    """End a connection at once, without a goodbye."""
    end = writer.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


class Sender:
    """A client of the protocol that goes on after each cut, as the library of our pages does."""

    def __init__(self, port, known, data, *, rule="passport", name="a.png"):
        self.port, self.headers, self.data = port, known.headers, data
        self.sent = self.cut = self.waited = 0
        self.path = f"/mon-espace/dossiers/{known.dossier.pk}/pieces/{rule}/envois/"
        self.name = name

    def begin(self):
        """Ask for the upload, through whatever cuts come."""
        said = {"Upload-Length": str(len(self.data)), "Upload-Metadata": "filename YS5wbmc="}
        _status, headers, _body = self._until(201, "POST", self.path, None, said)
        self.url = headers["Location"]

    def run(self):
        """Send everything; counts the bytes that left."""
        self.begin()
        offset = 0
        while offset < len(self.data):
            piece = self.data[offset : offset + PIECE]
            offset = self._piece(offset, piece)

    def _piece(self, offset, piece):
        said = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        counted = _Counted(piece)
        try:
            status, headers, _body = ask(
                self.port,
                "PATCH",
                self.url,
                counted,
                self.headers | said | {"Content-Length": str(len(piece))},
            )
        except (OSError, http.client.HTTPException):
            status, self.cut = 0, self.cut + 1
        self.sent += counted.read_bytes
        if status == 204:
            return int(headers["Upload-Offset"])
        if status == 503:
            self.waited += 1
            self.sent -= counted.read_bytes
            time.sleep(2)
        elif status not in (0, 409):
            raise SystemExit(f"unexpected answer {status}")
        return int(self._until(200, "HEAD", self.url)[1]["Upload-Offset"])

    def _until(self, wanted, method, path, body=None, said=()):
        for _ in range(60):
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = ask(self.port, method, path, body, self.headers | dict(said))
                if answer[0] == wanted:
                    return answer
                if answer[0] not in (503, 502, 500):
                    raise SystemExit(f"{method} {path}: {answer[0]} {answer[2][:200]}")
            time.sleep(0.5)
        raise SystemExit(f"{method} {path} never answered {wanted}")


class _Counted:
    """A body read little by little, so that what left before a cut is known."""

    def __init__(self, data):
        self._data, self.read_bytes = data, 0

    def __iter__(self):
        for at in range(0, len(self._data), 4096):
            part = self._data[at : at + 4096]
            self.read_bytes += len(part)
            yield part


__all__ = ["PIECE", "Network", "Sender", "ask", "database", "person_with_draft", "web_process"]
