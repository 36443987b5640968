"""Files that nobody should send, through the page where papers are given."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from portal.core.door import acting
from portal.vault.models import StoredFile
from tests.portal.vault.samples import pdf, picture

BOUNDARY = "frontiere"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


def bomb(side=60_000):
    """A small PNG that says it has more points than a computer holds."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    )


REFUSED = {
    "empty": ("vide.pdf", lambda: b""),
    "text named pdf": ("texte.pdf", lambda: b"bonjour" * 100),
    "program named jpg": ("photo.jpg", lambda: b"MZ" + b"\x00" * 60 + b"PE\x00\x00" + b"x" * 500),
    "program by its name": ("photo.jpg.exe", lambda: picture()),
    "cut pdf": ("coupe.pdf", lambda: pdf(3)[:300]),
    "cut photograph": ("coupe.jpg", lambda: picture(size=(900, 900))[:2000]),
    "pdf with a password": ("secret.pdf", lambda: pdf(password="x")),
    "bomb": ("bombe.png", bomb),
    "drawing": ("dessin.svg", lambda: SVG),
    "drawing named png": ("dessin.png", lambda: SVG),
    "page named pdf": ("page.pdf", lambda: PAGE),
    "pdf without a page": ("rien.pdf", lambda: pdf(0)),
    "eleven megabytes": ("lourd.pdf", lambda: pdf() + b"%" * 11 * 1024 * 1024),
    "too many pages": ("livre.pdf", lambda: pdf(101)),
    "archive": ("dossier.zip", lambda: b"PK\x03\x04" + b"\x00" * 200),
    "moving picture": ("anime.gif", lambda: b"GIF89a" + b"\x00" * 100),
    "without an extension": ("piece", lambda: pdf()),
    "only an extension": (".pdf", lambda: b"%PDF-"),
}
NAMES = {
    "path": "../../etc/passwd.pdf",
    "windows path": r"C:\\Windows\\system32\\x.pdf",
    "zero": "a\x00b.pdf",
    "direction": "photo\u202efdp.pdf",
    "three hundred": "n" * 300 + ".pdf",
    "new line": "a%0D%0AContent-Type: text/html.pdf",
    "script": "<script>alert(1)</script>.pdf",
    "no text": b"\xff\xfe.pdf",
    "spaces": "   .pdf",
    "dots": "....pdf",
    "emoji": "\U0001f4c4\U0001f3fd.pdf",
}


@pytest.fixture
def box(world):
    """The box of the passport in an empty draft, and its owner's browser."""
    dossier, owner = world.here.draft, world.here.owner
    with acting(owner.pk):
        dossier.evidence.update(removed_at="2026-01-01T00:00Z")
    url = reverse("dossiers:evidence_box", args=[dossier.pk, "passport"])
    return world.browsers.of("owner_here"), url, owner


def objects():
    """Every object in the store of evidence."""
    folder = settings.STORAGES["evidence"]["OPTIONS"]["location"]
    return {path for path in Path(folder).rglob("*") if path.is_file()}


def rows(owner):
    with acting(owner.pk):
        return set(StoredFile.objects.values_list("pk", flat=True))


def give(client, url, name, data):
    """Post a file whose name is written as it is, without a library's care."""
    raw = name if isinstance(name, bytes) else name.encode()
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n' % (
        BOUNDARY.encode(),
        raw.replace(b'"', b"%22"),
    )
    body = head + b"Content-Type: application/pdf\r\n\r\n" + data
    body += b"\r\n--%s--\r\n" % BOUNDARY.encode()
    return client.generic("POST", url, body, f"multipart/form-data; boundary={BOUNDARY}")


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(box, case):
    client, url, owner = box
    name, make = REFUSED[case]
    before = objects(), rows(owner)

    answer = give(client, url, name, make())

    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert (objects(), rows(owner)) == before


@pytest.mark.parametrize("case", sorted(NAMES))
def test_a_strange_name_never_travels(box, case):
    client, url, owner = box
    before = rows(owner)

    answer = give(client, url, NAMES[case], pdf())

    assert answer.status_code in (200, 302, 400)
    for pk in rows(owner) - before:
        with acting(owner.pk):
            stored = StoredFile.objects.get(pk=pk)
        assert not set("/\\\x00\u202e\r\n") & set(stored.original_name)
        assert len(stored.original_name) <= 150
        assert stored.storage_key.count("/") == 2
        served = client.get(reverse("dossiers:file_sent", args=[pk]))
        assert served["Content-Type"] == "application/pdf"
        assert served["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in served["Content-Security-Policy"]
        assert "\n" not in served["Content-Disposition"]
        page = client.get(url)
        assert page.status_code == 200
        assert "<script>alert(" not in page.text


def test_two_files_under_one_name_give_one(box):
    client, url, owner = box
    before = len(rows(owner))

    answer = client.post(url, {"file": [io.BytesIO(pdf()), io.BytesIO(pdf())]})

    assert answer.status_code < 500
    assert len(rows(owner)) - before <= 1


def test_a_word_where_a_file_was_expected_is_refused(box):
    client, url, owner = box
    before = rows(owner)

    answer = client.post(url, {"file": "bonjour"})

    assert answer.status_code == 200
    assert rows(owner) == before


def test_a_box_that_is_not_asked_for_takes_nothing(box, world):
    client, _url, owner = box
    before = objects(), rows(owner)

    for rule in ("marriage-certificate", "nothing", "..%2f", "x" * 300):
        answer = give(
            client, f"/mon-espace/dossiers/{world.here.draft.pk}/pieces/{rule}/", "a.pdf", pdf()
        )
        assert answer.status_code in (302, 404, 200)

    assert (objects(), rows(owner)) == before
