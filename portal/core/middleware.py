"""Headers that depend on where a page is."""

from django.conf import settings
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import (
    get_language,
    get_language_from_path,
    get_language_from_request,
)

LANGUAGE_KEPT = 365 * 24 * 3600
_COMPRESSED = ("image/", "application/pdf", "application/zip", "application/octet-stream")


class LanguageOfThePage(LocaleMiddleware):
    """Django's choice of a language, kept when a reader goes on; a 404 of a view stays one."""

    def process_response(self, request, response):
        """Send to the prefixed address only what no view has answered."""
        if response.status_code == 404 and getattr(request, "resolver_match", None) is not None:
            response.setdefault("Content-Language", get_language())
            return response
        _remember_language(request, response)
        return super().process_response(request, response)


def _remember_language(request, response):
    """Someone who reads /ar/ then signs in stays in Arabic, whatever their browser speaks."""
    read = get_language_from_path(request.path_info)
    if read is None or response.status_code != 200:
        return
    if get_language_from_request(request) != read:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            read,
            max_age=LANGUAGE_KEPT,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )


class GZipWords(GZipMiddleware):
    """Django's compression for pages and styles alone: a file's ranges count its own bytes."""

    def process_response(self, request, response):
        """Leave images and documents as they are; they are compressed already."""
        kind = response.get("Content-Type", "")
        if kind.startswith(_COMPRESSED):
            return response
        return super().process_response(request, response)


class PersonalPagesAreNotStored:
    """Pages of a signed-in person stay out of every cache, the browser's own included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Set the header unless the view chose one."""
        response = self.get_response(request)
        # a page that reads a code by camera says so itself
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and "Cache-Control" not in response and user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response


class EditingPagesMiddleware:
    """Wagtail's pages carry inline scripts: they get their own policy, and only they."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Replace the strict policy on the editing process's own pages."""
        response = self.get_response(request)
        if settings.IS_EDITING_PROCESS:
            replaced = settings.EDITING_CSP | dict.fromkeys(("script-src", "style-src"))
            response._csp_replace = replaced  # noqa: SLF001 -- what csp's own decorators set
            response["X-Frame-Options"] = "SAMEORIGIN"
        return response
