"""Reads what a clean copy bears for machines: DataMatrix codes, and lines of a passport or a card.

Arguments: "PDF" or "JPEG", how many pages to look at, the program that reads letters if any.
"""

import io
import os
import subprocess
import sys

import pypdfium2
import zxingcpp
from answering import answer, read
from PIL import Image, ImageOps
from pixels import BOMBS, UNREADABLE

DOTS_AN_INCH, LONGEST_SIDE = 200, 4000
MOST_CODES, LONGEST_CODE = 4, 2000
# The lines are at the foot of a page; a photograph leans.
LINES_SIDE, LEANS, MOST_TEXT = 1800, (0, -2.2, 2.2), 4000
SECONDS_FOR_LINES = 6
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
READER_OPTIONS = (
    *("--psm", "6", "-c", "load_system_dawg=0", "-c", "load_freq_dawg=0"),
    *("-c", f"tessedit_char_whitelist={SIGNS}"),
)


def _pages(kind, data, most):
    if kind == "JPEG":
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            yield image.convert("L")
        return
    document = pypdfium2.PdfDocument(data)
    for number in range(min(most, len(document))):
        page = document[number]
        longest = max(page.get_width(), page.get_height(), 1)
        scale = min(DOTS_AN_INCH / 72, LONGEST_SIDE / longest)
        yield page.render(scale=scale, may_draw_forms=False, grayscale=True).to_pil().convert("L")
        page.close()


def _codes(picture):
    """The codes of a page; where there is none, twice as large, which saves some small ones."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.DataMatrix)
    if not found and max(picture.size) <= LONGEST_SIDE // 2:
        twice = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
        found = zxingcpp.read_barcodes(twice, formats=zxingcpp.BarcodeFormat.DataMatrix)
    return [bytes(code.bytes).hex() for code in found if len(code.bytes) <= LONGEST_CODE]


def _texts(picture, reader):
    """The letters of the lower half of a page, read at several slopes: each one is a guess."""
    picture = ImageOps.autocontrast(picture)
    picture.thumbnail((LINES_SIDE, LINES_SIDE), reducing_gap=2)
    for lean in LEANS:
        turned = picture.rotate(lean, fillcolor=160, resample=Image.Resampling.BICUBIC)
        text = _text(turned.crop((0, turned.height // 2, *turned.size)), reader)
        if "<<" not in text:
            return  # most papers have no such lines, and are looked at once
        yield text[:MOST_TEXT]


def _text(picture, reader):
    page = io.BytesIO()
    picture.save(page, "PNG", compress_level=1)
    try:
        done = subprocess.run(
            [reader, "stdin", "stdout", *READER_OPTIONS],
            input=page.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS_FOR_LINES,
            check=True,
            env={"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("ascii", "ignore")


def _read(kind, most, reader):
    codes, texts = [], []
    try:
        for number, picture in enumerate(_pages(kind, read(), most)):
            codes += _codes(picture)
            if number == 0 and reader and os.path.exists(reader):
                texts += _texts(picture, reader)
    except BOMBS + UNREADABLE + (pypdfium2.PdfiumError,):
        return answer("unreadable")
    return answer("read", codes=codes[:MOST_CODES], texts=texts)


if __name__ == "__main__":
    _read(sys.argv[1], int(sys.argv[2]), sys.argv[3])
