"""The demonstration: the whole portal on this machine, one journey played, then left to explore."""

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

from portal.local import assets, postgres
from portal.local.errors import LocalError
from portal.local.processes import free_port
from portal.local.stack import ROOT, Ports, Stack

DATABASE = "portal_demo"
ROOM_NEEDED = 300 * 1024 * 1024


def main() -> None:
    """Run the demonstration; the exit code says whether the journey went to its end."""
    asked = _arguments()
    var = Path(os.environ.get("PORTAL_VAR") or ROOT / "var").resolve()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)  # a shell's background job would ignore it
    try:
        with _alone(var / "demo"):
            sys.exit(_run(asked, var))
    except LocalError as refusal:
        sys.exit(f"script/demo: {refusal}")
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130 if asked.once else 0)


def say(sentence: str) -> None:
    print(sentence, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play the journey, then stop")
    parser.add_argument("--reset", action="store_true", help="erase the demonstration first")
    parser.add_argument("--no-journey", action="store_true", help="only start the portal")
    parser.add_argument("--port", type=int, default=8000, help="port of the portal (8000)")
    parser.add_argument("--editing-port", type=int, default=8001, help="port of the editors (8001)")
    return parser.parse_args()


def _run(asked: argparse.Namespace, var: Path) -> int:
    ports = Ports(
        web=asked.port,
        editing=asked.editing_port,
        s3=free_port(),
        mail=free_port(),
        cards=free_port(),
        register=free_port(),
    )
    began = time.monotonic()
    stack = Stack("demo", var, DATABASE, ports, progress=lambda what: say(f"  starting {what}"))
    stack.end_leftovers()
    ports.refuse_taken()
    if shutil.disk_usage(var).free < ROOM_NEEDED:
        raise LocalError(f"The disk that holds {var} is nearly full: free at least 300 MB.")
    try:
        if asked.reset:
            _erase(stack)
        _prepare(stack)
        stack.start_portal()
        say(f"The portal answers at {stack.base_url}/ after {time.monotonic() - began:.0f} s.")
        played = asked.no_journey or _play(stack)
        if asked.once:
            return 0 if played else 1
        _tell_how_to_enter(stack)
        _watch(stack)
    finally:
        with _uninterrupted():
            stack.stop()
            postgres.stop_if_unused(var / "postgres")
    return 0


def _prepare(stack: Stack) -> None:
    """Database, tables, static files, services and invented people; quick when all is there."""
    say("Preparing the portal")
    cluster = postgres.ensure_running(stack.var / "postgres")
    if not cluster.has_database(DATABASE):
        cluster.create_database(DATABASE)
    say("  creating or upgrading tables")
    _manage(stack, "migrate_new", "--verbosity", "1")
    say("  building style sheets")
    assets.build(stack.var, stack.environment("owner"))
    stack.start_services()
    say("  inventing people, places and guidance")
    _manage(stack, "load_demo")


def _erase(stack: Stack) -> None:
    """Remove the database, the files, the mail and the keys of the demonstration."""
    say("Erasing the former demonstration")
    postgres.ensure_running(stack.var / "postgres").drop_database(DATABASE)
    for path in stack.folder.iterdir():
        if path.name != "demo.lock":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _manage(stack: Stack, *command: str) -> None:
    """Run a management command as the owner of the tables, showing its progress."""
    log = stack.folder / "logs" / f"{command[0]}.log"
    if _stream([sys.executable, "manage.py", *command], stack.environment("owner"), log):
        lines = log.read_text(errors="replace").strip().splitlines() or ["no reason given"]
        raise LocalError(f"{command[0]} failed: {lines[-1].strip()} (see {log}).")


def _stream(command: list[str], environment: dict[str, str], log: Path) -> int:
    """Run a program in its own group, show what it says, keep what it complains of."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w") as kept,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=kept,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as program,
    ):
        try:
            assert program.stdout is not None  # noqa: S101 -- we asked for a pipe
            for line in _condensed(program.stdout):
                say(f"  {line.rstrip()}")
        except KeyboardInterrupt:
            os.killpg(program.pid, signal.SIGTERM)
            raise
    return program.returncode


def _condensed(lines: Iterable[str]) -> Iterator[str]:
    """One line for every fifty migrations; anything else as it comes."""
    applied = 0
    for line in lines:
        if line.startswith("  Applying "):
            applied += 1
            if applied % 50 == 0:
                yield f"  {applied} migrations"
        elif not line.startswith(("Operations to perform", "Running migrations", "  Apply all")):
            yield line


def _play(stack: Stack) -> bool:
    """Play the journey through the pages, as its persons would; False if a step failed."""
    say("Playing a journey, from the first page to the card")
    command = [sys.executable, "-m", "portal.demo.journey", "--base-url", stack.base_url]
    log = stack.folder / "logs" / "journey.log"
    status = _stream(command, stack.environment("owner"), log)
    if status:
        said = log.read_text(errors="replace").strip().splitlines() or ["no reason given"]
        say(f"The journey stopped before its end: {said[-1].strip()} (see {log.parent}).")
    return status == 0


def _tell_how_to_enter(stack: Stack) -> None:
    say("")
    say(f"The portal is open:   {stack.base_url}/")
    say(f"Editors sign in at:   {stack.editing_url}/edit/")
    path = stack.folder / "signins.json"
    for person in json.loads(path.read_text()) if path.exists() else []:
        door = person.get("door", "/")
        base = stack.editing_url if door.startswith("/edit") else stack.base_url
        say(f"  {person['role']:<14} {person['email']:<36} {person['password']}   {base}{door}")
    say("Press Ctrl-C to stop. The data stay; --reset starts anew.")


def _watch(stack: Stack) -> None:
    """Wait for Ctrl-C, starting again whatever stops by itself."""
    deaths = 0
    while True:
        time.sleep(2)
        for process in stack.processes:
            if not process.is_alive():
                deaths += 1
                if deaths > 5:
                    raise LocalError(f"{process.name} keeps stopping: see {process.log}.")
                say(f"{process.name} stopped by itself and is started again: see {process.log}")
                process.start()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Refuse a second demonstration of the same checkout."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError("The demonstration already runs from this directory.") from None
        yield


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the processes behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
