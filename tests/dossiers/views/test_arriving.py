"""Files sent in pieces by the tus protocol: exact answers, one owner, one file in its box."""

import base64
import hashlib
import io
import uuid

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from dossiers.services.drafting import discard_draft
from portal.core.door import acting
from portal.vault import storage
from portal.vault.arrival.models import PIECE_BYTES, Upload, UploadChunk
from portal.vault.models import StoredFile
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.arrival import (
    PIECE,
    RESUMABLE,
    begin,
    begin_url,
    named,
    offset_of,
    patch,
    run_jobs,
    send,
    upload_at,
)
from tests.factories.dossiers import draft, file_now, give, picture
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(applicant):
    return draft(applicant)


def photo():
    return picture().read()


def held(dossier, rule="passport"):
    with acting(dossier.applicant_id):
        return list(dossier.evidence.given().filter(rule_code=rule).select_related("file"))


def row(dossier, url):
    with acting(dossier.applicant_id):
        return upload_at(url)


def test_the_server_says_what_it_can_do(signed_in, dossier):
    said = signed_in.options(begin_url(dossier))

    assert said.status_code == 204
    assert (said["Tus-Version"], said["Tus-Resumable"]) == ("1.0.0", "1.0.0")
    assert said["Tus-Max-Size"] == str(10 * 1024 * 1024)
    assert set(said["Tus-Extension"].split(",")) == {
        *("creation", "creation-with-upload", "checksum", "expiration", "termination")
    }
    assert "sha1" in said["Tus-Checksum-Algorithm"].split(",")


def test_a_file_sent_in_pieces_is_in_its_box_once(signed_in, dossier):
    data = photo()
    made = begin(signed_in, dossier, len(data))
    assert (made.status_code, made["Tus-Resumable"]) == (201, "1.0.0")
    assert "GMT" in made["Upload-Expires"]
    url = made["Location"]

    first = patch(signed_in, url, data[:100], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "100")
    assert offset_of(signed_in, url) == 100
    last = patch(signed_in, url, data[100:], 100)
    assert last["Upload-Offset"] == str(len(data))
    assert signed_in.get(url).json()["state"] == "assembling"
    assert held(dossier) == []
    for _twice in range(2):
        run_jobs("dossiers.receive_upload")

    (evidence,) = held(dossier)
    assert evidence.file.sha256 == hashlib.sha256(data).hexdigest()
    assert evidence.file.original_name == "passeport.jpg"
    said = signed_in.get(url).json()
    assert (said["state"], said["sentences"]) == ("done", [])
    assert said["next"] == reverse("dossiers:evidence", args=[dossier.pk])


def test_staged_pieces_are_gone_once_the_file_is_there(signed_in, dossier):
    url = send(signed_in, dossier, photo())
    run_jobs("dossiers.receive_upload")
    with acting(dossier.applicant_id):
        (chunk,) = UploadChunk.objects.filter(upload=upload_at(url))

    for _twice in range(2):
        run_jobs("vault.clear_upload")

    with acting(dossier.applicant_id):
        assert not UploadChunk.objects.exists()
    with pytest.raises(storage.StorageDown):
        storage.fetch(chunk.storage_key, subject_id=dossier.pk, kind="evidence")


