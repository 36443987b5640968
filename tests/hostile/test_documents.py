"""Documents made to do harm, from the page where they are given to the agent who opens them.

The letters and numbers are those of the list of hostile cases: U1 to U29, and their cousins.
"""

import io
import re
import resource

import pikepdf
import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence.models import TimelineLine
from portal.vault import antivirus
from portal.vault import api as vault
from portal.vault.enums import ScanState
from tests import antivirus as other
from tests.factories.vault import cleared, judged
from tests.hostile.test_bad_files import SVG, give
from tests.portal.vault import forged, samples

HELD_IN_SVG = (
    b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><script>1</script></foreignObject>'
    b'<image href="file:///etc/passwd"/><text>&x;</text></svg>'
)
NAME = "Nous ne savons pas lire ce fichier"
TYPE = "Ce type de fichier n’est pas accepté"
OFFICE = "Exporter en PDF"
CUT_IMAGE = "Reprenez la photo"
CUT_PDF = "abîmé ou incomplet"
LARGE = "trop grande"
REFUSED = {
    "U1 script in a moving picture": ("photo.jpg", lambda: b"GIF89a/*" + bytes(40), TYPE),
    "U5 drawing": ("dessin.svg", lambda: SVG, NAME),
    "U5 drawing named png": ("photo.png", lambda: HELD_IN_SVG, TYPE),
    "U7 two extensions": ("photo.jpg.exe", lambda: samples.picture(), NAME),
    "U7 direction": ("photo\u202egpj.exe", lambda: samples.picture(), NAME),
    "U9 fourteen thousand points a side": (
        "photo.png",
        lambda: forged.png(size=(14_000, 14_000)),
        LARGE,
    ),
    "U9 the largest jpeg": ("photo.jpg", lambda: forged.jpeg_of(65_535, 65_535), LARGE),
    "U9 profile": ("photo.png", lambda: forged.profile_bomb(300), CUT_IMAGE),
    "U9 comment": ("photo.png", lambda: forged.text_bomb(300), CUT_IMAGE),
    "U11 archive": ("pieces.zip", lambda: b"PK\x03\x04" + bytes(200), NAME),
    "U11 archive named pdf": ("pieces.pdf", lambda: b"PK\x03\x04" + bytes(200), TYPE),
    "U11 text": ("lettre.docx", lambda: forged.office("docx"), OFFICE),
    "U11 text named pdf": ("lettre.pdf", lambda: forged.office("docx"), OFFICE),
    "U11 table": ("table.xlsx", lambda: forged.office("xlsx"), OFFICE),
    "U11 open text": ("lettre.odt", lambda: forged.office("odt"), OFFICE),
    "U11 old text": ("lettre.doc", lambda: forged.office("doc"), OFFICE),
    "U17 empty": ("vide.pdf", lambda: b"", "vide"),
    "U17 cut photograph": ("photo.jpg", lambda: samples.picture(size=(900, 900))[:1500], CUT_IMAGE),
    "U17 cut heic": ("photo.heic", lambda: samples.heic()[:300], CUT_IMAGE),
    "U17 half a pdf": (
        "piece.pdf",
        lambda: samples.pdf(40)[: len(samples.pdf(40)) // 2],
        CUT_PDF,
    ),
    "webp renamed": ("photo.jpg", forged.moving_webp, TYPE),
    "form of its own program": ("piece.pdf", forged.moving_form_pdf, "Imprimer"),
    "program with a pdf behind": ("piece.pdf", lambda: b"MZ" + bytes(2000) + samples.pdf(), TYPE),
}
# What looks harmless at first and is found out by the worker.
UNREADABLE = {
    "pages that unfold": lambda: samples.page_bomb(400),
    "folded several times": forged.nested_filters_pdf,
    "image that unfolds": forged.image_bomb_pdf,
}
READABLE = {
    "U1 page in a photograph": ("photo.jpg", forged.page_in_photograph),
    "U3 attached program": ("piece.pdf", forged.scripted_pdf),
    "U7 zero": ("photo.exe%00.jpg", lambda: samples.picture()),
    "U7 direction": ("photo\u202egpj.exe.jpg", lambda: samples.picture()),
    "U13 place": ("photo.jpg", forged.photograph_with_secrets),
    "U13 comment": ("photo.png", lambda: forged.photograph_with_secrets("PNG")),
    "U23 heic": ("IMG_0001.HEIC", lambda: samples.heic((800, 600))),
    "U23 four colours": ("scan.jpg", lambda: samples.picture(mode="CMYK")),
    "U23 sixteen bits": ("scan.png", lambda: samples.picture("PNG", mode="I;16")),
    "U23 forty-eight megapixels": ("photo.jpg", lambda: samples.picture(size=(8064, 6048))),
    "moving png": ("photo.png", forged.moving_png),
    "two photographs in one": ("photo.jpg", forged.many_photographs),
    "form": ("piece.pdf", forged.form_pdf),
    "content elsewhere": ("piece.pdf", forged.elsewhere_pdf),
}
HARM = (b"<script", b"SECRET", b"Exif", b"JavaScript", b"passwd", b"PORTAL-PAYLOAD", b"evil.test")


@pytest.fixture
def box(world):
    """The box of the passport in an empty draft, and its owner's browser."""
    dossier, owner = world.here.draft, world.here.owner
    with acting(owner.pk):
        dossier.evidence.update(removed_at="2026-01-01T00:00Z")
    url = reverse("dossiers:evidence_box", args=[dossier.pk, "passport"])
    return world.browsers.of("owner_here"), url, owner


def given(box, name, data):
    """The row of a file that the box accepted."""
    client, url, owner = box
    answer = give(client, url, name, data)
    assert answer.status_code == 302, answer.context["form"].errors
    with acting(owner.pk):
        return vault.StoredFile.objects.order_by("-created_at", "-id").first()


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_a_bad_document_is_refused_at_once_with_its_own_sentence(box, case):
    client, url, owner = box
    name, make, sentence = REFUSED[case]
    data = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    answer = give(client, url, name, data)

    assert answer.status_code == 200
    (said,) = answer.context["form"].errors["file"]
    assert sentence in said
    # in kilobytes: what unfolds does so in another process, or not at all
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


@pytest.mark.parametrize("case", sorted(READABLE))
def test_what_is_shown_of_a_document_holds_nothing_that_it_hid(box, case):
    client, _url, owner = box
    name, make = READABLE[case]
    stored = cleared(given(box, name, make()))

    assert stored.scan_state == ScanState.CLEAN
    assert not set("/\\\x00\u202e") & set(stored.original_name)
    copy = client.get(reverse("dossiers:file_copy", args=[stored.pk]))
    image = client.get(reverse("dossiers:file_page", args=[stored.pk, 1, 1400]))
    for answer, kinds in ((copy, ("application/pdf", "image/jpeg")), (image, ("image/webp",))):
        assert answer["Content-Type"] in kinds
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        shown = _unfolded(answer)
        assert not [word for word in HARM if word in shown]
    assert copy["Content-Disposition"].startswith("attachment")
    assert re.search(r"\.(pdf|jpg)(\"|$)", copy["Content-Disposition"])


def _unfolded(answer):
    """The bytes of an answer, those of a PDF without any compression."""
    if answer["Content-Type"] != "application/pdf":
        return answer.content
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        pdf.save(
            out,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return out.getvalue()


@pytest.mark.parametrize("case", sorted(UNREADABLE))
def test_what_unfolds_ends_no_process_of_ours_and_its_person_is_told(box, case):
    client, url, owner = box
    stored = given(box, "piece.pdf", UNREADABLE[case]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    stored = cleared(stored)

    assert stored.scan_state == ScanState.UNREADABLE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    assert "Ce fichier ne peut pas être lu" in client.get(url).text
    with acting(owner.pk):
        assert TimelineLine.objects.filter(kind="file_unreadable").count() == 1
    # nothing is filed with it
    dossier = stored.subject_id
    assert "À remplacer" in client.get(reverse("dossiers:check", args=[dossier])).text


def test_u13_a_photograph_is_upright_and_its_uncropped_picture_is_gone(box):
    client, _url, _owner = box
    stored = cleared(given(box, "photo.jpg", forged.photograph_with_secrets()))

    copy = client.get(reverse("dossiers:file_copy", args=[stored.pk]))

    image = Image.open(io.BytesIO(copy.content))
    assert image.size == (300, 400)
    assert not {"exif", "icc_profile", "xmp", "photoshop"} & set(image.info)


SILENT = {
    "hung": other.says_nothing,
    "drips": other.drips,
    "garbage": other.speaks(b"\x00\xff" * 500),
    "says ok to all": other.speaks(b"stream: OK\n"),
    "ten days old": other.speaks(b"ClamAV 1.4.6/27065/Tue Nov 17 00:00:00 2020\n"),
}


@pytest.mark.parametrize("case", sorted(SILENT))
def test_u15_a_silent_antivirus_never_makes_a_paper_clean(world, case, fake_clamd):
    fake_clamd(SILENT[case])
    life = world.here.lives["filed"]
    stored = _paper_of(life, scanned=False)

    reviewer = world.browsers.of("reviewer_here")

    assert stored.scan_state == ScanState.NOT_SCANNED
    page = reviewer.get(reverse("desk:file", args=[stored.pk]))
    assert "Pas encore analysé par l’antivirus" in page.text
    assert reviewer.get(reverse("desk:copy", args=[stored.pk])).status_code == 404


def test_u15_a_virus_is_opened_by_nobody_and_its_person_is_told(world, box, real_clamd, settings):
    # the country's clock is that of a visit to come: the signatures would be old
    settings.CLAMD_ADDRESS, settings.CLAMD_SECONDS = real_clamd, 20
    settings.CLAMD_SIGNATURE_DAYS = 4000
    client, url, owner = box
    stored = judged(given(box, "piece.pdf", samples.pdf() + other.WORM + b"\n%%EOF\n"))

    assert stored.scan_state == ScanState.INFECTED
    page = client.get(reverse("dossiers:file", args=[stored.pk]))
    assert "Ce fichier contient un virus" in page.text
    for name in ("file_copy", "file_sent"):
        assert client.get(reverse(f"dossiers:{name}", args=[stored.pk])).status_code == 404
    assert "contient un virus" in client.get(url).text
    with acting(owner.pk):
        lines = TimelineLine.objects.filter(kind="file_infected", dossier_id=stored.subject_id)
        assert lines.count() == 1
    refusal = JournalLine.objects.get(act="file.refuse", subject_id=str(stored.pk))
    assert refusal.facts["threat"] == "Portal.Worm.UNOFFICIAL"


def _paper_of(life, *, scanned=True):
    """A new paper of a filed dossier, as a completion brings it."""
    dossier = life.dossier
    stored = vault.store_bytes(
        samples.pdf(2),
        "piece.pdf",
        "application/pdf",
        subject_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        kind="evidence",
    )
    return (cleared if scanned else judged)(stored)


PAPER_PAGES = ("desk:file", "desk:page", "desk:copy")


def _addresses(stored):
    more = {"desk:page": (1, 1400)}
    return [reverse(name, args=[stored.pk, *more.get(name, ())]) for name in PAPER_PAGES]


def test_u25_a_copied_address_opens_nothing_elsewhere(world):
    stored = _paper_of(world.here.lives["filed"])

    for url in _addresses(stored):
        assert world.browsers.of("reviewer_here").get(url).status_code == 200
        # another browser, with nobody in it
        assert Client().get(url).status_code == 302
        assert world.browsers.of("reviewer_away").get(url).status_code == 404
        assert world.browsers.of("owner_away").get(url).status_code in (302, 403, 404)


def test_u25_after_signing_out_the_address_opens_nothing(world):
    stored = _paper_of(world.here.lives["filed"])
    agent = world.people["reviewer_here"]
    client = Client()
    client.force_login(agent, backend="portal.accounts.sign_in.DoorBackend")
    client.cookies["desk_session"] = client.cookies[project.SESSION_COOKIE_NAME].value
    url = _addresses(stored)[1]
    assert client.get(url).status_code == 200

    client.post(reverse("desk:sign_out"))

    assert client.get(url).status_code == 302


def test_u25_when_the_dossier_leaves_the_address_opens_nothing(world):
    stored = _paper_of(world.here.lives["filed"])
    reviewer = world.browsers.of("reviewer_here")
    urls = _addresses(stored)
    assert reviewer.get(urls[1]).status_code == 200

    with acting(None, prefectures=["34", "75"]):
        vault.revoke_access(stored.subject_id, "34")

    answers = {reviewer.get(url).status_code for url in urls}
    assert answers == {404}


def _without_what_changes(page):
    return re.sub(r'(nonce|value)="[^"]*"|/agent/\S*', "", page)


def test_a_stranger_reads_the_same_404_as_for_nothing(world):
    stored = _paper_of(world.here.lives["filed"])
    stranger = world.browsers.of("reviewer_away")
    nothing = "00000000-0000-0000-0000-000000000000"

    for url in _addresses(stored):
        real, absent = stranger.get(url), stranger.get(url.replace(str(stored.pk), nothing))
        assert (real.status_code, absent.status_code) == (404, 404)
        bodies = [
            re.sub(r'(nonce|value)="[^"]*"|/agent/\S*', "", page.text) for page in (real, absent)
        ]
        assert bodies[0] == bodies[1]
    assert not JournalLine.objects.filter(act="document.read", subject_id=str(stored.pk)).exists()


def test_u29_the_page_that_shows_a_document_runs_nothing_of_it(world):
    """Pages are images: no reader of PDF runs in the browser, and the image may do nothing."""
    stored = _paper_of(world.here.lives["filed"])
    reviewer = world.browsers.of("reviewer_here")

    page = reviewer.get(_addresses(stored)[0])

    assert not re.findall(r"<(iframe|object|embed|canvas)", page.text)
    policy = page["Content-Security-Policy"]
    assert "object-src" not in policy
    assert "default-src 'none'" in policy


def test_the_antivirus_is_asked_about_what_was_sent_and_not_about_its_copy(box, monkeypatch):
    data, asked = forged.scripted_pdf(), []

    def scan(given):
        with open(f"/proc/self/fd/{given}", "rb") as file:
            asked.append(file.read())
        return antivirus.Verdict(ScanState.NOT_SCANNED)

    monkeypatch.setattr(antivirus, "scan", scan)
    judged(given(box, "piece.pdf", data))

    assert asked == [data]
