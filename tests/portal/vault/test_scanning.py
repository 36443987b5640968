"""What is accepted, and the sentence of each refusal."""

import resource
import zlib

import pytest
from PIL import ImageFile

from portal.core.errors import DomainRefusal
from portal.vault import scanning
from portal.vault.judging import apart, headers
from portal.vault.scanning import inspect, safe_name, size_in_words
from tests.portal.vault import forged, samples


def refusal(data, name="piece.pdf"):
    with pytest.raises(DomainRefusal) as refused:
        inspect(samples.upload(data, name))
    return refused.value.reasons


@pytest.mark.parametrize(
    ("data", "content_type", "name"),
    [
        (samples.pdf(), "application/pdf", "piece.pdf"),
        (b"\r\n" + samples.pdf(), "application/pdf", "piece.pdf"),
        (samples.picture("JPEG"), "image/jpeg", "piece.jpg"),
        (samples.picture("JPEG", mode="CMYK"), "image/jpeg", "piece.jpg"),
        (samples.picture("PNG"), "image/png", "piece.png"),
        (samples.picture("PNG", mode="I;16"), "image/png", "piece.png"),
        (samples.heic(), "image/heic", "piece.heic"),
    ],
)
def test_accepted_files_keep_their_true_type_whatever_their_name(data, content_type, name):
    inspected = inspect(samples.upload(data, "piece.pdf"))

    assert (inspected.content_type, inspected.name) == (content_type, name)
    assert (inspected.size, inspected.data) == (len(data), data)


def test_pages_of_a_pdf_are_counted():
    assert inspect(samples.upload(samples.pdf(100))).pages == 100


def test_no_file_is_refused():
    with pytest.raises(DomainRefusal) as refused:
        inspect(None)

    assert refused.value.reasons == ["Choisissez un fichier avant d’envoyer."]


def test_an_empty_file_is_refused():
    assert refusal(b"") == ["Ce fichier est vide. Choisissez-en un autre."]


def test_a_file_too_big_is_refused_with_both_sizes(settings):
    settings.EVIDENCE_MAX_BYTES = 10 * 1024 * 1024

    assert refusal(b"%PDF-" + b"a" * (11 * 1024 * 1024)) == [
        "Ce fichier est trop lourd : il pèse 11,1 Mo. Le maximum est de 10 Mo."
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 200, "piece.pdf"),
        (b"<html><script>alert(1)</script></html>", "photo.jpg"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "photo.png"),
        (b"PK\x03\x04" + b"\x00" * 100, "piece.docx"),
        (b"GIF89a" + b"\x00" * 100, "photo.jpg"),
        (b"bonjour", "piece.pdf"),
    ],
)
def test_other_types_are_refused_whatever_their_name(data, name):
    assert refusal(data, name) == [
        "Ce type de fichier n’est pas accepté. Envoyez un PDF ou une photo (JPEG, PNG, HEIC)."
    ]


def test_a_pdf_with_a_password_is_refused():
    assert refusal(samples.pdf(password="secret")) == [
        "Ce PDF est protégé par un mot de passe. Envoyez-en une copie sans protection."
    ]


@pytest.mark.parametrize("data", [b"%PDF-1.7\nrien", samples.pdf(3)[:200]])
def test_a_damaged_pdf_is_refused(data):
    assert refusal(data) == [
        "Ce PDF est abîmé ou incomplet. Enregistrez-le ou numérisez-le à nouveau."
    ]


