"""A file is kept when it was read back and opened: on a disk, on a real S3 server, on bad ones."""

import contextlib
import dataclasses
import hashlib
import os
import socket
import time
import uuid

import pytest
from botocore.exceptions import ReadTimeoutError
from django.core.files.storage import storages

from portal.core import storage as core_storage
from portal.vault import keys, storage, stores
from portal.vault.errors import Missing, StorageDown, Unreadable
from portal.vault.sealing import SEGMENT
from tests.portal.vault.conftest import FAILURES, LIES

pytestmark = pytest.mark.django_db
SIZE = 2 * SEGMENT + 123


@pytest.fixture
def subject_id():
    return uuid.uuid4()


@pytest.fixture
def data():
    return os.urandom(SIZE)


def kept_as(key):
    return b"".join(stores.read("evidence", key))


def overwrite(key, data):
    """What somebody with the store's own password may do."""
    store = storages["evidence"]
    store.delete(key)
    store.save(key, stores.Pieces([data]))


def put(data, subject_id, **options):
    return storage.put(data, subject_id=subject_id, kind="evidence", **options)


def read(put_, subject_id, **options):
    return b"".join(
        storage.open_range(
            put_.key, subject_id=subject_id, kind="evidence", size=put_.size, **options
        )
    )


def test_what_is_put_comes_back_whole_and_in_part(each_store, data, subject_id):
    done = put(data, subject_id)

    assert (done.size, done.sha256) == (SIZE, hashlib.sha256(data).hexdigest())
    kept = storage.fetch(done.key, subject_id=subject_id, kind="evidence", sha256=done.sha256)
    assert kept == data
    assert read(done, subject_id) == data
    assert (
        read(done, subject_id, start=SEGMENT - 3, stop=SEGMENT + 3)
        == (data[SEGMENT - 3 : SEGMENT + 3])
    )
    assert read(done, subject_id, start=SIZE - 1) == data[-1:]
    assert read(done, subject_id, stop=10**9) == data


def test_the_store_never_sees_the_bytes_in_clear(each_store, data, subject_id):
    sealed = kept_as(put(data, subject_id).key)

    assert not any(data[i : i + 16] in sealed for i in range(0, SIZE, 4096))


def test_an_object_larger_than_a_part_comes_back(each_store, subject_id):
    data = os.urandom(1024 * 1024) * 12

    done = put((data[i : i + 100_000] for i in range(0, len(data), 100_000)), subject_id)

    assert read(done, subject_id) == data


def test_a_name_is_written_once(each_store):
    stores.write("evidence", "evidence/2026-11-23/1.taken", [b"first"])

    with pytest.raises(StorageDown):
        stores.write("evidence", "evidence/2026-11-23/1.taken", [b"second"])

    assert kept_as("evidence/2026-11-23/1.taken") == b"first"
    stores.delete("evidence", "evidence/2026-11-23/1.taken")


@pytest.mark.parametrize("how", LIES)
def test_a_store_that_lies_never_makes_a_file_received(
    each_store, how, data, subject_id, lying, names
):
    put(data, subject_id)
    before = names("evidence")
    lying("evidence", how)

    with pytest.raises(StorageDown):
        put(data, subject_id)

    assert names("evidence") == before


@pytest.mark.parametrize("how", FAILURES)
def test_a_store_that_fails_in_the_middle_leaves_nothing(
    each_store, how, data, subject_id, failing, names
):
    put(data, subject_id)
    before = names("evidence")
    failing("evidence", how)

    with pytest.raises(StorageDown):
        put(data, subject_id)

    assert names("evidence") == before


@pytest.mark.parametrize("how", LIES)
def test_a_key_that_does_not_come_back_closes_nothing(
    each_store, how, data, subject_id, lying, names
):
    lying("keys", how)

    with pytest.raises(StorageDown):
        put(data, subject_id)

    assert not [name for name in names("keys") if str(subject_id) in name]
    with pytest.raises(Missing):
        keys.for_reading(subject_id)


def test_a_source_that_breaks_leaves_nothing(each_store, subject_id, names):
    before = names("evidence")

    def broken():
        yield b"a" * SEGMENT * 2
        raise RuntimeError("the upload was cut")

    with pytest.raises(RuntimeError, match="cut"):
        put(broken(), subject_id)

    assert names("evidence") == before


def test_a_lost_object_is_told_from_a_store_that_is_down(each_store, data, subject_id):
    done = put(data, subject_id)
    storages["evidence"].delete(done.key)

    with pytest.raises(Missing):
        read(done, subject_id)
    with pytest.raises(Missing):
        storage.fetch(done.key, subject_id=subject_id, kind="evidence")


@pytest.mark.parametrize("how", ["truncates", "cuts the end", "corrupts", "empties"])
def test_an_object_changed_later_does_not_open(each_store, how, data, subject_id):
    done = put(data, subject_id)
    overwrite(done.key, LIES[how](kept_as(done.key)))

    with pytest.raises(Unreadable):
        read(done, subject_id)
    with pytest.raises(Unreadable):
        storage.fetch(done.key, subject_id=subject_id, kind="evidence")


def test_a_file_put_in_the_place_of_another_dossiers_does_not_open(each_store, data, subject_id):
    stranger = uuid.uuid4()
    mine, theirs = put(data, subject_id), put(data, stranger)
    overwrite(mine.key, kept_as(theirs.key))

    with pytest.raises(Unreadable):
        read(mine, subject_id)
    with pytest.raises(Unreadable):
        read(theirs, subject_id)


def test_a_file_put_in_the_place_of_another_of_its_dossier_does_not_open(
    each_store, data, subject_id
):
    one, two = put(data, subject_id), put(data, subject_id)
    overwrite(one.key, kept_as(two.key))

    with pytest.raises(Unreadable):
        read(one, subject_id)


def test_bytes_in_clear_put_in_the_place_of_sealed_ones_do_not_open(each_store, data, subject_id):
    done = put(data, subject_id)
    overwrite(done.key, data)

    with pytest.raises(Unreadable):
        storage.fetch(done.key, subject_id=subject_id, kind="evidence")


def test_the_bytes_of_before_the_seals_are_still_read(each_store, data, subject_id):
    name = f"evidence/2026-11-01/{'0' * 39}{uuid.uuid4().hex[:1]}"
    stores.write("evidence", name, [data])
    try:
        kept = storage.fetch(
            name,
            subject_id=subject_id,
            kind="evidence",
            sha256=hashlib.sha256(data).hexdigest(),
        )
        assert kept == data
        part = storage.open_range(
            name, subject_id=subject_id, kind="evidence", size=SIZE, start=5, stop=9
        )
        assert b"".join(part) == data[5:9]
        with pytest.raises(Unreadable):
            storage.fetch(name, subject_id=subject_id, kind="evidence", sha256="0" * 64)
    finally:
        stores.delete("evidence", name)


def test_a_store_that_trickles_is_not_waited_for(each_store, data, subject_id, monkeypatch):
    done = put(data, subject_id)
    monkeypatch.setattr(storages["evidence"], "patience", -1)

    with pytest.raises(StorageDown):
        read(done, subject_id)
    if each_store == "s3":  # a disk is written by the process itself
        with pytest.raises(StorageDown):
            put(data, subject_id)


@pytest.fixture
def silent(s3_storages, settings, monkeypatch):
    """Stores on a server that takes connections and says nothing: `silent("keys", hurried=True)`.

    Returns how many connections it took since it was asked last.
    """
    for waiting in ("HURRIED", "PATIENT"):
        short = dataclasses.replace(getattr(core_storage, waiting), silence=0.1)
        monkeypatch.setattr(core_storage, waiting, short)
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def taken():
            number = 0
            with contextlib.suppress(BlockingIOError):
                while True:
                    server.accept()[0].close()
                    number += 1
            return number

        def put_there(*aliases, hurried):
            kept = {alias: settings.STORAGES[alias]["OPTIONS"] for alias in aliases}
            settings.STORAGES = settings.STORAGES | {
                alias: {
                    "BACKEND": "portal.core.storage.ObjectStorage",
                    "OPTIONS": options | {"endpoint_url": url, "hurried": hurried},
                }
                for alias, options in kept.items()
            }
            return taken

        yield put_there


