"""Files made to do harm, each of a few kilobytes, made on the spot."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image, PngImagePlugin

from tests.portal.vault import samples

SCRIPT = "app.alert('portal')"
PAYLOAD = b"MZ PORTAL-PAYLOAD"
PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG, with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, size=(8, 8)) -> bytes:
    """A PNG of so many points with these chunks before its own."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * 24 for _row in range(8)))
    return PNG + header + b"".join(chunks) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def unfolding(megabytes: int) -> bytes:
    """A few kilobytes that unfold into so many megabytes."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(megabytes)) + packer.flush()


def profile_bomb(megabytes=2048) -> bytes:
    """A PNG whose colour profile unfolds into gigabytes."""
    return png(chunk(b"iCCP", b"p\0\0" + unfolding(megabytes)))


def text_bomb(megabytes=2048) -> bytes:
    """A PNG whose comment unfolds into gigabytes."""
    return png(chunk(b"zTXt", b"c\0\0" + unfolding(megabytes)))


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header says that it is as large as this."""
    data = samples.picture(size=(64, 64))
    place = data.index(b"\xff\xc0")
    return data[: place + 5] + struct.pack(">HH", height, width) + data[place + 9 :]


def moving_png() -> bytes:
    """A PNG of three pictures, one after the other."""
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def many_photographs() -> bytes:
    """A JPEG with a second photograph behind the first, as telephones make (MPO)."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(
        out, "MPO", save_all=True, append_images=[Image.new("RGB", (40, 30), "blue")]
    )
    return out.getvalue()


def moving_webp() -> bytes:
    """A moving WebP, which no name makes a photograph."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


def photograph_with_secrets(format="JPEG") -> bytes:
    """A photograph that says where and by what it was made, with the uncropped picture inside."""
    image = Image.new("RGB", (400, 300), "teal")
    facts = Image.Exif()
    facts[samples.ORIENTATION] = 6
    facts[0x010F] = "SECRET-MAKER"
    facts.get_ifd(samples.GPS)[1] = "N"
    out = io.BytesIO()
    options = {"exif": facts, "icc_profile": b"SECRET-PROFILE" * 20}
    if format == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", "SECRET-COMMENT")
        options["pnginfo"] = texts
    image.save(out, format, **options)
    data = out.getvalue()
    return data if format == "PNG" else data[:2] + _application(1, _XMP) + data[2:]


_XMP = b"http://ns.adobe.com/xap/1.0/\0<x>SECRET-PLACE</x>"


def _application(number, data):
    return bytes([0xFF, 0xE0 + number]) + struct.pack(">H", len(data) + 2) + data


def page_in_photograph() -> bytes:
    """A JPEG that is also a page with a script."""
    page = b"<html><script>alert('SECRET')</script></html>"
    data = samples.picture()
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page + data[2:] + page


def scripted_pdf() -> bytes:
    """A PDF with everything that a page does not need: scripts, actions, files, links, films."""
    pdf = pikepdf.open(io.BytesIO(samples.pdf(2)))
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=SCRIPT)
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="SECRET.exe")
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://evil.test/SECRET")
    pdf.Root.OpenAction = pdf.make_indirect(action)
    pdf.Root.AA = pikepdf.Dictionary(WC=action)
    names = pikepdf.Array(["SECRET", action])
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=names))
    pdf.attachments["SECRET.exe"] = PAYLOAD
    page = pdf.pages[0].obj
    page.AA = pikepdf.Dictionary(O=launch)
    rect = [10, 10, 90, 90]
    page.Annots = pdf.make_indirect(
        pikepdf.Array(
            pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=rect, **facts))
            for facts in (
                {"Subtype": pikepdf.Name.Link, "A": link},
                {"Subtype": pikepdf.Name.RichMedia, "RichMediaContent": pikepdf.Dictionary()},
                {"Subtype": pikepdf.Name.Screen, "A": launch},
                {"Subtype": pikepdf.Name.FileAttachment, "FS": pikepdf.Dictionary(F="SECRET.exe")},
            )
        )
    )
    page.Metadata = pdf.make_stream(b"<x>SECRET-PLACE</x>")
    page.PieceInfo = pikepdf.Dictionary(Maker=pikepdf.Dictionary(Private="SECRET"))
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = ["SECRET-AUTHOR"]
    return _saved(pdf)


def form_pdf(typed="Nadia Benali") -> bytes:
    """A PDF whose only words are what was typed in a field, with a script beside it."""
    pdf = pikepdf.open(io.BytesIO(samples.pdf()))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="name",
            V=typed,
            DA="/Helv 24 Tf 0 g",
            Rect=[50, 700, 500, 740],
            F=4,
            AA=pikepdf.Dictionary(K=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=SCRIPT)),
        )
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=[field],
        NeedAppearances=True,
        DA="/Helv 24 Tf 0 g",
        DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)),
        XFA=pdf.make_stream(b"<xdp>SECRET</xdp>"),
    )
    return _saved(pdf)


def moving_form_pdf() -> bytes:
    """A form that only its own program can show."""
    pdf = pikepdf.open(io.BytesIO(samples.pdf()))
    pdf.Root.NeedsRendering = True
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))
    return _saved(pdf)


def nested_filters_pdf() -> bytes:
    """A page whose content is folded several times over."""
    pdf = pikepdf.open(io.BytesIO(samples.pdf()))
    folded = zlib.compress(zlib.compress(unfolding(600)))
    filters = [pikepdf.Name.FlateDecode] * 3
    pdf.pages[0].Contents = pikepdf.Stream(pdf, folded, Filter=filters)
    return _saved(pdf, compress_streams=False)


def image_bomb_pdf(side=20_000) -> bytes:
    """A page with an image of hundreds of millions of points, in a few kilobytes."""
    pdf = pikepdf.open(io.BytesIO(samples.pdf()))
    image = pikepdf.Stream(pdf, unfolding(side * side // 1024 // 1024 // 8))
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width = image.Height = side
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 1
    image.Filter = pikepdf.Name.FlateDecode
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
    page.Contents = pdf.make_stream(b"q 500 0 0 500 0 0 cm /Im Do Q")
    return _saved(pdf, compress_streams=False)


def elsewhere_pdf() -> bytes:
    """A page whose content is said to be in a file of the machine that reads it."""
    pdf = pikepdf.open(io.BytesIO(samples.pdf()))
    pdf.pages[0].Contents = pdf.make_stream(b"", {"/F": pikepdf.String("/etc/passwd")})
    return _saved(pdf)


def _saved(pdf, **options):
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def office(kind: str) -> bytes:
    """A document of a word processor, as its program writes it."""
    entries = {
        "docx": {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"},
        "odt": {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>"},
        "xlsx": {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"},
    }
    if kind == "doc":
        return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
    if kind == "rtf":
        return rb"{\rtf1\ansi Bonjour}"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in entries[kind].items():
            archive.writestr(name, text)
    return out.getvalue()
