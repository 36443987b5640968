"""The addresses of a draft's pages: the person's own, the counter's, or a helper's by mandate."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from django.urls import reverse

COUNTER = "assisted"
"""The name under which the same pages are served at the counter."""

BY_MANDATE = "mandated"
"""The name under which the same pages are served to a helper who acts by mandate."""

_place: ContextVar[str | None] = ContextVar("dossiers_pages", default=None)


@contextlib.contextmanager
def at_the_counter() -> Iterator[None]:
    """Inside, every page of a draft links to the counter's pages, never to the person's."""
    with _at(COUNTER):
        yield


@contextlib.contextmanager
def by_mandate() -> Iterator[None]:
    """Inside, every page of a dossier links to the helper's pages, never to the person's."""
    with _at(BY_MANDATE):
        yield


@contextlib.contextmanager
def _at(place: str) -> Iterator[None]:
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def own_page(name: str, *args) -> str:
    """The address of a page that the person alone may open; empty for anybody else who reads."""
    return "" if _place.get() else page(name, *args)


def page(name: str, *args) -> str:
    """The address of a page of this room, on the side where the reader is."""
    return reverse(f"dossiers:{name}", args=args, current_app=_place.get())
