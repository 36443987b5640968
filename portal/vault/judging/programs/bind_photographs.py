"""Binds drawn photographs into one PDF: each comes after its length in four bytes."""

import io

import pikepdf
from answering import answer, read
from PIL import Image

LONGEST_SIDE = 842  # of A4, in points


def _bind(framed: bytes) -> None:
    pdf, at = pikepdf.new(), 0
    while at < len(framed):
        end = at + 4 + int.from_bytes(framed[at : at + 4])
        _add(pdf, framed[at + 4 : end])
        at = end
    out = io.BytesIO()
    pdf.save(out)
    answer("made", [(out.getvalue(), {})])


def _add(pdf, picture):
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
        width, height = image.size
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
    scale = LONGEST_SIDE / max(width, height)
    wide, high = width * scale, height * scale
    page = pdf.add_blank_page(page_size=(wide, high))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=drawn))
    page.Contents = pikepdf.Stream(pdf, b"%.2f 0 0 %.2f 0 0 cm /Photo Do" % (wide, high))


if __name__ == "__main__":
    _bind(read())
