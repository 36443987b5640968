"""How a file is given to a browser: authorised anew, journaled, and inert.

What a person sent is shown by the images of its pages, and given as its clean copy. The original
leaves the vault for its own sender alone, and only when they ask for what they sent.
"""

import contextlib
from dataclasses import dataclass

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from portal.core import clock
from portal.vault import access, ranges, reading_lines, scanning, services, storage
from portal.vault.enums import FileKind, RenditionKind
from portal.vault.judging import cleaning, remaking
from portal.vault.models import Rendition, StoredFile

SMALL, LARGE = cleaning.SMALL, cleaning.LARGE
_NOTHING_RUNS = "default-src 'none'; sandbox"
# Below, the bytes are verified to their last before the first one is given.
_AT_ONCE = 1024 * 1024


@dataclass(frozen=True)
class Content:
    """Kept bytes, and how a browser is told to take them."""

    stored: StoredFile
    key: str
    size: int
    sha256: str
    content_type: str
    name: str
    inline: bool = False

    @property
    def etag(self) -> str:
        """Says whether two answers are of the same bytes."""
        return f'"{self.sha256[:32]}"'


def serve(request, stored: StoredFile) -> HttpResponse:
    """A letter or a card, which the portal made. Raises Http404 unless this person may read it."""
    _authorise(stored, request.user)
    if stored.kind == FileKind.EVIDENCE:
        raise Http404
    return _give(request, _original(stored), {"shown": "file"})


def serve_sent(request, stored: StoredFile) -> HttpResponse:
    """What its sender sent, to its sender, unchanged; a virus is not given back.

    Raises Http404 for anybody else.
    """
    _authorise(stored, request.user)
    if stored.applicant_id != request.user.pk or stored.is_held_back:
        raise Http404
    return _give(request, _original(stored), {"shown": "sent"})


def serve_page(request, stored: StoredFile, page: int, width: int = SMALL) -> HttpResponse:
    """The image of a page. Raises Http404 unless it is drawn and this person may read it now."""
    _authorise(stored, request.user)
    image = _rendition(stored, kind=RenditionKind.PAGE, page=page, width=width)
    content = _of(image, stored, f"page-{page}.webp", inline=True)
    return _give(request, content, {"shown": "page", "page": page})


def serve_copy(request, stored: StoredFile) -> HttpResponse:
    """The clean copy, as a file to keep; an agent's names its reader on every page.

    Raises Http404, also for an agent while the antivirus has not said that the file is clean.
    """
    _authorise(stored, request.user)
    if stored.applicant_id != request.user.pk and not stored.is_clean:
        raise Http404
    copy = _rendition(stored, kind=RenditionKind.COPY)
    name = scanning.safe_name(stored.original_name, scanning.EXTENSIONS[copy.content_type])
    content = _of(copy, stored, name)
    if stored.applicant_id == request.user.pk:
        return _give(request, content, {"shown": "copy"})
    return _give_marked(request, content)


def _authorise(stored, user):
    if not access.may_read(stored, user):
        raise Http404


def _rendition(stored, **which):
    found = None if stored.is_held_back else stored.renditions.filter(**which).first()
    if found is None:
        raise Http404
    return found


def _original(stored):
    facts = (stored.storage_key, stored.size, stored.sha256, stored.content_type)
    return Content(stored, *facts, name=stored.original_name)


def _of(made: Rendition, stored, name, *, inline=False):
    facts = (made.storage_key, made.size, made.sha256, made.content_type)
    return Content(stored, *facts, name=name, inline=inline)


def _give(request, content: Content, shown: dict) -> HttpResponse:
    """The bytes, or the range of them, that the request asks for."""
    try:
        span, partial = ranges.wanted(request, content.size, content.etag)
    except ranges.NotThere:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{content.size}"
        return _inert(response, content)
    if request.method == "HEAD":
        return _measured(HttpResponse(), content, span)
    try:
        response = _with_bytes(content, span)
    except storage.StorageDown:
        return render(request, "vault/unavailable.html", status=503)
    reading_lines.leave(content.stored, request.user, shown, goes_on=span.start > 0)
    if partial:
        response.status_code = 206
        response["Content-Range"] = span.content_range
    return _measured(response, content, span)


def _with_bytes(content, span):
    if span.is_whole and content.size <= _AT_ONCE:
        return HttpResponse(_whole(content))
    pieces = _part(content, span)
    if span.stop - span.start <= _AT_ONCE:
        return HttpResponse(b"".join(pieces))
    return StreamingHttpResponse(pieces)


def _whole(content):
    stored = content.stored
    if content.key == stored.storage_key:
        return services.open_file(stored)
    about = {"subject_id": stored.subject_id, "kind": stored.kind}
    with _made_again_if_lost(content):
        return storage.fetch(content.key, sha256=content.sha256, **about)


def _part(content, span):
    stored = content.stored
    if content.key == stored.storage_key:
        return services.open_range(stored, span.start, span.stop)
    about = {"subject_id": stored.subject_id, "kind": stored.kind, "size": content.size}
    with _made_again_if_lost(content):
        pieces = storage.open_range(content.key, start=span.start, stop=span.stop, **about)
    return _watched(content, pieces)


def _watched(content, pieces):
    with _made_again_if_lost(content):
        yield from pieces


@contextlib.contextmanager
def _made_again_if_lost(content):
    """A rendition whose object is lost is asked for again; this reader is told to come back."""
    try:
        yield
    except storage.StorageDown as error:
        remaking.note(content.stored, content.key, error)
        raise


def _give_marked(request, content):
    if request.method == "HEAD":
        return _inert(HttpResponse(), content)
    try:
        data = cleaning.marked(_whole(content), content.content_type, _words_of(request.user))
    except (storage.StorageDown, cleaning.Unreadable):
        return render(request, "vault/unavailable.html", status=503)
    reading_lines.leave(content.stored, request.user, {"shown": "copy"})
    return _inert(HttpResponse(data), content)


def _words_of(reader):
    moment = timezone.localtime(clock.now())
    return f"{reader.display_name or reader.email} – {moment:%d/%m/%Y %H:%M}"


def _measured(response, content, span):
    response["Content-Length"] = str(span.stop - span.start)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = content.etag
    return _inert(response, content)


def _inert(response, content: Content):
    """Nothing in the file can run, load, be guessed, be kept or be embedded elsewhere."""
    response["Content-Type"] = content.content_type
    response["Content-Disposition"] = content_disposition_header(not content.inline, content.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response
