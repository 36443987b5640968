"""Few pieces of files at once in one process: the other threads are for pages."""

import threading
from http import HTTPStatus

from django.conf import settings

from portal.vault.arrival import tus

_PIECES = ("PATCH", "POST")
_SECONDS = 2


class UploadGate:
    """Send a piece back, to come again in a moment, when enough of them are being received.

    The client library waits and goes on where it was. Nothing was read of the session nor of the
    body yet, so a refusal costs almost nothing, and a page never waits behind two hundred uploads.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self._places = threading.BoundedSemaphore(settings.UPLOADS_AT_ONCE)

    def __call__(self, request):
        """Let anything else through."""
        if request.method not in _PIECES or "Tus-Resumable" not in request.headers:
            return self.get_response(request)
        if not self._places.acquire(blocking=False):
            return tus.answer(HTTPStatus.SERVICE_UNAVAILABLE, Retry_After=_SECONDS)
        try:
            return self.get_response(request)
        finally:
            self._places.release()
