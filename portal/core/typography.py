"""French typography: the signs that follow a space never begin a line."""

import re

from django.conf import settings

# Whole elements whose words are not ours to touch, then tags.
_NOT_WORDS = re.compile(
    r"(<(script|style|textarea|pre)\b.*?</\2\s*>|<[^>]*>)", re.DOTALL | re.IGNORECASE
)
_BEFORE = re.compile(r" (?=[:;?!»])")
_AFTER = re.compile(r"(?<=[«°]) ")
_FRENCH = re.compile(rb'<html[^>]*\blang="fr"')
NO_BREAK = "\u00a0"


def keep_together(words: str) -> str:
    """Put a no-break space before : ; ? ! » and after « and n°."""
    return _AFTER.sub(NO_BREAK, _BEFORE.sub(NO_BREAK, words))


def in_page(html: str) -> str:
    """The same in the words of a page; tags, scripts and what a person typed stay as they are."""
    pieces = _NOT_WORDS.split(html)
    # One match gives three pieces: the words before it, itself, and the name of its element.
    words = [keep_together(piece) if piece.strip() else piece for piece in pieces[0::3]]
    kept = [*pieces[1::3], ""]
    return "".join(word + tag for word, tag in zip(words, kept, strict=True))


class FrenchSpaces:
    """Sentences are written with ordinary spaces; on a phone they broke before their colon."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Only whole French pages of the portal; the editors' pages are Wagtail's own."""
        response = self.get_response(request)
        is_page = not response.streaming and response.get("Content-Type", "").startswith(
            "text/html"
        )
        if is_page and not settings.IS_EDITING_PROCESS and _FRENCH.search(response.content[:400]):
            response.content = in_page(response.content.decode()).encode()
        return response
