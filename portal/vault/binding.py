"""Binds photographs into one PDF, each page drawn by a process of its own."""

from collections.abc import Iterable

from portal.vault.judging import apart
from portal.vault.judging.apart import Limits
from portal.vault.scanning import FORMATS, MAX_PIXELS

_MEGABYTE = 1024 * 1024
_PAGE_LIMITS = Limits(memory=1024 * _MEGABYTE, seconds=30, answer=2 * _MEGABYTE)
_BINDING_LIMITS = Limits(memory=512 * _MEGABYTE, seconds=30)


class UnbindablePage(Exception):
    """The photograph of this place cannot be drawn; places begin at 1."""

    def __init__(self, place: int):
        super().__init__(place)
        self.place = place


def bind(photographs: Iterable[tuple[bytes, str, int]]) -> bytes:
    """One PDF of these photographs: the bytes of each, its type, its turn clockwise in degrees.

    Upright as the telephone held it, without place, device or thumbnail, and light enough that
    thirty pages may be kept. Raises UnbindablePage.
    """
    pages = []
    for place, (data, content_type, turn) in enumerate(photographs, start=1):
        asked = (FORMATS[content_type], str(MAX_PIXELS), str(turn))
        pages.append(_made("draw_photograph", data, *asked, limits=_PAGE_LIMITS, place=place))
    framed = b"".join(len(page).to_bytes(4) + page for page in pages)
    return _made("bind_photographs", framed, limits=_BINDING_LIMITS, place=1)


def _made(program, data, *arguments, limits, place):
    try:
        answer = apart.ask(program, data, *arguments, limits=limits)
    except apart.NoAnswer as error:
        raise UnbindablePage(place) from error
    if answer.outcome != "made":
        raise UnbindablePage(place)
    return answer.parts[0].data
