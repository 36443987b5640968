"""Start one program in its own process group, wait until it answers, and stop all of it."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from portal.local.errors import LocalError

LOOPBACK = "127.0.0.1"
PAUSE = 0.05


class Process:
    """One program of the local stack: its command, its log, its process group.

    The process id and its start time are kept in a file, so that a later start can end what
    a killed driver left behind without ever touching an unrelated process.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name = name
        self.command = command
        self.environment = dict(os.environ if environment is None else environment)
        self.cwd = cwd
        self.log = folder / "logs" / f"{name}.log"
        self._note = folder / "pids" / name
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program, after ending one of the same name that a killed driver left."""
        self.end_leftover()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._note.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.log.open("ab") as log:
                self._running = subprocess.Popen(
                    self.command,
                    env=self.environment,
                    cwd=self.cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as refusal:
            raise LocalError(f"Cannot start {self.name}: {refusal.strerror}.") from refusal
        self._note.write_text(f"{self._running.pid} {_started_at(self._running.pid)}")

    def wait_ready(self, answers: Callable[[], bool], *, within: float = 60.0) -> None:
        """Wait until `answers` is true; raises LocalError if the program dies or stays silent."""
        until = time.monotonic() + within
        while not answers():
            if not self.is_alive():
                raise LocalError(f"{self.name} stopped while starting: {self._last_line()}")
            if time.monotonic() > until:
                raise LocalError(
                    f"{self.name} does not answer after {within:.0f} s: see {self.log}."
                )
            time.sleep(PAUSE)

    def is_alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def ask_to_stop(self) -> None:
        """Send the whole group the polite signal, without waiting."""
        if self._running is not None:
            _signal_group(self._running.pid, signal.SIGTERM)

    def stop(self, *, within: float = 15.0) -> None:
        """Ask the whole group to end, then force what is left."""
        if self._running is None:
            return
        _signal_group(self._running.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._running.wait(within)
        _signal_group(self._running.pid, signal.SIGKILL)
        self._running.wait()
        self._running = None
        self._note.unlink(missing_ok=True)

    def end_leftover(self) -> None:
        """End the program that an earlier driver started and could not stop."""
        if not self._note.exists():
            return
        pid, _, started_at = self._note.read_text().partition(" ")
        if pid.isdigit() and started_at and _started_at(int(pid)) == started_at:
            _signal_group(int(pid), signal.SIGTERM)
            until = time.monotonic() + 5
            while _started_at(int(pid)) == started_at and time.monotonic() < until:
                time.sleep(PAUSE)
            _signal_group(int(pid), signal.SIGKILL)
        self._note.unlink(missing_ok=True)

    def _last_line(self) -> str:
        lines = (
            self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        )
        return f"{lines[-1][:300] if lines else 'it said nothing'} (see {self.log})."


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def refuse_taken_port(port: int, use: str) -> None:
    """Raise LocalError when another program already listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as refusal:
            raise LocalError(
                f"Port {port}, meant for {use}, is taken by another program: stop it or choose "
                "another port."
            ) from refusal


def listens(port: int) -> bool:
    """Whether a program accepts connections on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def answers_200(url: str) -> bool:
    """Whether a GET of this loopback address answers 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _started_at(pid: int) -> str:
    """The kernel's start time of a process; empty when it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
