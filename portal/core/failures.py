"""Pages for requests that failed before any view: said in words, nothing lost."""

from django.shortcuts import render


def csrf_failure(request, reason=""):
    """The form's protection is out of date: say so, keep the address, offer to go on."""
    return render(request, "csrf_failure.html", {"again": request.get_full_path()}, status=403)
