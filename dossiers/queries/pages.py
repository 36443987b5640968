"""The addresses of a draft's pages: the person's own, or the counter's where an agent types."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from django.urls import reverse

COUNTER = "assisted"
"""The name under which the same pages are served at the counter."""

_place: ContextVar[str | None] = ContextVar("dossiers_pages", default=None)


@contextlib.contextmanager
def at_the_counter() -> Iterator[None]:
    """Inside, every page of a draft links to the counter's pages, never to the person's."""
    token = _place.set(COUNTER)
    try:
        yield
    finally:
        _place.reset(token)


def own_page(name: str, *args) -> str:
    """The address of a page that the person alone may open; empty at the counter."""
    return "" if _place.get() == COUNTER else page(name, *args)


def page(name: str, *args) -> str:
    """The address of a page of this room, on the side where the reader is."""
    return reverse(f"dossiers:{name}", args=args, current_app=_place.get())