def test_a_pdf_that_unfolds_into_gigabytes_is_refused_and_spares_the_server(monkeypatch):
    monkeypatch.setattr(scanning, "LOOKING", apart.Limits(memory=256 * 1024 * 1024))
    data = samples.bomb(200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert refusal(data) == [
        "Ce PDF est abîmé ou incomplet. Enregistrez-le ou numérisez-le à nouveau."
    ]
    assert len(data) < 2 * 1024 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def _never(process, timeout=None):
    if timeout is not None:
        raise apart.subprocess.TimeoutExpired("look", timeout)


def test_a_pdf_that_takes_for_ever_to_read_is_refused(monkeypatch):
    monkeypatch.setattr(apart.subprocess.Popen, "wait", _never)

    assert refusal(samples.pdf()) == [
        "Ce PDF est abîmé ou incomplet. Enregistrez-le ou numérisez-le à nouveau."
    ]


def test_a_pdf_without_pages_is_refused():
    assert refusal(samples.pdf(0)) == ["Ce PDF ne contient aucune page."]


def test_a_pdf_with_too_many_pages_is_refused():
    assert refusal(samples.pdf(101)) == ["Ce PDF a 101 pages. Le maximum est de 100 pages."]


@pytest.mark.parametrize(
    "data",
    [
        samples.picture("JPEG", colour="teal")[:400],
        samples.picture("PNG", size=(900, 900), mode="L")[:150],
        samples.heic()[:300],
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_a_cut_image_is_refused(data, lenient, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)

    assert refusal(data, "photo.jpg") == [
        "Cette image est illisible ou incomplète. Reprenez la photo, puis envoyez-la."
    ]


@pytest.mark.parametrize("side", [9000, 60_000])
def test_an_image_with_too_many_pixels_is_refused_before_it_is_decoded(side):
    header = side.to_bytes(4) * 2 + b"\x08\x00\x00\x00\x00"
    chunk = b"IHDR" + header
    data = (
        b"\x89PNG\r\n\x1a\n"
        + len(header).to_bytes(4)
        + chunk
        + zlib.crc32(chunk).to_bytes(4)
        + b"\x00\x00\x00\x00IDAT\x35\xaf\x06\x1e"
    )

    assert refusal(data, "photo.png") == [
        "Cette image est trop grande : le maximum est de 50 millions de points."
    ]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("passeport.PDF", "passeport.pdf"),
        ("photo.jpg.exe", "photo.jpg.pdf"),
        ("C:\\Users\\nadia\\scan.pdf", "scan.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("photo\u202egpj.exe", "photogpj.pdf"),
        ("un\x00deux\n trois.pdf", "undeux trois.pdf"),
        ("جواز سفر.pdf", "جواز سفر.pdf"),
        ("", "document.pdf"),
        (".pdf", "pdf.pdf"),
        ("a" * 300 + ".pdf", "a" * 140 + ".pdf"),
    ],
)
def test_a_name_is_only_shown_once_it_is_harmless(given, shown):
    assert safe_name(given, "pdf") == shown


@pytest.mark.parametrize(
    ("size", "words"),
    [(10, "1 Ko"), (300 * 1024, "300 Ko"), (10 * 1024 * 1024, "10 Mo"), (1_600_000, "1,6 Mo")],
)
def test_a_size_is_said_as_people_say_it(size, words):
    assert size_in_words(size) == words


def test_an_image_is_never_decoded_in_the_web_process(monkeypatch):
    asked = []
    monkeypatch.setattr(
        apart, "ask", lambda *said, **limits: asked.append((said, limits)) or apart.Answer("no")
    )
    data = samples.picture("PNG")

    assert refusal(data) == [
        "Cette image est illisible ou incomplète. Reprenez la photo, puis envoyez-la."
    ]
    assert asked == [
        (("look", data, "PNG", str(scanning.MAX_PIXELS)), {"limits": scanning.LOOKING_AT_IMAGE})
    ]


@pytest.mark.parametrize("kind", ["docx", "odt", "xlsx", "doc", "rtf"])
def test_the_document_of_a_word_processor_is_refused_with_the_way_to_a_pdf(kind):
    (sentence,) = refusal(forged.office(kind), "lettre.pdf")

    assert "Exporter en PDF" in sentence


def test_a_form_that_only_its_program_can_show_is_refused_with_the_way_to_a_pdf():
    (sentence,) = refusal(forged.moving_form_pdf())

    assert "Imprimer" in sentence


@pytest.mark.parametrize(
    ("data", "points"),
    [
        (samples.picture(size=(400, 300)), 120_000),
        (samples.picture("PNG", size=(401, 300)), 120_300),
        (forged.jpeg_of(65_535, 65_535), 65_535**2),
        (forged.many_photographs(), 1200),
        (samples.heic(), None),
        (b"\xff\xd8\xff\xe0", None),
        (b"\xff\xd8" + b"\xff" * 5000, None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"", None),
    ],
)
def test_the_points_of_an_image_are_read_before_any_decoder_runs(data, points):
    assert headers.points(data) == points
