"""Turns decoded pixels into what is kept: upright, on white paper, bare of all metadata."""

import io
import struct

from PIL import Image, ImageOps

UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, MemoryError, struct.error)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
COPY_SIDE = 4000  # a page of paper at 340 points an inch
# A till receipt is long: its image is no taller than so many times its width.
TALLEST = 4


def bare(picture):
    """The pixels in a new image of 8 bits: no EXIF, profile, thumbnail or layer can follow."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode == "RGB":
        return _copied(picture)
    if picture.mode in {"L", "CMYK", "YCbCr", "LAB", "HSV", "1", "F"} and (
        "transparency" not in picture.info
    ):
        return _copied(picture.convert("RGB"))
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _copied(picture):
    picture.info = {}
    return picture


def upright(picture):
    """The picture turned as the camera says that it was held."""
    return ImageOps.exif_transpose(picture)


def as_jpeg(picture) -> bytes:
    """The clean copy of a photograph."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def page_images(picture, page: int, widths):
    """(bytes, facts) of one page in each width; a narrower picture is not enlarged."""
    made = []
    for width in sorted(widths, reverse=True):
        # each is made from the larger one, which is nearer than the original
        picture = _fitted(picture, width)
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=80, method=0)
        made.append((out.getvalue(), {"page": page, "width": width}))
    return made


def _fitted(picture, width):
    scale = min(1, width / picture.width, width * TALLEST / picture.height)
    if scale == 1:
        return picture
    size = [max(1, round(side * scale)) for side in picture.size]
    return picture.resize(size, Image.Resampling.BOX if scale < 0.5 else Image.Resampling.BICUBIC)
