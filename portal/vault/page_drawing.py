"""Draws the first page of a PDF in a process of its own, as `page_count` counts its pages.

PDFium ends its process when a page unfolds into too much, and bears one thread at a time.
"""

import io
import sys

LARGEST_SIDE = 1200
SECONDS = 15


def first_page(data: bytes) -> bytes:
    """A PNG of the first page. Raises UnreadablePdf when it cannot be drawn."""
    from portal.vault import page_count  # noqa: PLC0415 -- the process on its own has no portal

    return page_count.ask(__file__, data)


def _answer(memory: int) -> bytes:
    """What the process answers to its standard input; nothing when it cannot be drawn."""
    import resource  # noqa: PLC0415 -- only the process on its own

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import pypdfium2  # noqa: PLC0415 -- under the limits

    try:
        page = pypdfium2.PdfDocument(sys.stdin.buffer.read())[0]
        scale = min(3, LARGEST_SIDE / max(page.get_width(), page.get_height(), 1))
        picture = page.render(scale=scale).to_pil()
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return b""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(_answer(int(sys.argv[1])))
