"""Headers that depend on where a page is."""

from django.conf import settings


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