def test_a_first_piece_may_come_with_the_creation(signed_in, dossier):
    data = photo()

    made = signed_in.post(
        begin_url(dossier),
        data[:50],
        content_type=PIECE,
        HTTP_UPLOAD_LENGTH=str(len(data)),
        HTTP_UPLOAD_METADATA=named("a.jpg"),
        **RESUMABLE,
    )

    assert (made.status_code, made["Upload-Offset"]) == (201, "50")
    assert patch(signed_in, made["Location"], data[50:], 50).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_TUS_RESUMABLE": "0.2.2"}, 412),
        ({"HTTP_TUS_RESUMABLE": ""}, 412),
        ({"HTTP_UPLOAD_LENGTH": ""}, 400),
        ({"HTTP_UPLOAD_LENGTH": "-5"}, 400),
        ({"HTTP_UPLOAD_LENGTH": "٣"}, 400),
        ({"HTTP_UPLOAD_DEFER_LENGTH": "1"}, 400),
        ({"HTTP_UPLOAD_METADATA": "filename ###"}, 400),
        ({"HTTP_UPLOAD_METADATA": "filename " + base64.b64encode(b"\xff\xfe").decode()}, 400),
        ({"HTTP_UPLOAD_LENGTH": "0"}, 422),
        ({"HTTP_UPLOAD_LENGTH": str(11 * 1024 * 1024)}, 413),
        ({"HTTP_UPLOAD_LENGTH": "9" * 15}, 413),
        ({"HTTP_UPLOAD_METADATA": named("a.exe")}, 422),
    ],
)
def test_a_creation_that_cannot_be_is_refused(signed_in, dossier, headers, status):
    asked = {"HTTP_UPLOAD_LENGTH": "100", "HTTP_UPLOAD_METADATA": named("a.jpg")}

    refused = signed_in.post(
        begin_url(dossier), b"", content_type="text/x", **RESUMABLE | asked | headers
    )

    assert refused.status_code == status
    if status == 412:
        assert refused["Tus-Version"] == "1.0.0"
    with acting(dossier.applicant_id):
        assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("size", "name", "sentence"),
    [
        (0, "a.jpg", "vide"),
        (11 * 1024 * 1024, "a.jpg", "la limite est"),
        (100, "a.exe", "Nous ne savons pas lire ce fichier"),
        (100, "a.docx", "Exporter en PDF"),
    ],
)
def test_a_file_that_does_not_fit_is_told_before_a_byte_is_sent(
    signed_in, dossier, size, name, sentence
):
    assert sentence in begin(signed_in, dossier, size, name=name).text


def test_a_wrong_offset_changes_nothing(signed_in, dossier):
    url = begin(signed_in, dossier, 100)["Location"]

    assert patch(signed_in, url, b"x" * 10, 5).status_code == 409
    assert patch(signed_in, url, b"x" * 10, 0).status_code == 204
    assert patch(signed_in, url, b"x" * 10, 0).status_code == 409
    assert offset_of(signed_in, url) == 10


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"HTTP_TUS_RESUMABLE": "2.0.0"}, 412),
        ({"content_type": "application/octet-stream"}, 415),
        ({"HTTP_UPLOAD_OFFSET": "zero"}, 400),
        ({"data": b"x" * 101}, 413),
        ({"HTTP_UPLOAD_CHECKSUM": "md5 AAAA"}, 400),
        ({"HTTP_UPLOAD_CHECKSUM": "sha1 AAAA"}, 460),
    ],
)
def test_a_piece_that_is_wrong_is_refused(signed_in, dossier, change, status):
    url = begin(signed_in, dossier, 100)["Location"]
    sent = {"data": b"x" * 20, "content_type": PIECE, "HTTP_UPLOAD_OFFSET": "0"} | RESUMABLE

    refused = signed_in.patch(url, **sent | change)

    assert refused.status_code == status
    assert offset_of(signed_in, url) == 0


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_piece_may_carry_its_checksum(signed_in, dossier, name):
    data = b"x" * 60
    url = begin(signed_in, dossier, 100)["Location"]
    digest = base64.b64encode(hashlib.new(name, data).digest()).decode()

    kept = patch(signed_in, url, data, 0, HTTP_UPLOAD_CHECKSUM=f"{name} {digest}")

    assert (kept.status_code, kept["Upload-Offset"]) == (204, "60")


