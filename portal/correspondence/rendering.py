"""A letter's row becomes a PDF that a screen reader can read; nothing is fetched."""

from datetime import date
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation

from portal.core import clock
from portal.correspondence.models import Letter

ASSETS = Path(__file__).parent / "assets"
_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf", ".woff2": "font/woff2"}
MAX_HTML = 400_000
MAX_HTML_OF_A_PAPER = 2_000_000


class RenderingFailed(Exception):
    """The letter's template asks for what a letter may not have."""


def assets() -> dict[str, tuple[bytes, str]]:
    """Everything that a letter may include, by the name it uses: `asset:letter.css`."""
    return {
        path.name: (path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(ASSETS.iterdir())
        if path.suffix in _TYPES
    }


def page(letter: Letter) -> str:
    """The letter in HTML, in its own language and with the office's days."""
    with translation.override(letter.language):
        return render_to_string(
            f"letters/{letter.kind}.html",
            _framed(
                {**letter.context, "letter": letter},
                letter.language,
                clock.legal_day(letter.issued_at),
            ),
        )


def pdf(letter: Letter) -> bytes:
    """The PDF of a letter: tagged, titled, in its language.

    Raises RenderingFailed when the page is too long or includes anything but our assets.
    """
    return _printed(page(letter), MAX_HTML)


def paper(kind: str, context: dict, *, language: str, issued_on: date) -> bytes:
    """The PDF of what is no letter, from the same page: nobody sent it. Raises RenderingFailed."""
    with translation.override(language):
        html = render_to_string(f"letters/{kind}.html", _framed(context, language, issued_on))
    return _printed(html, MAX_HTML_OF_A_PAPER)


def _framed(context, language, issued_on):
    return {
        **context,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "issued_on": issued_on,
    }


def _printed(html, most):
    # half a second and 80 MB: only the worker pays for it
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import (  # noqa: PLC0415
        FatalURLFetchingError,
        URLFetcher,
        URLFetcherResponse,
    )

    class AssetFetcher(URLFetcher):
        """Gives our assets by name and refuses every other address."""

        def __init__(self):
            super().__init__(
                allowed_protocols=("asset",), allow_redirects=False, fail_on_errors=True
            )
            self.table, self.refused = assets(), []

        def fetch(self, url, headers=None):
            scheme, _colon, name = url.partition(":")
            if scheme != "asset" or name not in self.table:
                self.refused.append(url[:80])
                raise PermissionError(url[:80])
            body, content_type = self.table[name]
            return URLFetcherResponse(url, body, {"Content-Type": content_type})

    if len(html) > most:
        raise RenderingFailed("the letter is too long")
    fetcher = AssetFetcher()
    try:
        data = HTML(string=html, base_url="asset:", url_fetcher=fetcher).write_pdf(pdf_tags=True)
    except FatalURLFetchingError as error:
        raise RenderingFailed(f"not an asset: {fetcher.refused[:1]}") from error
    if fetcher.refused:  # inside an image the refusal alone would pass unseen
        raise RenderingFailed(f"not an asset: {fetcher.refused[0]}")
    return data
