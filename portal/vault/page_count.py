"""Counts the pages of a PDF in a process of its own, which may use little memory and time.

A few kilobytes of a PDF may unfold into gigabytes: in the web process they would end it.
"""

import io
import subprocess
import sys

MEMORY_BYTES = 512 * 1024 * 1024
SECONDS = 15
LOCKED, UNREADABLE = "locked", "unreadable"


class LockedPdf(Exception):
    """The document asks for a password."""


class UnreadablePdf(Exception):
    """The document is damaged, or unfolds into more than anybody needs."""


def pages_of(data: bytes) -> int:
    """How many pages these bytes show. Raises LockedPdf or UnreadablePdf."""
    answer = ask(__file__, data).decode(errors="replace").strip()
    if answer == LOCKED:
        raise LockedPdf
    if not answer.isdigit():
        raise UnreadablePdf(answer)
    return int(answer)


def ask(script: str, data: bytes) -> bytes:
    """What a script of ours, run apart under the limits, answers to these bytes.

    Raises UnreadablePdf when it says nothing, ends badly or takes too long.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", script, str(MEMORY_BYTES)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadablePdf("too long to read") from error
    if done.returncode or not done.stdout:
        raise UnreadablePdf(f"ended with {done.returncode}")
    return done.stdout


def _answer(memory: int) -> str:
    """What the process says of its standard input."""
    import resource  # noqa: PLC0415 -- only the process on its own

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import pikepdf  # noqa: PLC0415 -- under the limits

    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
            return str(len(pdf.pages))
    except pikepdf.PasswordError:
        return LOCKED
    except (pikepdf.PdfError, ValueError, RuntimeError, MemoryError):
        return UNREADABLE


if __name__ == "__main__":
    sys.stdout.write(_answer(int(sys.argv[1])))