def test_a_long_body_is_kept_in_pieces(signed_in, dossier):
    data = b"\xff\xd8\xff\xe0" + bytes(2 * PIECE_BYTES)
    url = send(signed_in, dossier, data)

    with acting(dossier.applicant_id):
        pieces = UploadChunk.objects.filter(upload=upload_at(url)).order_by("start")
        assert [(one.start, one.stop) for one in pieces] == [
            (0, PIECE_BYTES),
            (PIECE_BYTES, 2 * PIECE_BYTES),
            (2 * PIECE_BYTES, len(data)),
        ]


def test_a_proxy_without_patch_says_so_in_a_header(signed_in, dossier):
    url = begin(signed_in, dossier, 100)["Location"]

    kept = signed_in.post(
        url,
        b"x" * 30,
        content_type=PIECE,
        HTTP_UPLOAD_OFFSET="0",
        HTTP_X_HTTP_METHOD_OVERRIDE="PATCH",
        **RESUMABLE,
    )

    assert (kept.status_code, kept["Upload-Offset"]) == (204, "30")


def test_an_upload_given_up_is_gone(signed_in, dossier):
    url = begin(signed_in, dossier, 100)["Location"]
    patch(signed_in, url, b"x" * 30, 0)

    codes = [signed_in.delete(url, **RESUMABLE).status_code for _twice in range(2)]

    assert codes == [204, 204]
    assert signed_in.head(url, **RESUMABLE).status_code == 410
    assert patch(signed_in, url, b"x" * 30, 30).status_code == 410
    run_jobs("vault.clear_upload")
    with acting(dossier.applicant_id):
        assert not UploadChunk.objects.exists()


def test_an_upload_is_given_up_by_a_button_without_script(signed_in, dossier):
    url = begin(signed_in, dossier, 100)["Location"]
    patch(signed_in, url, b"x" * 30, 0)
    page = signed_in.get(reverse("dossiers:evidence", args=[dossier.pk]))
    assert "30 % reçus" in page.text
    assert url in page.text

    gone = signed_in.post(url)

    assert gone["Location"] == reverse("dossiers:evidence", args=[dossier.pk])
    assert row(dossier, url).state == "cancelled"


def test_nobody_else_finds_an_upload(signed_in, client, dossier):
    other = UserFactory()
    url = begin(signed_in, dossier, 100)["Location"]
    nothing = url.replace(url.rstrip("/").rpartition("/")[2], str(uuid.uuid4()))
    enter(stranger := Client(), other)

    for target in (url, nothing):
        assert stranger.head(target, **RESUMABLE).status_code == 404
        assert stranger.get(target).status_code == 404
        assert patch(stranger, target, b"x", 0).status_code == 404
        assert stranger.delete(target, **RESUMABLE).status_code == 404
    assert begin(stranger, dossier, 100).status_code == 404
    with acting(other.pk):
        assert not Upload.objects.exists()


def test_a_piece_without_the_token_of_the_page_is_refused(applicant, dossier):
    enter(browser := Client(enforce_csrf_checks=True), applicant)
    page = browser.get(reverse("dossiers:evidence", args=[dossier.pk]))
    token = page.context["csrf_token"]

    assert begin(browser, dossier, 100).status_code == 403
    made = begin(browser, dossier, 100, HTTP_X_CSRFTOKEN=str(token))
    assert made.status_code == 201
    assert patch(browser, made["Location"], b"x", 0).status_code == 403
    assert browser.delete(made["Location"], **RESUMABLE).status_code == 403
    sent = patch(browser, made["Location"], b"x", 0, HTTP_X_CSRFTOKEN=str(token))
    assert sent.status_code == 204


def locked():
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return out.getvalue()


UNFIT = {
    "locked": (locked, "a.pdf", "mot de passe"),
    "torn": (lambda: b"\xff\xd8\xff\xe0" + b"x" * 400, "a.jpg", "illisible"),
    "disguised": (lambda: b"MZ" * 50, "a.pdf", "n’est pas accepté"),
    "cut": (lambda: samples.pdf(2)[:-40], "a.pdf", "abîmé"),
}


