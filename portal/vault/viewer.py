"""The page that shows a file: one page after the other, as images, without any script."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import Http404, HttpResponse
from django.shortcuts import render

from portal.vault import access, reading_lines
from portal.vault.enums import RenditionKind
from portal.vault.models import StoredFile
from portal.vault.views import LARGE, SMALL


@dataclass(frozen=True)
class Frame:
    """Where the page stands: the base of its room, its addresses, the way back."""

    base: str
    image_url: Callable[[int, int], str]
    back_url: str
    copy_url: str = ""
    sent_url: str = ""
    context: dict = field(default_factory=dict)


def show(request, stored: StoredFile, frame: Frame) -> HttpResponse:
    """The page of a file. Raises Http404 unless this person may read it and the page exists."""
    if not access.may_read(stored, request.user):
        raise Http404
    number = _number(request.GET.get("page", "1"), stored.pages)
    is_own = stored.applicant_id == request.user.pk
    drawn = not stored.is_held_back and stored.renditions.filter(
        kind=RenditionKind.PAGE, page=number
    )
    return render(
        request,
        "vault/pages.html",
        {
            "base": frame.base,
            "stored": stored,
            "number": number,
            "is_drawn": bool(drawn) and drawn.exists(),
            "is_own": is_own,
            "zoomed": "zoom" in request.GET,
            "small_url": frame.image_url(number, SMALL),
            "large_url": frame.image_url(number, LARGE),
            "widths": {"small": SMALL, "large": LARGE},
            "back_url": frame.back_url,
            "reading": _reading(stored, request.user),
            "copy_url": frame.copy_url if is_own or stored.is_clean else "",
            "sent_url": frame.sent_url if is_own else "",
            **frame.context,
        },
    )


def _reading(stored, reader):
    """What a machine read on the file; an agent who is shown it leaves a line."""
    reading = None if stored.is_held_back else stored.reading
    if reading is not None:
        reading_lines.leave(stored, reader, {"shown": "machine_reading"})
    return reading


def _number(asked: str, pages: int) -> int:
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= pages):
        raise Http404
    return int(asked)
