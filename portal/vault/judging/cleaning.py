"""Asks the processes apart to make a clean copy, page images, and a copy that names its reader."""

from dataclasses import dataclass

from portal.vault.judging import apart
from portal.vault.judging.apart import Limits, Part
from portal.vault.scanning import FORMATS, JPEG, MAX_PAGES, MAX_PIXELS, PDF

WEBP = "image/webp"
SMALL, LARGE = 480, 1400
WIDTHS = (str(SMALL), str(LARGE))
# Drawn by one process: a long document is drawn in several goes, each with its own limits.
PAGES_AT_ONCE = 10

_MEGABYTE = 1024 * 1024
_PDF_LIMITS = Limits(memory=768 * _MEGABYTE, seconds=30)
_IMAGE_LIMITS = Limits(memory=1024 * _MEGABYTE, seconds=30)
_MARK_LIMITS = Limits(memory=512 * _MEGABYTE, seconds=10)
_BEGINNINGS = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", WEBP: b"RIFF"}


class Unreadable(Exception):
    """Nothing that may be shown can be made of this file; the argument says why in one word."""


@dataclass(frozen=True)
class PageImage:
    """One page as an image of one width."""

    page: int
    width: int
    data: bytes


@dataclass(frozen=True)
class Cleaned:
    """What may be shown in the place of a file."""

    copy: bytes
    content_type: str
    images: tuple[PageImage, ...]


def cleaned(given: int, content_type: str, pages: int) -> Cleaned:
    """The clean copy of an open file in memory, and the images of its first pages.

    Raises Unreadable.
    """
    if content_type == PDF:
        copy = _copy(_ask_of("clean_pdf", given, str(MAX_PAGES), str(MAX_PIXELS)), PDF)
        return Cleaned(copy, PDF, drawn(copy, 1, min(pages, PAGES_AT_ONCE)))
    asked = (FORMATS[content_type], str(MAX_PIXELS), *WIDTHS)
    parts = _ask_of("clean_image", given, *asked, limits=_IMAGE_LIMITS)
    return Cleaned(_copy(parts, JPEG), JPEG, _images(parts[1:]))


def drawn(copy: bytes, first: int, last: int) -> tuple[PageImage, ...]:
    """The images of these pages of a clean PDF. Raises Unreadable."""
    with apart.in_memory(copy) as given:
        images = _images(_ask_of("draw_pdf", given, str(first), str(last), *WIDTHS))
    if len(images) != (last - first + 1) * len(WIDTHS):
        raise Unreadable("pages")
    return images


def marked(copy: bytes, content_type: str, words: str) -> bytes:
    """The same copy with these words across each page. Raises Unreadable."""
    kind = "PDF" if content_type == PDF else "JPEG"
    with apart.in_memory(copy) as given:
        parts = _ask_of("mark", given, kind, words, limits=_MARK_LIMITS)
    return _checked(parts[0], content_type)


def _ask_of(program, given, *arguments, limits=None) -> tuple[Part, ...]:
    try:
        answer = apart.ask_of(program, given, *arguments, limits=limits or _PDF_LIMITS)
    except apart.NoAnswer as error:
        raise Unreadable("no_answer") from error
    if not answer.parts:
        raise Unreadable(answer.outcome)
    return answer.parts


def _copy(parts, content_type):
    if parts[0].facts.get("copy") != content_type:
        raise Unreadable("no_copy")
    return _checked(parts[0], content_type)


def _images(parts):
    return tuple(
        PageImage(int(one.facts["page"]), int(one.facts["width"]), _checked(one, WEBP))
        for one in parts
    )


def _checked(part, content_type):
    # a process that was taken over may say anything: at least the kind of bytes is the right one
    if not part.data.startswith(_BEGINNINGS[content_type]):
        raise Unreadable("forged")
    return part.data
