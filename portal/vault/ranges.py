"""Which bytes of a file a request asks for (RFC 9110, section 14): one range, or the whole."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """Bytes from `start` up to `stop`, out of `size`."""

    start: int
    stop: int
    size: int

    @property
    def is_whole(self) -> bool:
        return (self.start, self.stop) == (0, self.size)

    @property
    def content_range(self) -> str:
        """The header that says which bytes these are."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


class NotThere(Exception):
    """The range begins after the end of the file."""


def wanted(request, size: int, etag: str) -> tuple[Span, bool]:
    """The bytes to give, and whether they answer a range.

    A range that is not one, several ranges, or a range of another version of the file give the
    whole, as the RFC allows. Raises NotThere.
    """
    whole = Span(0, size, size)
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    version = request.headers.get("If-Range")
    if request.method != "GET" or asked is None or version not in {None, etag}:
        return whole, False
    first, last = asked.groups()
    if not first and not last:
        return whole, False
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
    if last and first and int(last) < int(first):
        return whole, False
    if start >= stop:
        raise NotThere
    return Span(start, stop, size), True
