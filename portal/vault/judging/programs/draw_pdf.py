"""Draws some pages of a PDF, each in every width. Arguments: first page, last page, the widths.

PDFium ends its process when a page unfolds into too much, and bears one thread at a time.
"""

import sys

import pypdfium2
from answering import answer, read
from pixels import TALLEST, page_images


def _draw(first: int, last: int, widths: list[int]) -> None:
    try:
        document = pypdfium2.PdfDocument(read())
        made = []
        for number in range(first, min(last, len(document)) + 1):
            made += page_images(_drawn(document[number - 1], max(widths)), number, widths)
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return answer("unreadable")
    return answer("drawn", made)


def _drawn(page, width):
    wide, tall = max(page.get_width(), 1), max(page.get_height(), 1)
    scale = min(width / wide, width * TALLEST / tall)
    picture = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False).to_pil()
    page.close()
    return picture.convert("RGB")


if __name__ == "__main__":
    _draw(int(sys.argv[1]), int(sys.argv[2]), [int(width) for width in sys.argv[3:]])
