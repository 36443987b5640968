"""Invented papers, made as real files: PDF, JPEG, PNG and HEIC, marked as specimens."""

import io

import pillow_heif
from PIL import Image, ImageDraw, ImageFont

pillow_heif.register_heif_opener()

PAPER = (248, 246, 242)
INK = (27, 34, 34)
TEAL = (15, 76, 74)
FORMATS = {
    "pdf": ("PDF", "application/pdf"),
    "jpg": ("JPEG", "image/jpeg"),
    "png": ("PNG", "image/png"),
    "heic": ("HEIF", "image/heic"),
}


def _font(size):
    """The system's face, which has every accent; Pillow's own has none."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)
    except OSError:
        return ImageFont.load_default(size)


def _font(size):
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)  # with accents, where it is installed
    except OSError:
        return ImageFont.load_default(size)


def _page(title, lines):
    page = Image.new("RGB", (1240, 877), PAPER)
    draw = ImageDraw.Draw(page)
    large, small = _font(44), _font(28)
    draw.rectangle((0, 0, 1240, 110), fill=TEAL)
    draw.text((50, 30), title, font=large, fill="white")
    for place, line in enumerate(lines):
        draw.text((420, 170 + 48 * place), line, font=small, fill=INK)
    draw.rectangle((50, 170, 360, 570), outline=TEAL, width=4)
    draw.ellipse((140, 230, 270, 380), fill=(220, 236, 234))
    draw.pieslice((95, 390, 315, 700), 180, 360, fill=(220, 236, 234))
    draw.rectangle((52, 571, 360, 700), fill=PAPER)
    draw.text((330, 760), "SPECIMEN - DOCUMENT INVENTÉ", font=large, fill=(190, 90, 60))
    return page


def paper(title, lines, extension):
    """One invented paper as (file name, bytes, media type)."""
    kind, media_type = FORMATS[extension]
    buffer = io.BytesIO()
    _page(title, lines).save(buffer, format=kind)
    name = "".join(c if c.isalnum() else "-" for c in title.lower()) + f".{extension}"
    return name, buffer.getvalue(), media_type
