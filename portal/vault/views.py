"""How a file is given to a browser: authorised anew, journaled, and inert."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from portal.core import journal
from portal.vault import access, previews, scanning, services, storage
from portal.vault.models import StoredFile

_SHOWN_IN_PAGE = {scanning.PDF, scanning.JPEG, scanning.PNG}
_NOTHING_RUNS = "default-src 'none'; sandbox"
# Chromium's own reader shows nothing at all in a sandbox; it runs apart from our pages anyway.
_NOTHING_LOADS = "default-src 'none'"


def serve(request, stored: StoredFile, *, download: bool = False) -> HttpResponse:
    """The file itself. Raises Http404 unless this person may read it now.

    An agent's reading leaves a line in the journal, without which nothing is given.
    """
    _authorise(stored, request.user)
    try:
        data = services.open_file(stored)
    except storage.StorageDown:
        return render(request, "vault/unavailable.html", status=503)
    _leave_a_line(stored, request.user, "file")
    inline = stored.content_type in _SHOWN_IN_PAGE and not download
    return _inert(data, stored.content_type, stored.original_name, inline=inline)


def serve_preview(request, stored: StoredFile) -> HttpResponse:
    """The image of the first page, under the same rule and with the same line."""
    _authorise(stored, request.user)
    try:
        picture = first_page_image(stored)
    except previews.NoPreview as error:
        raise Http404 from error
    except storage.StorageDown:
        return render(request, "vault/unavailable.html", status=503)
    _leave_a_line(stored, request.user, "preview")
    return _inert(picture, scanning.JPEG, "apercu.jpg", inline=True)


def first_page_image(stored: StoredFile) -> bytes:
    """A JPEG of the first page: the one kept by the job, else made now.

    Raises NoPreview or StorageDown; asks nothing about who reads.
    """
    if stored.preview_key:
        return storage.fetch(stored.preview_key, subject_id=stored.subject_id, kind=stored.kind)
    return previews.first_page(services.open_file(stored), stored.content_type)


def _authorise(stored, user):
    if not access.may_read(stored, user):
        raise Http404


def _leave_a_line(stored, user, shown):
    if user.pk == stored.applicant_id:
        return
    journal.record(
        "document.read",
        subject_type="stored_file",
        subject_id=stored.pk,
        dossier_id=stored.subject_id,
        prefecture=stored.prefecture_code or "",
        facts={"shown": shown},
    )


def _inert(data, content_type, name, *, inline):
    """Nothing in the file can run, load, be guessed, be kept or be embedded elsewhere."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name)
    response["X-Content-Type-Options"] = "nosniff"
    read_by_browser = inline and content_type == scanning.PDF
    response["Content-Security-Policy"] = _NOTHING_LOADS if read_by_browser else _NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response
