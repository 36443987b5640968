"""Asks one question about a file to a process of its own, which may use little and dies alone.

A few kilobytes may unfold into gigabytes, and a forged file may take a decoder over: neither
reaches the worker, which reads an answer, or learns that there is none.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_HERE = Path(__file__).parent
_LAUNCHER = str(_HERE / "launcher.py")
_PROGRAMS = _HERE / "programs"
_MEGABYTE = 1024 * 1024
_HEAD_BYTES = 64 * 1024


class NoAnswer(Exception):
    """The process ended badly, took too long, or said something that is no answer."""


@dataclass(frozen=True)
class Limits:
    """What a process may use before it is ended."""

    memory: int = 512 * _MEGABYTE
    seconds: int = 20
    answer: int = 64 * _MEGABYTE


@dataclass(frozen=True)
class Part:
    """Bytes that a program made, and what it says of them."""

    data: bytes
    facts: dict


@dataclass(frozen=True)
class Answer:
    """What a program says of a file: one word, some facts, and what it made of it."""

    outcome: str
    facts: dict = field(default_factory=dict)
    parts: tuple[Part, ...] = ()


@contextlib.contextmanager
def in_memory(data: bytes | Iterable[bytes]) -> Iterator[int]:
    """The number of an open file that is on no disk, with these bytes in it."""
    descriptor = os.memfd_create("portal")
    try:
        for piece in [data] if isinstance(data, bytes) else data:
            _write_all(descriptor, piece)
        yield descriptor
    finally:
        os.close(descriptor)


def ask(
    program: str, data: bytes | Iterable[bytes], *arguments: str, limits: Limits | None = None
) -> Answer:
    """What a program of `programs/` answers to these bytes. Raises NoAnswer."""
    with in_memory(data) as given:
        return ask_of(program, given, *arguments, limits=limits)


def ask_of(program: str, given: int, *arguments: str, limits: Limits | None = None) -> Answer:
    """The same for a file made by `in_memory`, which may be asked about several times."""
    limits = limits or Limits()
    os.lseek(given, 0, os.SEEK_SET)
    # the answer is bounded by the kernel: the process can write no larger file
    with in_memory(b"") as taken:
        _run(program, arguments, given, taken, limits)
        os.lseek(taken, 0, os.SEEK_SET)
        with os.fdopen(os.dup(taken), "rb") as answer:
            return _read(answer)


def _run(program, arguments, given, taken, limits):
    said = [str(value) for value in (limits.memory, limits.seconds, limits.answer)]
    path = str(_PROGRAMS / f"{program}.py")
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", _LAUNCHER, *said, path, *arguments],
        stdin=given,
        stdout=taken,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        ended = process.wait(timeout=limits.seconds + 5)
    except subprocess.TimeoutExpired as error:
        raise NoAnswer("too long") from error
    finally:
        # with whatever it may have started
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if ended:
        raise NoAnswer(f"ended with {ended}")


def _read(answer):
    try:
        head = json.loads(answer.readline(_HEAD_BYTES))
        parts = tuple(_part(answer, facts) for facts in head["parts"])
        return Answer(str(head["outcome"]), dict(head["facts"]), parts)
    except (ValueError, KeyError, TypeError) as error:
        raise NoAnswer("not an answer") from error


def _part(answer, facts):
    size = facts.pop("size")
    data = answer.read(size)
    if len(data) != size or not size:
        raise ValueError("cut")
    return Part(data, facts)


def _write_all(descriptor, piece):
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]
