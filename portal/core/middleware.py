"""Headers that depend on where a page is."""

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language


class LanguageOfThePage(LocaleMiddleware):
    """Django's choice of a language; a page that refused to exist stays a 404."""

    def process_response(self, request, response):
        """Send to the prefixed address only what no view has answered."""
        if response.status_code == 404 and getattr(request, "resolver_match", None) is not None:
            response.setdefault("Content-Language", get_language())
            return response
        return super().process_response(request, response)


class PersonalPagesAreNotStored:
    """Pages of a signed-in person stay out of every cache, the browser's own included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Set the header unless the view chose one."""
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
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
