"""Files as people send them, made on the spot."""

import io
import zlib

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


def bomb(megabytes):
    """A PDF of a few kilobytes whose list of pages unfolds into so many megabytes of spaces."""
    packer = zlib.compressobj(1)
    folded = packer.compress(b"10 0 ")
    for _megabyte in range(megabytes):
        folded += packer.compress(b" " * 1024 * 1024)
    folded += packer.compress(b"<< /Type /Pages /Kids [] /Count 0 >>") + packer.flush()
    body, places = b"%PDF-1.5\n", {}
    for number, thing in {
        1: b"<< /Type /Catalog /Pages 10 0 R >>",
        2: b"<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>\n"
        b"stream\n%b\nendstream" % (len(folded), folded),
    }.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, thing)
    end = len(body)
    rows = [(0, 0, 65535), (1, places[1], 0), (1, places[2], 0), (1, end, 0), (2, 2, 0)]
    table = b"".join(bytes([k]) + a.to_bytes(4) + b.to_bytes(2) for k, a, b in rows)
    return body + (
        b"3 0 obj\n<< /Type /XRef /Size 11 /W [1 4 2] /Index [0 4 10 1] /Root 1 0 R"
        b" /Length %d >>\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (len(table), table, end)
    )


def page_bomb(megabytes):
    """A small PDF whose one page is written on so many megabytes of spaces."""
    packer = zlib.compressobj(1)
    folded = b"".join(packer.compress(b" " * 1024 * 1024) for _megabyte in range(megabytes))
    document = pikepdf.new()
    page = document.add_blank_page()
    page.Contents = pikepdf.Stream(
        document, folded + packer.flush(), Filter=pikepdf.Name.FlateDecode
    )
    out = io.BytesIO()
    document.save(out, compress_streams=False)
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
