"""How files are read: inert, by who may, with one line for each reading by somebody else."""

import uuid
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.storage import storages
from django.http import Http404
from django.test import RequestFactory

from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.vault import api as vault
from portal.vault import storage
from portal.vault.enums import ScanState
from tests import antivirus as other
from tests.factories.accounts import UserFactory
from tests.factories.vault import judged
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db
INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}


def request_of(user, method="GET", **headers):
    request = RequestFactory().generic(method, "/", headers=headers)
    request.user = user
    return request


def given(data=None, name="passeport de Nadia é.pdf"):
    applicant = UserFactory()
    stored = vault.receive(
        samples.upload(data or samples.pdf(2), name),
        subject_id=uuid.uuid4(),
        applicant_id=applicant.pk,
        prefecture_code="69",
    )
    with acting(None, prefectures=["69"]):
        vault.grant_access(stored.subject_id, "69", ["reviewer", "signatory"], "case opened")
    return stored


@pytest.fixture
def stored():
    return judged(given())


@pytest.fixture
def clean(clamd):
    return judged(given())


@pytest.fixture
def agent(db):
    return UserFactory(reviewer=True, prefecture="69", display_name="Zoé Lecteur")


def letter(applicant, data):
    return vault.store_bytes(
        data,
        "courrier.pdf",
        "application/pdf",
        subject_id=uuid.uuid4(),
        applicant_id=applicant.pk,
        kind="letter",
    )


def lines():
    found = JournalLine.objects.filter(act="document.read").order_by("id")
    return list(found.values_list("actor_id", "subject_id", "facts"))


def everything(response):
    return b"".join(response) if response.streaming else response.content


def test_a_page_is_an_inert_image_without_a_line_for_its_own_person(stored):
    with acting_for(stored.applicant):
        response = vault.serve_page(request_of(stored.applicant), stored, 2, vault.LARGE)

    assert response.content[:4] == b"RIFF"
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Disposition"] == 'inline; filename="page-2.webp"'
    assert INERT.items() <= dict(response.headers).items()
    assert lines() == []


def test_the_person_gets_the_clean_copy_and_on_demand_what_they_sent(stored):
    with acting_for(stored.applicant):
        copy = vault.serve_copy(request_of(stored.applicant), stored)
        sent = vault.serve_sent(request_of(stored.applicant), stored)

    assert copy.content != sent.content == vault.open_file(stored)
    for response in (copy, sent):
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''passeport")
        assert INERT.items() <= dict(response.headers).items()


def test_a_photograph_is_given_as_the_jpeg_that_was_made_of_it():
    stored = judged(given(samples.heic(), "photo.heic"))

    with acting_for(stored.applicant):
        copy = vault.serve_copy(request_of(stored.applicant), stored)
        sent = vault.serve_sent(request_of(stored.applicant), stored)

    assert (copy["Content-Type"], sent["Content-Type"]) == ("image/jpeg", "image/heic")
    assert copy["Content-Disposition"] == 'attachment; filename="photo.jpg"'


def test_each_image_shown_to_an_agent_leaves_one_line(stored, agent):
    with acting_for(agent):
        for page in (1, 2, 2):
            vault.serve_page(request_of(agent), stored, page)
        vault.serve_page(request_of(agent, "HEAD"), stored, 1)

    shown = [(who, facts) for who, _file, facts in lines()]
    assert shown == [(agent.pk, {"shown": "page", "page": page}) for page in (1, 2, 2)]


def test_an_agent_takes_a_copy_that_names_them_once_the_file_is_clean(clean, agent):
    with acting_for(agent):
        response = vault.serve_copy(request_of(agent), clean)

    pages = pypdfium2.PdfDocument(response.content)
    assert all("Zoé Lecteur – " in page.get_textpage().get_text_range() for page in pages)
    assert response["Content-Disposition"].startswith("attachment;")
    assert INERT.items() <= dict(response.headers).items()
    assert lines() == [(agent.pk, str(clean.pk), {"shown": "copy"})]


def test_an_agent_takes_nothing_that_was_not_scanned_and_never_the_original(stored, clean, agent):
    with acting_for(agent):
        assert vault.serve_page(request_of(agent), stored, 1).status_code == 200
        for serve, file in ((vault.serve_copy, stored), (vault.serve_sent, clean)):
            with pytest.raises(Http404):
                serve(request_of(agent), file)
        with pytest.raises(Http404):
            vault.serve(request_of(agent), clean)
        assert len(lines()) == 1


@pytest.mark.parametrize("who", ["applicant", "agent"])
def test_nobody_is_given_a_virus(clamd, agent, who):
    stored = judged(given(samples.pdf() + other.WORM + b"\n%%EOF"))
    reader = stored.applicant if who == "applicant" else agent

    assert stored.scan_state == ScanState.INFECTED
    with acting_for(reader):
        for serve in (vault.serve_copy, vault.serve_sent):
            with pytest.raises(Http404):
                serve(request_of(reader), stored)
        with pytest.raises(Http404):
            vault.serve_page(request_of(reader), stored, 1)


def test_a_page_that_is_not_drawn_yet_does_not_exist(agent):
    stored = given()

    with acting_for(agent), pytest.raises(Http404):
        vault.serve_page(request_of(agent), stored, 1)


