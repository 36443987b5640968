"""What is shown in the place of a file holds its pages, and nothing else of it."""

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from portal.vault.judging import apart, cleaning
from tests.portal.vault import forged, samples

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
FORBIDDEN = (
    *("/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/EmbeddedFiles", "/EmbeddedFile"),
    *("/RichMedia", "/URI", "/AcroForm", "/XFA", "/Annots", "/Metadata", "/PieceInfo", "/Names"),
)


def cleaned(data, content_type, pages=1):
    with apart.in_memory(data) as given:
        return cleaning.cleaned(given, content_type, pages)


def plain(pdf: bytes) -> bytes:
    """A PDF written out without any compression, to look for words in it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(
            out,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return out.getvalue()


def picture_of(image):
    return Image.open(io.BytesIO(image.data))


def words_of(pdf: bytes) -> str:
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


def test_nothing_of_a_pdf_is_left_but_its_pages():
    copy = plain(cleaned(forged.scripted_pdf(), PDF, 2).copy)

    for word in (*FORBIDDEN, "SECRET", "evil.test", forged.SCRIPT, "PORTAL-PAYLOAD"):
        assert word.encode() not in copy
    assert len(pypdfium2.PdfDocument(copy)) == 2


def test_what_was_typed_in_a_form_is_drawn_and_the_form_is_gone():
    before = forged.form_pdf("Nadia Benali")
    made = cleaned(before, PDF)

    assert "Nadia Benali" in words_of(made.copy)
    for word in (*FORBIDDEN, "SECRET", forged.SCRIPT):
        assert word.encode() not in plain(made.copy)
    dark = [
        pixel
        for pixel in picture_of(made.images[0]).convert("L").get_flattened_data()
        if pixel < 100
    ]
    assert len(dark) > 200


def test_names_that_an_author_chose_are_not_taken_for_actions():
    pdf = pikepdf.open(io.BytesIO(samples.pdf()))
    red = pdf.make_stream(b"1 0 0 rg 0 0 200 200 re f")
    red.Type, red.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    red.BBox = [0, 0, 200, 200]
    pdf.pages[0].Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary({"/AA": red, "/JS": red, "/F": red})
    )
    pdf.pages[0].Contents = pdf.make_stream(b"/AA Do")
    out = io.BytesIO()
    pdf.save(out)

    image = picture_of(cleaned(out.getvalue(), PDF).images[0]).convert("RGB")

    assert image.getpixel((100, image.height - 100))[0] > 200
    assert image.getpixel((100, image.height - 100))[1] < 60


def test_the_bytes_of_a_page_never_come_from_elsewhere():
    assert b"passwd" not in plain(cleaned(forged.elsewhere_pdf(), PDF).copy)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (lambda: samples.page_bomb(400), "too_complex"),
        (forged.nested_filters_pdf, "too_complex"),
        (forged.image_bomb_pdf, "too_large"),
        (lambda: samples.pdf(101), "too_large"),
        (lambda: samples.pdf(password="x"), "locked"),
        (lambda: b"%PDF-1.7 nothing", "unreadable"),
    ],
)
def test_a_pdf_that_asks_for_too_much_is_refused(data, why):
    with pytest.raises(cleaning.Unreadable) as refused:
        cleaned(data(), PDF)

    assert str(refused.value) == why


def test_a_document_without_end_is_drawn_ten_pages_at_a_time():
    made = cleaned(samples.pdf(23), PDF, 23)

    assert {one.page for one in made.images} == set(range(1, 11))
    rest = cleaning.drawn(made.copy, 21, 23)
    assert [(one.page, one.width) for one in rest] == [
        (page, width) for page in (21, 22, 23) for width in (1400, 480)
    ]


@pytest.mark.parametrize(
    ("size", "widths"),
    [((595, 842), (1400, 480)), ((20, 2000), (56, 19)), ((842, 595), (1400, 480))],
)
def test_a_page_is_drawn_in_two_widths_and_never_taller_than_four_times(size, widths):
    images = [picture_of(one) for one in cleaned(samples.pdf(size=size), PDF).images]

    assert [image.format for image in images] == ["WEBP", "WEBP"]
    for image, width, asked in zip(images, widths, (1400, 480), strict=True):
        assert image.height <= asked * 4 + 1
        assert abs(image.width - width) <= 1


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_photograph_is_turned_upright_and_says_nothing_more(format):
    made = cleaned(forged.photograph_with_secrets(format), f"image/{format.lower()}")

    image = Image.open(io.BytesIO(made.copy))
    assert (image.format, image.size) == ("JPEG", (300, 400))
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)
    for data in (made.copy, *(one.data for one in made.images)):
        assert b"SECRET" not in data
        assert b"Exif" not in data


def test_the_page_hidden_in_a_photograph_is_gone():
    data = forged.page_in_photograph()
    assert b"<script>" in data

    made = cleaned(data, JPEG)

    for shown in (made.copy, *(one.data for one in made.images)):
        assert b"script" not in shown


@pytest.mark.parametrize(
    ("data", "content_type", "size"),
    [
        (lambda: samples.picture(size=(8064, 6048)), JPEG, (4032, 3024)),
        (lambda: samples.picture("JPEG", mode="CMYK"), JPEG, (400, 300)),
        (lambda: samples.picture("JPEG", mode="L"), JPEG, (400, 300)),
        (lambda: samples.picture("PNG", mode="I;16", colour=0x8000), PNG, (400, 300)),
        (lambda: samples.picture("PNG", mode="P"), PNG, (400, 300)),
        (lambda: samples.picture("PNG", mode="RGBA", size=(9000, 40)), PNG, (4000, 18)),
        (lambda: samples.heic((640, 480)), HEIC, (640, 480)),
        (forged.moving_png, PNG, (40, 30)),
        (forged.many_photographs, JPEG, (40, 30)),
    ],
)
def test_what_telephones_make_becomes_one_plain_photograph(data, content_type, size):
    image = Image.open(io.BytesIO(cleaned(data(), content_type).copy))

    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert max(abs(a - b) for a, b in zip(image.size, size, strict=True)) <= 33
    assert getattr(image, "n_frames", 1) == 1


def test_a_transparent_image_is_on_white_paper():
    made = cleaned(samples.picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), PNG)

    assert min(Image.open(io.BytesIO(made.copy)).getpixel((5, 5))) > 250


def test_a_grey_of_sixteen_bits_stays_the_same_grey():
    made = cleaned(samples.picture("PNG", mode="I;16", colour=0x8000), PNG)

    assert abs(Image.open(io.BytesIO(made.copy)).getpixel((5, 5))[0] - 128) <= 2


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (lambda: samples.picture(size=(900, 900))[:1500], JPEG),
        (lambda: samples.heic()[:300], HEIC),
        (lambda: forged.profile_bomb(200), PNG),
        (lambda: b"\x89PNG\r\n\x1a\n", PNG),
        (lambda: samples.picture(), PNG),
    ],
)
def test_an_image_that_is_cut_or_forged_is_refused(data, content_type):
    with pytest.raises(cleaning.Unreadable):
        cleaned(data(), content_type)


@pytest.mark.parametrize("content_type", [PDF, JPEG])
def test_a_copy_names_its_reader_on_every_page(content_type):
    source = (samples.pdf(2), PDF, 2) if content_type == PDF else (samples.picture(), JPEG)
    copy = cleaned(*source).copy

    marked = cleaning.marked(copy, content_type, "Zoé Reader – 27/11/2026 10:42")

    if content_type == PDF:
        document = pypdfium2.PdfDocument(marked)
        for page in document:
            assert "Zoé Reader – 27/11/2026 10:42" in page.get_textpage().get_text_range()
    else:
        before, after = (Image.open(io.BytesIO(data)).convert("L") for data in (copy, marked))
        changed = [
            a - b
            for a, b in zip(before.get_flattened_data(), after.get_flattened_data(), strict=True)
        ]
        assert sum(abs(one) > 10 for one in changed) > 500


def test_a_process_that_lies_about_what_it_made_is_not_believed(monkeypatch):
    page = apart.Answer("clean", {}, (apart.Part(b"<html>", {"copy": JPEG}),))
    monkeypatch.setattr(apart, "ask_of", lambda *_said, **_limits: page)

    with pytest.raises(cleaning.Unreadable, match="forged"):
        cleaned(samples.picture(), JPEG)
