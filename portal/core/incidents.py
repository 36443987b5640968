"""What fails while a request is answered, noted here, and recorded once nothing can undo it.

The floor knows no dossier: whoever answers the request from above writes what was noted.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

_noted: ContextVar[list[str] | None] = ContextVar("portal_failures", default=None)


@contextlib.contextmanager
def watching() -> Iterator[list[str]]:
    """Gather the failures of ours that happen inside."""
    noted: list[str] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def note(kind: str) -> None:
    """Say that something failed on our side for who is served now; nobody is, nothing is noted."""
    noted = _noted.get()
    if noted is not None:
        noted.append(kind)