@pytest.mark.parametrize(("page", "width"), [(0, 480), (3, 480), (1, 481), (32767, 1400)])
def test_other_pages_and_widths_do_not_exist(stored, page, width):
    with acting_for(stored.applicant), pytest.raises(Http404):
        vault.serve_page(request_of(stored.applicant), stored, page, width)


def test_access_taken_back_is_gone_at_the_next_image(stored, agent):
    with acting_for(agent):
        vault.serve_page(request_of(agent), stored, 1)
        vault.revoke_access(stored.subject_id, "69")
        with pytest.raises(Http404):
            vault.serve_page(request_of(agent), stored, 1)


def test_head_says_the_same_as_get_and_gives_nothing(stored, agent):
    with acting_for(agent):
        get = vault.serve_page(request_of(agent), stored, 1)
        head = vault.serve_page(request_of(agent, "HEAD"), stored, 1)

    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)
    assert int(head["Content-Length"]) == len(get.content)


@pytest.fixture
def long_letter():
    data = samples.pdf(2) + b"%" + bytes(range(256)) * 12_000
    return letter(UserFactory(), data), data


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-99", (0, 100)),
        ("bytes=100-", (100, None)),
        ("bytes=-50", (-50, None)),
        ("bytes=70000-2500000", (70000, 2_500_001)),
        ("bytes=5-5", (5, 6)),
        ("bytes=10-99999999999", (10, None)),
        ("Bytes = 3-9", (3, 10)),
    ],
)
def test_a_range_gives_these_bytes_alone(long_letter, asked, span):
    stored, data = long_letter

    with acting_for(stored.applicant):
        response = vault.serve(request_of(stored.applicant, Range=asked), stored)
        part = everything(response)

    start = span[0] % len(data)
    assert response.status_code == 206
    assert part == data[span[0] : span[1]]
    assert response["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}"
    assert int(response["Content-Length"]) == len(part)
    assert INERT.items() <= dict(response.headers).items()


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_after_the_end_is_said_to_be_so(long_letter, asked):
    stored, data = long_letter

    with acting_for(stored.applicant):
        response = vault.serve(request_of(stored.applicant, Range=asked), stored)

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(data)}")


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-5", "bytes=a-b", "bytes=-", "items=0-5", "bytes=0-1,5-9", "bytes=" + "9" * 40, "é"],
)
def test_what_is_no_single_range_gives_the_whole(long_letter, asked):
    stored, data = long_letter

    with acting_for(stored.applicant):
        response = vault.serve(request_of(stored.applicant, Range=asked), stored)

        assert response.status_code == 200
        assert everything(response) == data


def test_a_range_of_another_version_gives_the_whole(long_letter):
    stored, data = long_letter

    with acting_for(stored.applicant):
        etag = vault.serve(request_of(stored.applicant), stored)["ETag"]
        for version, status in ((etag, 206), ('"other"', 200), ("W/" + etag, 200)):
            asked = {"Range": "bytes=0-9", "If-Range": version}
            response = vault.serve(request_of(stored.applicant, **asked), stored)
            assert response.status_code == status


def test_pieces_of_one_reading_leave_one_line(stored, agent, move_clock):
    with acting_for(agent):
        for asked in ("bytes=0-99", "bytes=100-199", "bytes=200-299"):
            vault.serve_page(request_of(agent, Range=asked), stored, 1, vault.LARGE)
        assert len(lines()) == 1
        vault.serve_page(request_of(agent, Range="bytes=100-"), stored, 2, vault.LARGE)
        assert len(lines()) == 2
    move_clock(timedelta(minutes=16))

    with acting_for(agent):
        vault.serve_page(request_of(agent, Range="bytes=100-"), stored, 1, vault.LARGE)
        assert len(lines()) == 3


def test_a_store_that_is_down_is_said_in_words_and_leaves_no_line(stored, agent, monkeypatch):
    def is_down(*_said, **_facts):
        raise storage.StorageDown("down")

    monkeypatch.setattr(storage, "fetch", is_down)
    with acting_for(agent):
        response = vault.serve_page(request_of(agent), stored, 1)

        assert response.status_code == 503
        assert "momentanément indisponible" in response.content.decode()
        assert lines() == []


def test_an_image_changed_in_the_store_is_not_given(stored, agent):
    with acting(stored.applicant_id):
        image = stored.renditions.get(kind="page", page=1, width=480)
        other = stored.renditions.get(kind="page", page=2, width=480)
    store = storages["evidence"]
    kept, swapped = (store.open(one.storage_key).read() for one in (image, other))
    changed = kept[:-1] + bytes([kept[-1] ^ 1])

    with acting_for(agent):
        for data in (changed, kept[:-1], swapped):
            Path(store.path(image.storage_key)).write_bytes(data)
            response = vault.serve_page(request_of(agent), stored, 1)
            assert response.status_code == 503
            assert b"RIFF" not in response.content
        assert lines() == []


def test_no_line_no_bytes(stored, agent, monkeypatch):
    def refuses(*_said, **_facts):
        raise RuntimeError("the journal is full")

    monkeypatch.setattr("portal.core.journal.record", refuses)
    with acting_for(agent), pytest.raises(RuntimeError):
        vault.serve_page(request_of(agent), stored, 1)


def test_an_image_is_smaller_than_its_page_needs(stored):
    with acting_for(stored.applicant):
        sizes = [
            len(vault.serve_page(request_of(stored.applicant), stored, 1, width).content)
            for width in (vault.SMALL, vault.LARGE)
        ]

    assert sizes[0] < sizes[1] < 200_000
