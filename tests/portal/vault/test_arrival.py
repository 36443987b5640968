"""The rows of an upload hold by themselves: order, quota, moves; what ended is cleared."""

import datetime as dt
import hashlib
import uuid

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction

from portal.core import clock
from portal.core.door import acting
from portal.vault import storage
from portal.vault.arrival import jobs, services, staging
from portal.vault.arrival.models import PIECE_BYTES, Upload, UploadChunk
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def applicant():
    person = UserFactory()
    with acting(person.pk):
        yield person


def begin(person, size=100, **facts):
    facts = {"subject_id": uuid.uuid4(), "about": {}, "name": "a.jpg", "language": "fr"} | facts
    return services.begin(applicant_id=person.pk, size=size, at=clock.now(), **facts)


def piece(upload, start, stop, key=None):
    return UploadChunk.objects.create(
        upload=upload,
        start=start,
        stop=stop,
        storage_key=key or uuid.uuid4().hex,
        sha256=hashlib.sha256(b"").hexdigest(),
    )


def refused(name, act):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


def test_pieces_follow_one_another_without_hole_or_overlap(applicant):
    upload = begin(applicant)
    piece(upload, 0, 40)

    refused("does not follow", lambda: piece(upload, 50, 60))
    refused("does not follow", lambda: piece(upload, 0, 40))
    refused("does not follow", lambda: piece(upload, 30, 60))
    refused("receives_what_it_declared", lambda: piece(upload, 40, 101))
    piece(upload, 40, 100)
    upload.refresh_from_db()
    assert (upload.received, upload.pieces, upload.is_whole) == (100, 2, True)
    refused("receives_what_it_declared", lambda: piece(upload, 100, 101))


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (0, PIECE_BYTES + 1), (-5, 5)])
def test_a_piece_has_a_size(applicant, start, stop):
    upload = begin(applicant, size=2 * PIECE_BYTES)

    said = "a_piece_is_neither_empty_nor_large|does not follow"
    refused(said, lambda: piece(upload, start, stop))


def test_bytes_are_counted_by_pieces_alone(applicant):
    upload = begin(applicant)
    rows = Upload.objects.filter(pk=upload.pk)

    refused("only a piece counts", lambda: rows.update(received=50))
    refused("only a piece counts", lambda: rows.update(pieces=3))
    for column, value in {"size": 5, "name": "b", "about": {"rule": "x"}}.items():
        refused("never changed", lambda c=column, v=value: rows.update(**{c: v}))


def test_a_piece_never_changes(applicant):
    upload = begin(applicant)
    row = piece(upload, 0, 40)

    refused(
        "permission denied", lambda: UploadChunk.objects.filter(pk=row.pk).update(sha256="0" * 64)
    )


@pytest.mark.parametrize("size", [0, -1, 101 * 1024 * 1024])
def test_a_size_is_neither_nothing_nor_everything(applicant, size):
    refused("neither_empty_nor_endless", lambda: begin(applicant, size=size))


def test_an_upload_only_moves_forward(applicant):
    upload = begin(applicant)
    rows = Upload.objects.filter(pk=upload.pk)
    refused("assembled_once_whole", lambda: rows.update(state="assembling"))
    refused("never becomes", lambda: rows.update(state="done", ended_at=clock.now()))
    piece(upload, 0, 100)
    upload.refresh_from_db()
    assert [services.begin_assembling(upload) for _twice in range(2)] == [True, False]
    refused("never becomes", lambda: rows.update(state="receiving"))
    upload.refresh_from_db()
    assert services.cancel(upload, clock.now()) is False
    refused("a_failed_upload_says_why", lambda: rows.update(state="failed", ended_at=clock.now()))
    services.fail(upload, "refused", ["Non."], clock.now())
    refused("never becomes", lambda: rows.update(state="assembling", ended_at=None, reason=""))


def test_a_person_has_few_uploads_at_once_and_in_a_day(applicant, move_clock):
    for _one in range(12):
        upload = begin(applicant)
    with pytest.raises(services.TooManyUploads, match="annulez"):
        begin(applicant)
    assert services.cancel(upload, clock.now())
    begin(applicant)
    with pytest.raises(services.TooManyUploads, match="annulez"):
        begin(applicant)
    with acting(UserFactory().pk) as other:
        begin(type(applicant).objects.get(pk=other.actor_id))


def test_a_persons_open_bytes_are_counted(applicant):
    for _one in range(2):
        begin(applicant, size=100 * 1024 * 1024)

    with pytest.raises(services.TooManyUploads):
        begin(applicant, size=60 * 1024 * 1024)


def test_three_hundred_files_are_a_day(applicant):
    for _one in range(300):
        services.cancel(begin(applicant), clock.now())

    with pytest.raises(services.TooManyUploads, match="demain"):
        begin(applicant)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\fakepath\\photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\u202egpj.exe", "abgpj.exe"),
        ("", "document"),
        ("x" * 400, "x" * 150),
    ],
)
def test_a_name_is_only_shown(given, shown):
    assert services.shown_name(given) == shown


def staged(upload, data=b"piece of a file"):
    return staging.put(data, upload.subject_id)


def fetched(key, upload):
    return storage.fetch(key, subject_id=upload.subject_id, kind="evidence")


def test_a_late_piece_is_refused(applicant, move_clock):
    upload = begin(applicant)
    move_clock(dt.timedelta(hours=25))

    with pytest.raises(services.PieceOutOfOrder):
        services.take_piece(upload.pk, 0, staged(upload))


def test_what_nobody_continued_ends_then_is_forgotten(as_role, move_clock):
    person = UserFactory()
    with acting(person.pk):
        upload = begin(person)
        services.take_piece(upload.pk, 0, kept := staged(upload))
        fresh = begin(person)
    move_clock(dt.timedelta(hours=25))
    with acting(person.pk):
        fresh = begin(person)

    with as_role("worker"):
        jobs.expire_uploads()
        jobs.clear_upload(upload_id=str(upload.pk))
    with acting(person.pk):
        upload.refresh_from_db()
        fresh.refresh_from_db()
        assert (upload.state, fresh.state) == ("expired", "receiving")
        assert not upload.chunks.exists()
    with pytest.raises(storage.StorageDown):
        fetched(kept.key, upload)

    move_clock(dt.timedelta(days=8))
    with as_role("worker"):
        jobs.expire_uploads()
    with acting(person.pk):
        assert list(Upload.objects.values_list("pk", flat=True)) == [fresh.pk]


def test_an_upload_that_goes_on_keeps_its_pieces(applicant, as_role):
    upload = begin(applicant)
    services.take_piece(upload.pk, 0, staged(upload))

    with as_role("worker"):
        jobs.clear_upload(upload_id=str(upload.pk))

    assert upload.chunks.count() == 1


def test_a_whole_file_reads_across_its_pieces(applicant):
    data = bytes(range(256)) * 3
    upload = begin(applicant, size=len(data))
    for start, stop in ((0, 100), (100, 101), (101, 600), (600, 768)):
        upload = services.take_piece(upload.pk, start, staged(upload, data[start:stop]))

    whole = staging.WholeFile(upload)

    assert (whole.size, whole.name, whole.read()) == (768, "a.jpg", data)
    whole.seek(90)
    assert whole.read(30) == data[90:120]
    whole.seek(-10, 2)
    assert (whole.read(50), whole.read(5)) == (data[-10:], b"")


def test_a_piece_that_changed_is_seen(applicant):
    data = b"x" * 100
    upload = begin(applicant, size=100)
    upload = services.take_piece(upload.pk, 0, kept := staged(upload, data))
    with storages["evidence"].open(kept.key, "rb+") as held:
        held.seek(10)
        held.write(b"!")

    with pytest.raises(storage.StorageDown):
        staging.WholeFile(upload).read()


def test_another_person_sees_nothing(applicant):
    upload = begin(applicant)
    piece(upload, 0, 10)

    with acting(UserFactory().pk):
        assert not Upload.objects.exists()
        assert not UploadChunk.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("update vault_upload set state = 'cancelled', ended_at = portal_now()")
            assert cursor.rowcount == 0
