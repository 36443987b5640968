"""Photographs one after another become one document, in the order and the sense of their person."""

import io

import pikepdf
import pytest
from django.urls import reverse
from PIL import Image

from dossiers.models import Album, AlbumPage
from dossiers.services import albums
from dossiers.services.drafting import discard_draft
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.vault import api as vault
from portal.vault.models import StoredFile
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.arrival import run_jobs, send
from tests.factories.dossiers import draft, file_now, give, picture
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(applicant):
    return draft(applicant)


def album_url(dossier, rule="passport"):
    return reverse("dossiers:album", args=[dossier.pk, rule])


def add(client, dossier, upload=None, rule="passport"):
    return client.post(album_url(dossier, rule), {"file": upload or picture()})


def change(client, dossier, **act):
    return client.post(reverse("dossiers:album_change", args=[dossier.pk, "passport"]), act)


def pages(dossier):
    with acting(dossier.applicant_id):
        held = AlbumPage.objects.filter(dossier=dossier, removed_at=None).order_by("position")
        return list(held.select_related("file"))


def named(dossier):
    return [(page.file.original_name, page.turn) for page in pages(dossier)]


def document(dossier):
    with acting(dossier.applicant_id):
        (evidence,) = dossier.evidence.given().select_related("file")
        return evidence, vault.open_file(evidence.file)


def three(client, dossier):
    for name in ("un.jpg", "deux.jpg", "trois.jpg"):
        assert add(client, dossier, picture(name)).status_code == 302
    return [str(page.pk) for page in pages(dossier)]


def test_pages_are_moved_turned_and_taken_out_by_buttons(signed_in, dossier):
    first, second, third = three(signed_in, dossier)

    change(signed_in, dossier, down=first)
    change(signed_in, dossier, up=third)
    change(signed_in, dossier, up=second)
    change(signed_in, dossier, turn=third)
    change(signed_in, dossier, remove=first)
    change(signed_in, dossier, remove=first)

    assert named(dossier) == [("deux.jpg", 0), ("trois.jpg", 90)]
    assert [page.position for page in pages(dossier)] == [1, 2]


def test_the_document_has_the_pages_in_order_and_the_originals_stay(signed_in, dossier):
    wide = samples.picture(size=(400, 200), exif=True)
    add(signed_in, dossier, samples.upload(samples.picture(size=(300, 200)), "un.jpg"))
    add(signed_in, dossier, samples.upload(wide, "deux.jpg"))
    add(signed_in, dossier, samples.upload(samples.heic((64, 48)), "trois.heic"))
    change(signed_in, dossier, turn=str(pages(dossier)[0].pk))
    change(signed_in, dossier, finish="1")
    for _twice in range(2):
        run_jobs("dossiers.bind_album")

    evidence, bound = document(dossier)
    assert (evidence.rule_code, evidence.file.original_name) == ("passport", "Passeport.pdf")
    with pikepdf.open(io.BytesIO(bound)) as pdf:
        drawn = [page.get_images()["/Photo"] for page in pdf.pages]
        sizes = [(int(one.Width), int(one.Height)) for one in drawn]
        jpegs = [one.read_raw_bytes() for one in drawn]
    # turned by hand; turned by its own EXIF; left alone
    assert sizes == [(200, 300), (200, 400), (64, 48)]
    assert all(not Image.open(io.BytesIO(jpeg)).getexif() for jpeg in jpegs)
    with acting(dossier.applicant_id):
        originals = StoredFile.objects.filter(original_name="deux.jpg")
        assert vault.open_file(originals.get()) == wide
        assert Album.objects.get().state == "done"


def test_a_page_turned_clockwise_has_its_left_edge_on_top(signed_in, dossier):
    image = Image.new("RGB", (80, 40), "white")
    image.paste((200, 0, 0), (0, 0, 20, 40))
    out = io.BytesIO()
    image.save(out, "PNG")
    add(signed_in, dossier, samples.upload(out.getvalue(), "un.png"))
    change(signed_in, dossier, turn=str(pages(dossier)[0].pk))
    change(signed_in, dossier, finish="1")
    run_jobs("dossiers.bind_album")

    _evidence, bound = document(dossier)
    with pikepdf.open(io.BytesIO(bound)) as pdf:
        turned = Image.open(io.BytesIO(pdf.pages[0].get_images()["/Photo"].read_raw_bytes()))
    assert turned.size == (40, 80)
    red, _green, blue = turned.getpixel((20, 5))
    assert red > 150
    assert blue < 100


