"""Files as people send them, made on the spot."""

import io

import pikepdf
import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112


def pdf(pages=1, *, password=None, size=(595, 842)):
    """A PDF of blank pages, protected if a password is given."""
    document = pikepdf.new()
    for _page in range(pages):
        document.add_blank_page(page_size=size)
    out = io.BytesIO()
    protection = pikepdf.Encryption(owner="o", user=password) if password else False
    document.save(out, encryption=protection)
    return out.getvalue()


def picture(format="JPEG", size=(400, 300), *, exif=False, mode="RGB", colour=None):
    """A plain image, with a position and a quarter turn in its EXIF if asked."""
    image = Image.new(mode, size, colour)
    options = {}
    if exif:
        facts = Image.Exif()
        facts[ORIENTATION] = 6
        facts.get_ifd(GPS)[1] = "N"
        options["exif"] = facts
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def heic(size=(64, 48)):
    """A telephone's photograph."""
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", size, "teal")).save(out, quality=50)
    return out.getvalue()


def upload(data, name="piece.pdf"):
    """The same as a form receives it."""
    return SimpleUploadedFile(name, data)
