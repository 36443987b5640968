"""The first page of a file as an image that carries nothing but its pixels."""

import io

from PIL import Image, ImageOps

from portal.vault import page_count, page_drawing, scanning

LARGEST_SIDE = page_drawing.LARGEST_SIDE


class NoPreview(Exception):
    """This file cannot be shown as an image."""


def first_page(data: bytes, content_type: str) -> bytes:
    """A JPEG of the first page, upright, without the metadata of the original.

    Raises NoPreview when the file cannot be drawn.
    """
    try:
        picture = _pdf_page(data) if content_type == scanning.PDF else _photograph(data)
    except (page_count.UnreadablePdf, MemoryError, *scanning.UNREADABLE_IMAGE) as error:
        raise NoPreview(type(error).__name__) from error
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _pdf_page(data):
    with Image.open(io.BytesIO(page_drawing.first_page(data)), formats=["PNG"]) as drawn:
        return _bare(drawn)


def _photograph(data):
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        return _bare(upright)


def _bare(picture):
    """The pixels on white paper, in a new image: no EXIF, profile or thumbnail can follow."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    paper = Image.new("RGB", picture.size, "white")
    layer = picture.convert("RGBA")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper
