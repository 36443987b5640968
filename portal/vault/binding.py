"""Binds photographs into one PDF, each page in a process of its own with little memory and time."""

import io
import struct
import sys
from collections.abc import Iterable

LARGEST_SIDE, QUALITY = 2000, 80
SMALLER_SIDE, LOWER_QUALITY = 1500, 65
LIGHT_PAGE_BYTES = 320 * 1024
A4_POINTS = 842
_LENGTH = struct.Struct(">I")


class UnbindablePage(Exception):
    """The photograph of this place cannot be drawn; places begin at 1."""

    def __init__(self, place: int):
        super().__init__(place)
        self.place = place


def bind(photographs: Iterable[tuple[bytes, int]]) -> bytes:
    """One PDF of these photographs, each turned clockwise by so many degrees.

    Upright as the telephone held it, without place, device or thumbnail, small enough that thirty
    pages are a file that can be sent. Raises UnbindablePage.
    """
    from portal.vault import page_count  # noqa: PLC0415 -- the process on its own has no portal

    pages = []
    for place, (data, turn) in enumerate(photographs, start=1):
        try:
            pages.append(
                page_count.ask(__file__, data, str(turn), memory=page_count.IMAGE_MEMORY_BYTES)
            )
        except page_count.UnreadablePdf as error:
            raise UnbindablePage(place) from error
    framed = b"".join(_LENGTH.pack(len(page)) + page for page in pages)
    try:
        return page_count.ask(__file__, framed)
    except page_count.UnreadablePdf as error:
        raise UnbindablePage(1) from error


def _page(data: bytes, turn: int) -> bytes:
    """A JPEG of one photograph, for the process that draws it."""
    import pillow_heif  # noqa: PLC0415 -- under the limits
    from PIL import Image, ImageOps  # noqa: PLC0415 -- under the limits

    pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    for side, quality in ((LARGEST_SIDE, QUALITY), (SMALLER_SIDE, LOWER_QUALITY)):
        upright.thumbnail((side, side))
        out = io.BytesIO()
        # a new image carries neither EXIF nor profile; turning counts the other way round
        upright.rotate(-turn, expand=True).save(out, "JPEG", quality=quality, exif=b"")
        if out.tell() <= LIGHT_PAGE_BYTES:
            break
    return out.getvalue()


def _document(framed: bytes) -> bytes:
    """The PDF of the drawn pages, for the process that binds them."""
    import pikepdf  # noqa: PLC0415 -- under the limits
    from PIL import Image  # noqa: PLC0415 -- under the limits

    pdf, at = pikepdf.new(), 0
    while at < len(framed):
        (length,) = _LENGTH.unpack_from(framed, at)
        picture = framed[at + _LENGTH.size : at + _LENGTH.size + length]
        at += _LENGTH.size + length
        with Image.open(io.BytesIO(picture)) as image:
            width, height = image.size
        scale = A4_POINTS / max(width, height)
        drawn = pikepdf.Stream(
            pdf,
            picture,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page = pdf.add_blank_page(page_size=(width * scale, height * scale))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=drawn))
        page.Contents = pikepdf.Stream(
            pdf, b"%.2f 0 0 %.2f 0 0 cm /Photo Do" % (width * scale, height * scale)
        )
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


if __name__ == "__main__":
    import resource

    _memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (_memory, _memory))
    _given = sys.stdin.buffer.read()
    _turn = sys.argv[2:]
    sys.stdout.buffer.write(_page(_given, int(_turn[0])) if _turn else _document(_given))