def test_behind_a_page_a_silent_server_is_asked_once_for_all_its_stores(data, subject_id, silent):
    done = put(data, subject_id)
    taken = silent("evidence", "letters", "keys", hurried=True)

    with pytest.raises(StorageDown, match="ReadTimeoutError"):
        read(done, subject_id)
    assert taken() == 1

    for alias in ("evidence", "letters", "keys"):
        with pytest.raises(StorageDown, match="Blown"):
            next(stores.read(alias, done.key))
    with pytest.raises(StorageDown, match="Blown"):
        put(data, subject_id)
    assert taken() == 0  # nobody waited

    storages["letters"].fuse._until = time.monotonic() - 1
    with pytest.raises(StorageDown, match="ReadTimeoutError"):
        stores.names_after("letters", "")
    with pytest.raises(StorageDown, match="Blown"):
        stores.names_after("evidence", "")
    assert taken() == 1  # one question tells for all


def test_one_question_at_a_time_tries_a_server_that_was_silent():
    fuse = core_storage.Fuse(core_storage.HURRIED)
    fuse.check()
    fuse.count(ReadTimeoutError(endpoint_url="http://127.0.0.1/"))
    fuse._until = time.monotonic() - 1

    fuse.check()
    with pytest.raises(core_storage.Blown):
        fuse.check()

    fuse.mend()
    fuse.check()
    fuse.check()


def test_a_job_asks_a_silent_server_again_then_leaves_it_too(data, subject_id, silent):
    taken = silent("evidence", hurried=False)

    for _time in range(3):
        with pytest.raises(StorageDown):
            list(stores.read("evidence", "evidence/2026-11-23/1.none"))
    assert taken() == 3 * core_storage.PATIENT.tries

    with pytest.raises(StorageDown, match="Blown"):
        put(data, subject_id)
    assert taken() == 0
    storages["letters"].fuse.check()  # on another server


def test_answers_that_nobody_waited_for_blow_no_fuse(each_store, data, subject_id):
    done = put(data, subject_id)

    for _time in range(5):
        with pytest.raises(Missing):
            storage.fetch("evidence/2026-11-23/1.none", subject_id=subject_id, kind="evidence")

    assert read(done, subject_id) == data


def test_an_impossible_range_is_refused(data, subject_id):
    done = put(data, subject_id)

    for start, stop in ((-1, 5), (5, 5), (SIZE, SIZE + 1)):
        with pytest.raises(ValueError, match="range"):
            read(done, subject_id, start=start, stop=stop)


def test_names_are_listed_by_pages(each_store, monkeypatch):
    wanted = [f"letter/2020-01-01/1.{number:02d}" for number in range(7)]
    for name in wanted:
        stores.write("letters", name, [b"x"])
    monkeypatch.setattr(type(storages["letters"]).names_after, "__defaults__", ("", 3))

    pages = list(stores.pages("letters", "letter/2020-01-01/"))

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == wanted
    assert "letter" in stores.folders("letters")
    for name in wanted:
        stores.delete("letters", name)


def test_an_object_is_set_aside_under_another_name(each_store):
    stores.write("letters", "letter/2020-01-02/1.a", [b"x"])

    stores.set_aside("letters", "letter/2020-01-02/1.a", "quarantine/letter/2020-01-02/1.a")

    assert b"".join(stores.read("letters", "quarantine/letter/2020-01-02/1.a")) == b"x"
    with pytest.raises(Missing):
        list(stores.read("letters", "letter/2020-01-02/1.a"))
    stores.delete("letters", "quarantine/letter/2020-01-02/1.a")
