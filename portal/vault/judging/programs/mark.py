"""Writes across a clean copy who took it and when. Arguments: "PDF" or "JPEG", the words."""

import io
import sys

import pikepdf
from answering import answer, read
from PIL import Image, ImageDraw, ImageFont

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_LIGHT = 0.3
_DRAWING = "q /Light gs 0.5 g BT /Words {size:.1f} Tf {text} ET Q"


def _mark_pdf(data: bytes, words: str) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            box = [float(side) for side in page.trimbox]
            page.add_overlay(_words_on_a_page(pdf, words, box[2] - box[0], box[3] - box[1]))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _words_on_a_page(pdf, words, width, height):
    size = max(6.0, min(width, height) / 45)
    # what the plain font cannot write is left out; the journal holds the reader's identity
    text = words.encode("cp1252", "ignore").hex()
    # on the slope across the page, and at its foot
    lines = [
        f"0.707 0.707 -0.707 0.707 {width * x:.1f} {height * y:.1f} Tm <{text}> Tj"
        for x, y in ((0.1, 0.1), (0.1, 0.4), (0.1, 0.7))
    ]
    lines.append(f"1 0 0 1 {size:.1f} {size:.1f} Tm <{text}> Tj")
    form = pdf.make_stream(_DRAWING.format(size=size, text=" ".join(lines)).encode())
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = [0, 0, width, height]
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    names = {key: pikepdf.Name(value) for key, value in font.items()}
    form.Resources = pikepdf.Dictionary(
        Font={"/Words": pikepdf.Dictionary(names | {"/Encoding": pikepdf.Name.WinAnsiEncoding})},
        ExtGState={"/Light": pikepdf.Dictionary(ca=_LIGHT)},
    )
    return form


def _mark_jpeg(data: bytes, words: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        picture = image.convert("RGB")
    size = max(12, min(picture.size) // 30)
    layer = Image.new("L", (max(picture.size) * 2,) * 2)
    pen, font = ImageDraw.Draw(layer), ImageFont.truetype(_FONT, size)
    for line in range(0, layer.height, size * 8):
        pen.text((0, line), f"{words}      " * 6, fill=round(255 * _LIGHT), font=font)
    layer = layer.rotate(45)
    left, top = ((whole - side) // 2 for whole, side in zip(layer.size, picture.size, strict=True))
    shown = layer.crop((left, top, left + picture.width, top + picture.height))
    picture.paste((90, 90, 90), mask=shown)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


if __name__ == "__main__":
    kind, words = sys.argv[1:3]
    marked = {"PDF": _mark_pdf, "JPEG": _mark_jpeg}[kind](read(), words)
    answer("marked", [(marked, {})])