def test_photographs_also_come_in_pieces(signed_in, dossier):
    for name in ("un.jpg", "deux.jpg"):
        url = send(signed_in, dossier, picture(name).read(), name=name, query="?photos=1")
        run_jobs("dossiers.receive_upload")

    assert [name for name, _turn in named(dossier)] == ["un.jpg", "deux.jpg"]
    assert signed_in.get(url).json()["next"] == album_url(dossier)


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (None, "Choisissez d’abord une photo"),
        (samples.upload(samples.pdf(), "scan.jpg"), "n’est pas une photo"),
        (samples.upload(b"\xff\xd8\xff\xe0" + b"x" * 400, "a.jpg"), "illisible"),
        (samples.upload(b"", "vide.jpg"), "vide"),
    ],
)
def test_what_is_no_photograph_is_refused_with_its_sentence(signed_in, dossier, upload, sentence):
    refused = signed_in.post(album_url(dossier), {"file": upload} if upload else {})

    assert sentence in refused.text
    assert pages(dossier) == []
    with acting(dossier.applicant_id):
        assert not StoredFile.objects.exists()


def test_an_empty_album_gives_no_document(signed_in, dossier):
    (first,) = (add(signed_in, dossier), pages(dossier))[1]
    change(signed_in, dossier, remove=str(first.pk))

    said = change(signed_in, dossier, finish="1")

    assert said.status_code == 302
    assert "au moins une photo" in signed_in.get(said["Location"]).text
    assert run_jobs("dossiers.bind_album") == 0


def test_pages_hold_still_while_the_document_is_made(signed_in, dossier):
    first, _second, _third = three(signed_in, dossier)
    change(signed_in, dossier, finish="1")

    change(signed_in, dossier, remove=first)
    refused = add(signed_in, dossier)

    assert "en préparation" in refused.text
    assert len(pages(dossier)) == 3
    change(signed_in, dossier, reopen="1")
    run_jobs("dossiers.bind_album")
    with acting(dossier.applicant_id):
        assert not dossier.evidence.exists()


def test_an_album_whose_box_is_full_opens_again_with_the_reason(signed_in, applicant, dossier):
    three(signed_in, dossier)
    change(signed_in, dossier, finish="1")
    for _one in range(dossier.procedure.evidence_rule("passport").max_files):
        give(dossier, applicant, "passport")

    run_jobs("dossiers.bind_album")

    assert "le maximum" in signed_in.get(album_url(dossier)).text
    assert len(pages(dossier)) == 3


def test_thirty_pages_are_the_most(applicant, dossier):
    for number in range(31):
        kept = vault.keep(picture(f"{number}.jpg"), subject_id=dossier.pk)
        with acting(applicant.pk) as act:
            added = {"dossier_id": dossier.pk, "applicant": applicant, "rule_code": "passport"}
            if number < 30:
                albums.add_page(**added, kept=kept, at=act.now)
                continue
            with pytest.raises(DomainRefusal, match="30 pages"):
                albums.add_page(**added, kept=kept, at=act.now)


def test_a_draft_is_not_filed_over_unfinished_photographs(signed_in, applicant):
    dossier = draft(applicant, evidence=True)
    add(signed_in, dossier)

    page = signed_in.get(reverse("dossiers:check", args=[dossier.pk]))

    assert "Des photos attendent" in page.text
    change(signed_in, dossier, drop="1")
    file_now(dossier, applicant)


def test_photographs_go_with_the_album_and_with_the_draft(signed_in, applicant, dossier):
    add(signed_in, dossier)
    change(signed_in, dossier, drop="1")
    add(signed_in, dossier)
    change(signed_in, dossier, finish="1")
    run_jobs("dossiers.bind_album")
    add(signed_in, dossier, rule="birth-certificate")

    with acting(applicant.pk) as act:
        assert StoredFile.objects.filter(removed_at=None).count() == 3
        discard_draft(dossier_id=dossier.pk, applicant=applicant, at=act.now)
        assert not StoredFile.objects.filter(removed_at=None).exists()
        assert not Album.objects.unfinished().exists()


@pytest.mark.parametrize("value", ["", "1", "é", "00000000-0000-0000-0000-000000000000"])
def test_a_page_that_is_not_there_is_said_so(signed_in, dossier, value):
    add(signed_in, dossier)

    said = change(signed_in, dossier, up=value)

    assert said["Location"] == album_url(dossier)
    assert "n’est plus dans le document" in signed_in.get(said["Location"]).text


def test_nobody_else_sees_or_changes_an_album(signed_in, client, dossier):
    (page,) = (add(signed_in, dossier), pages(dossier))[1]
    enter(client, UserFactory())

    assert client.get(album_url(dossier)).status_code == 404
    assert add(client, dossier).status_code == 404
    assert change(client, dossier, remove=str(page.pk)).status_code == 404
    assert len(pages(dossier)) == 1


def test_the_album_page_asks_little_however_many_pages(
    signed_in, dossier, django_assert_max_num_queries
):
    three(signed_in, dossier)

    with django_assert_max_num_queries(12):
        signed_in.get(album_url(dossier))
