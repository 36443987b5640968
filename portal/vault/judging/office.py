"""Recognises the documents of a word processor, whose author can make a PDF of them."""

import magic

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_RICH_TEXT = b"{\\rtf"
# What the first entries of such a file are called, where the signatures of libmagic stop.
_INSIDE = (
    *(b"word/", b"xl/", b"ppt/", b"[Content_Types].xml"),
    *(b"mimetypeapplication/vnd.oasis.opendocument", b"Index/Document.iwa"),
)
_SAID = ("application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument")


def is_office_document(data: bytes) -> bool:
    """Whether these bytes begin as a text, a table or slides do, whatever their name."""
    head = data[:8192]
    if head.startswith((_OLD, _RICH_TEXT)):
        return True
    if not head.startswith(_ZIP):
        return False
    return any(name in head for name in _INSIDE) or magic.from_buffer(head, mime=True).startswith(
        _SAID
    )
