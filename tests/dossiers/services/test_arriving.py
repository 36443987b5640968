"""Two of everything at once, and a worker that dies between any two lines: one file, or none."""

import threading

import pytest
from django.db import connection

from dossiers.models import Evidence
from dossiers.models.procedure import published
from dossiers.services import albums, arriving
from dossiers.services import evidence as boxes
from portal.core.door import acting
from portal.vault import services as vault_services
from portal.vault import storage
from portal.vault.arrival import services as arrival
from portal.vault.arrival import staging
from portal.vault.arrival.gate import UploadGate
from portal.vault.arrival.models import PIECE_BYTES, Upload, UploadChunk
from portal.vault.models import StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.arrival import begin, offset_of, patch, run_jobs, send, upload_at
from tests.factories.dossiers import draft, file_now, picture
from tests.hostile.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_versions():
    published.cache_clear()


@pytest.fixture
def applicant(db):
    return UserFactory()


@pytest.fixture
def signed_in(client, applicant, settings):
    client.force_login(applicant)
    client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def opened():
    return acting(None, scope="system")


def as_worker(job, *arguments):
    """What a worker does, on a connection of its own."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute("set role portal_worker")
        try:
            return job(*arguments, opened)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("set role portal_web")

    return run


def whole(client, dossier):
    """An upload that waits to be made into a file."""
    url = send(client, dossier, picture().read())
    with acting(dossier.applicant_id):
        return upload_at(url)


def held(dossier):
    with acting(dossier.applicant_id):
        return list(dossier.evidence.given())


def again(upload):
    with acting(upload.applicant_id):
        upload.refresh_from_db()
    return upload


def test_two_tabs_send_the_same_piece_and_one_counts(applicant, signed_in):
    dossier = draft(applicant)
    with acting(applicant.pk):
        upload = upload_at(begin(signed_in, dossier, 2 * PIECE_BYTES)["Location"])

    def send_piece():
        staged = staging.put(b"x" * PIECE_BYTES, dossier.pk)
        with acting(applicant.pk):
            try:
                return arrival.take_piece(upload.pk, 0, staged).received
            except arrival.PieceOutOfOrder:
                return "too late"

    answers = at_once(*[send_piece] * 6)

    assert sorted(map(str, answers)) == [str(PIECE_BYTES), *["too late"] * 5]
    with acting(applicant.pk):
        assert UploadChunk.objects.count() == 1


def test_thirteen_tabs_begin_and_twelve_may(applicant):
    dossier = draft(applicant)

    def start():
        with acting(applicant.pk) as act:
            return arriving.begin_upload(
                dossier=dossier,
                rule_code="passport",
                name="a.jpg",
                size=100,
                language="fr",
                at=act.now,
            )

    answers = at_once(*[start] * 15)

    assert len(refusals(answers)) == 3
    with acting(applicant.pk):
        assert Upload.objects.count() == 12


def test_two_workers_make_one_file(applicant, signed_in):
    dossier = draft(applicant)
    upload = whole(signed_in, dossier)

    at_once(*[as_worker(arriving.receive_upload, upload.pk)] * 4)

    assert len(held(dossier)) == 1
    assert again(upload).state == "done"
    with acting(applicant.pk):
        assert StoredFile.objects.count() == 1


def test_a_file_checked_while_the_draft_is_filed_is_in_the_filing_or_nowhere(applicant, signed_in):
    dossier = draft(applicant, evidence=True)
    upload = whole(signed_in, dossier)
    before = len(held(dossier))

    answers = at_once(
        as_worker(arriving.receive_upload, upload.pk), lambda: file_now(dossier, applicant)
    )

    # a filing is refused while the file is checked: whoever came first, nothing is added after
    filed = not refusals(answers)
    assert again(upload).state == "done"
    assert len(held(dossier)) == before + 1
    if filed:
        with acting(applicant.pk):
            assert len(dossier.submissions.get().evidence) == before + 1


def test_two_workers_bind_one_document(applicant):
    dossier = draft(applicant)
    kept = vault_services.keep(picture(), subject_id=dossier.pk)
    with acting(applicant.pk) as act:
        page = albums.add_page(
            dossier_id=dossier.pk,
            applicant=applicant,
            rule_code="passport",
            kept=kept,
            at=act.now,
        )
        albums.ask_document(album_id=page.album_id, language="fr")

    at_once(*[as_worker(bind, page.album_id)] * 3)

    assert len(held(dossier)) == 1


def bind(album_id, door):
    albums.bind_album(album_id, "fr", door)


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("line", ["WholeFile", "keep", "add_evidence", "finish"])
def test_a_worker_killed_between_two_lines_leaves_what_can_be_done_again(
    applicant, signed_in, monkeypatch, line, when
):
    dossier = draft(applicant)
    upload = whole(signed_in, dossier)
    place = {"keep": arriving.vault, "add_evidence": boxes}.get(line, arriving.arrival)
    original = getattr(place, line)

    def die(*args, **facts):
        if when == "after":
            original(*args, **facts)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(place, line, die)
        with pytest.raises(Killed):
            as_worker(arriving.receive_upload, upload.pk)()
    assert held(dossier) == []
    assert again(upload).state == "assembling"

    as_worker(arriving.receive_upload, upload.pk)()

    assert len(held(dossier)) == 1
    assert again(upload).state == "done"
    with acting(applicant.pk):
        assert Evidence.objects.count() == StoredFile.objects.count() == 1


def test_a_store_that_is_down_receives_nothing_and_loses_nothing(applicant, signed_in, monkeypatch):
    dossier = draft(applicant)
    data = picture().read()
    url = begin(signed_in, dossier, len(data))["Location"]

    def down(*_args, **_facts):
        raise storage.StorageDown("down")

    with monkeypatch.context() as patched:
        patched.setattr(staging, "put", down)
        refused = patch(signed_in, url, data, 0)
        assert refused.status_code == 503
        assert "Rien n’est perdu" in refused.text
        assert offset_of(signed_in, url) == 0
    patch(signed_in, url, data, 0)
    with monkeypatch.context() as patched:
        patched.setattr(staging, "read", down)
        with pytest.raises(storage.StorageDown):
            run_jobs("dossiers.receive_upload")
    assert signed_in.get(url).json()["state"] == "assembling"

    run_jobs("dossiers.receive_upload")

    assert len(held(dossier)) == 1


def test_the_gate_sends_back_what_is_too_much(applicant, signed_in, settings):
    settings.UPLOADS_AT_ONCE = 1
    inside, leave, answers = threading.Event(), threading.Event(), []

    def slow(request):
        inside.set()
        leave.wait(20)
        return request

    gate = UploadGate(slow)
    piece = signed_in.request().wsgi_request
    piece.method = "PATCH"
    piece.META["HTTP_TUS_RESUMABLE"] = "1.0.0"
    first = threading.Thread(target=lambda: answers.append(gate(piece)))
    first.start()
    inside.wait(20)

    sent_back = gate(piece)

    assert (sent_back.status_code, sent_back["Retry-After"]) == (503, "2")
    leave.set()
    first.join(20)
    assert answers == [piece]
    assert gate(piece) is piece