@pytest.mark.parametrize(("make", "name", "sentence"), UNFIT.values(), ids=UNFIT.keys())
def test_each_file_that_does_not_pass_says_why_and_leaves_nothing(
    signed_in, dossier, make, name, sentence
):
    url = send(signed_in, dossier, make(), name=name)
    run_jobs("dossiers.receive_upload")

    said = signed_in.get(url).json()

    assert said["state"] == "failed"
    assert sentence in " ".join(said["sentences"])
    assert sentence in signed_in.get(reverse("dossiers:evidence", args=[dossier.pk])).text
    assert held(dossier) == []
    with acting(dossier.applicant_id):
        assert not StoredFile.objects.exists()


def test_a_refusal_waits_in_the_language_of_its_person(client):
    reader = UserFactory(language="en")
    dossier = draft(reader)
    enter(client, reader)

    url = send(client, dossier, locked(), name="a.pdf")
    run_jobs("dossiers.receive_upload")

    assert row(dossier, url).language == "en"


def test_an_upload_that_is_whole_after_the_filing_adds_nothing(signed_in, applicant):
    dossier = draft(applicant, evidence=True)
    url = begin(signed_in, dossier, len(photo()))["Location"]
    file_now(dossier, applicant)
    before = len(held(dossier))

    refused = patch(signed_in, url, photo(), 0)

    assert refused.status_code == 410
    assert "déjà déposée" in refused.text
    assert row(dossier, url).reason == "closed"
    assert len(held(dossier)) == before


def test_an_upload_checked_after_the_draft_is_given_up_adds_nothing(signed_in, applicant, dossier):
    url = send(signed_in, dossier, photo())
    with acting(applicant.pk) as act:
        discard_draft(dossier_id=dossier.pk, applicant=applicant, at=act.now)

    run_jobs("dossiers.receive_upload")

    ended = row(dossier, url)
    assert (ended.state, ended.reason) == ("failed", "closed")
    assert "abandonnée" in " ".join(ended.sentences)
    with acting(applicant.pk):
        assert not StoredFile.objects.filter(removed_at=None).exists()


def test_a_draft_is_not_filed_while_a_file_is_checked(signed_in, applicant):
    dossier = draft(applicant, evidence=True)
    send(signed_in, dossier, photo(), rule="proof-of-address")

    page = signed_in.get(reverse("dossiers:check", args=[dossier.pk]))

    assert "en cours de vérification" in page.text


def test_a_full_box_takes_no_new_upload_but_a_replacement(signed_in, applicant, dossier):
    most = dossier.procedure.evidence_rule("passport").max_files
    files = [give(dossier, applicant, "passport") for _ in range(most)]

    assert "le maximum" in begin(signed_in, dossier, 100).text
    send(signed_in, dossier, photo(), query=f"?remplace={files[0].pk}", name="neuf.jpg")
    run_jobs("dossiers.receive_upload")

    now = held(dossier)
    assert (len(now), now[0].file.original_name) == (most, "neuf.jpg")


@pytest.mark.parametrize(("rule", "status"), [("unknown-box", 404), ("host-letter", 422)])
def test_a_box_that_is_not_asked_takes_no_upload(signed_in, dossier, rule, status):
    assert begin(signed_in, dossier, 100, rule=rule).status_code == status


def test_a_person_has_twelve_uploads_at_once(signed_in, dossier):
    codes = [begin(signed_in, dossier, 100).status_code for _one in range(13)]

    assert codes == [201] * 12 + [429]
    assert "annulez" in begin(signed_in, dossier, 100).text


def test_the_page_of_the_boxes_asks_once_for_what_is_on_its_way(
    signed_in, dossier, django_assert_max_num_queries
):
    for _one in range(5):
        begin(signed_in, dossier, 100)

    with django_assert_max_num_queries(12):
        signed_in.get(reverse("dossiers:evidence", args=[dossier.pk]))
