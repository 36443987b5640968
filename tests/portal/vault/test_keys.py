"""The key of a dossier: one, wrapped, wrapped again by another master key, and destroyed."""

import os
import threading
import uuid
from datetime import date, timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from portal.core.door import acting
from portal.vault import api as vault
from portal.vault import key_copies, keyring, keys, reconciling, rotating, storage, stores
from portal.vault.errors import KeyDestroyed, Missing, StorageDown, Unreadable
from portal.vault.models import DataKey, QuarantinedObject
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import picture

DATA = b"a passport" * 100
OLD, NEW = os.urandom(32), os.urandom(32)


class Killed(BaseException):
    """The process ended here: nothing after this line runs, the tidying included."""


@pytest.fixture
def worker(as_role):
    with as_role("worker"):
        yield


@pytest.fixture
def ring(settings):
    """A keyring of these generations."""

    def hold(*generations):
        settings.VAULT_KEYS = {
            number: key for number, key in ((1, OLD), (2, NEW)) if number in generations
        }

    hold(1)
    return hold


def put(subject_id):
    return storage.put(DATA, subject_id=subject_id, kind="evidence").key


def opens(key, subject_id):
    return storage.fetch(key, subject_id=subject_id, kind="evidence") == DATA


def row(subject_id):
    with acting(None, scope="system"):
        return DataKey.objects.get(pk=subject_id)


def copies(subject_id):
    return storages["keys"].names_after(f"{subject_id}/")


def make_old(subject_id):
    """As if its copies had been left many days ago."""
    for name in copies(subject_id):
        old = name.replace(name.split("/")[1][:10], "2020-01-01")
        stores.set_aside("keys", name, old)
        with acting(None, scope="system"):
            DataKey.objects.filter(storage_key=name).update(storage_key=old)


def test_the_web_asks_about_one_dossier_and_can_list_none(db):
    subject_id = uuid.uuid4()
    put(subject_id)

    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('vault_datakey', 'select')")
        assert cursor.fetchone() == (False,)
        cursor.execute("select count(*) from vault_key_of(%s)", [subject_id])
        assert cursor.fetchone() == (1,)
        cursor.execute("select current_setting('portal.migrating', true)")
        assert cursor.fetchone()[0] in ("", None)


def test_two_dossiers_have_two_keys_and_one_dossier_has_one(db, ring, worker):
    one, two = uuid.uuid4(), uuid.uuid4()
    for subject_id in (one, one, two):
        put(subject_id)

    assert keys.for_reading(one) != keys.for_reading(two)
    assert len(copies(one)) == len(copies(two)) == 1
    kept = b"".join(stores.read("keys", copies(one)[0]))
    assert keys.for_reading(one) not in kept


def test_a_wrapped_key_opens_for_its_own_dossier_and_under_its_own_master_key(ring):
    ring(1, 2)
    mine, key = uuid.uuid4(), keyring.new_key()
    kept = keyring.wrapped(key, mine, 1)

    assert keyring.unwrapped(kept, mine) == key
    with pytest.raises(Unreadable):
        keyring.unwrapped(kept, uuid.uuid4())
    for place in range(len(kept)):
        with pytest.raises(StorageDown):
            keyring.unwrapped(kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :], mine)
    with pytest.raises(Unreadable):
        keyring.unwrapped(b"", mine)
    ring(2)
    with pytest.raises(keyring.NoMasterKey):
        keyring.unwrapped(kept, mine)


def test_rotation_wraps_every_key_again_and_touches_no_file(db, ring, worker, each_store):
    subjects = [uuid.uuid4() for _one in range(3)]
    files = {subject_id: put(subject_id) for subject_id in subjects}
    before = {key: b"".join(stores.read("evidence", key)) for key in files.values()}
    former = {subject_id: copies(subject_id) for subject_id in subjects}
    ring(1, 2)

    call_command("vault", "rotate", verbosity=0)
    call_command("vault", "rotate", verbosity=0)

    ring(2)  # the former master key is gone
    for subject_id, key in files.items():
        assert opens(key, subject_id)
        assert b"".join(stores.read("evidence", key)) == before[key]
        assert len(copies(subject_id)) == 1
        assert copies(subject_id) != former[subject_id]
        assert row(subject_id).generation == 2


def test_a_key_that_cannot_be_wrapped_again_stops_no_other(db, ring, worker, capsys):
    lost, whole = uuid.uuid4(), uuid.uuid4()
    put(lost), put(whole)
    stores.delete("keys", copies(lost)[0])
    ring(1, 2)

    with pytest.raises(CommandError, match="1 failed"):
        call_command("vault", "rotate")

    assert f"{lost}: Missing" in capsys.readouterr().err
    assert (row(lost).generation, row(whole).generation) == (1, 2)


STEPS = {
    "before the new object": ("portal.vault.stores.write", "before"),
    "after the new object": ("portal.vault.stores.write", "after"),
    "before the row": ("portal.vault.models.DataKey.save", "before"),
    "before the commit": ("portal.vault.models.DataKey.save", "after"),
    "before the former object goes": ("portal.vault.stores.delete", "before"),
    "after the former object went": ("portal.vault.stores.delete", "after"),
}


def kill_at(patch, step):
    path, when = STEPS[step]
    module, _, name = path.rpartition(".")
    honest = _resolve(path)

    def killed(*args, **options):
        if when == "after":
            honest(*args, **options)
        raise Killed

    patch.setattr(path, killed)
    if name != "delete":
        patch.setattr("portal.vault.stores.delete", _gone)  # the dead tidy nothing


def _gone(*_args):
    raise Killed


def _resolve(path):
    module, *names = path.split("portal.vault.")[1].split(".")
    found = {"stores": stores, "models": __import__("portal.vault.models", fromlist=["x"])}[module]
    for name in names:
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_a_rotation_loses_no_key_and_leaves_no_copy(
    db, ring, worker, step, monkeypatch
):
    subject_id = uuid.uuid4()
    key = put(subject_id)
    ring(1, 2)
    with monkeypatch.context() as patch:
        kill_at(patch, step)
        with pytest.raises(Killed):
            rotating.rewrap(subject_id)

    assert opens(key, subject_id)
    rotating.rewrap(subject_id)
    make_old(subject_id)
    key_copies.compare(f"{subject_id}"[:2])

    assert opens(key, subject_id)
    assert copies(subject_id) == [row(subject_id).storage_key]
    ring(2)
    assert opens(key, subject_id)


def test_a_reader_that_saw_the_former_object_finds_the_new_one(db, ring, worker, monkeypatch):
    subject_id = uuid.uuid4()
    key = put(subject_id)
    seen = keys._find(subject_id)
    ring(1, 2)
    rotating.rewrap(subject_id)
    found = iter([seen])
    honest = keys._find
    monkeypatch.setattr(keys, "_find", lambda one: next(found, None) or honest(one))

    assert opens(key, subject_id)


@pytest.mark.django_db(transaction=True)
def test_many_rotations_and_first_files_at_once_agree_on_one_key(ring):
    subject_id = uuid.uuid4()
    kept, failures = [], []

    def run(act):
        try:
            with connection.cursor() as cursor:
                cursor.execute("set role portal_worker")
            act()
        except Exception as failure:  # noqa: BLE001 -- a thread's failure must reach the test
            failures.append(failure)
        finally:
            connection.close()

    def at_once(*acts):
        threads = [threading.Thread(target=run, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    at_once(*[lambda: kept.append(put(subject_id))] * 6)
    ring(1, 2)
    at_once(
        *[lambda: rotating.rewrap(subject_id)] * 4,
        *[lambda: kept.append(put(subject_id))] * 4,
        *[lambda: opens(kept[0], subject_id) or failures.append("closed")] * 4,
    )

    assert failures == []
    assert len(kept) == 10
    assert all(opens(key, subject_id) for key in kept)
    assert len(copies(subject_id)) == 1


def test_destroying_makes_the_files_unreadable_at_once_even_from_a_copy_of_the_store(
    db, ring, worker, each_store
):
    subject_id, other = uuid.uuid4(), uuid.uuid4()
    key, spared = put(subject_id), put(other)
    copy_of_the_object = b"".join(stores.read("evidence", key))

    call_command("vault", "destroy", str(subject_id), "--dry-run")
    assert opens(key, subject_id)
    call_command("vault", "destroy", str(subject_id))
    call_command("vault", "destroy", str(subject_id))

    assert copies(subject_id) == []
    assert b"".join(stores.read("evidence", key)) == copy_of_the_object
    with pytest.raises(KeyDestroyed):
        storage.fetch(key, subject_id=subject_id, kind="evidence")
    with pytest.raises(KeyDestroyed):
        put(subject_id)
    assert opens(spared, other)


def test_a_copy_that_a_backup_brings_back_after_destruction_is_deleted(db, ring, worker):
    subject_id = uuid.uuid4()
    put(subject_id)
    name = copies(subject_id)[0]
    wrapped = b"".join(stores.read("keys", name))
    call_command("vault", "destroy", str(subject_id))
    stores.write("keys", name, [wrapped])

    key_copies.compare(f"{subject_id}"[:2])

    assert copies(subject_id) == []


def test_a_key_of_a_dossier_that_the_database_forgot_is_set_aside_and_can_come_back(
    db, ring, worker
):
    subject_id = uuid.uuid4()
    name = keys.written(keyring.new_key(), subject_id, 1)
    key_copies.compare(f"{subject_id}"[:2])
    assert copies(subject_id) == [name]  # its upload may still be writing the row

    make_old(subject_id)
    (old,) = copies(subject_id)
    counts = key_copies.compare(f"{subject_id}"[:2])

    assert counts["strays"] == 1
    assert copies(subject_id) == []
    with acting(None, scope="system"):
        assert QuarantinedObject.objects.get(alias="keys", storage_key=old).moved_at
    assert reconciling.release("keys", old)
    assert copies(subject_id) == [old]


@pytest.fixture
def applicant(db):
    return UserFactory()


def receive(applicant, subject_id):
    return vault.receive(picture(), subject_id=subject_id, applicant_id=applicant.pk)


@pytest.mark.parametrize("harm", ["lost", "changed"])
def test_a_database_restored_from_before_a_rotation_finds_its_keys_again(
    applicant, ring, as_role, harm
):
    subject_id = uuid.uuid4()
    stored = receive(applicant, subject_id)
    with as_role("worker"):
        before = row(subject_id)
        ring(1, 2)
        rotating.rewrap(subject_id)
        with acting(None, scope="system"):  # the backup of the database is back
            DataKey.objects.filter(pk=subject_id).update(
                storage_key=before.storage_key, generation=before.generation
            )
        if harm == "changed":
            stores.write("keys", before.storage_key, [b"nothing"])
        with pytest.raises(StorageDown):
            vault.open_file(stored)

        counts = key_copies.compare(f"{subject_id}"[:2])

        assert counts["adopted"] == 1
        assert row(subject_id).generation == 2
        assert vault.open_file(stored)


def test_the_key_of_a_lost_race_is_not_taken_for_the_dossiers(applicant, ring, as_role):
    subject_id = uuid.uuid4()
    receive(applicant, subject_id)
    with as_role("worker"):
        other = keys.written(keyring.new_key(), subject_id, 1)
        stores.delete("keys", row(subject_id).storage_key)

        counts = key_copies.compare(f"{subject_id}"[:2])

    assert counts["lost"] == 1
    assert copies(subject_id) == [other]


def test_a_dossier_without_any_object_for_its_key_is_said_to_be_lost(db, ring, worker, caplog):
    subject_id = uuid.uuid4()
    put(subject_id)
    stores.delete("keys", copies(subject_id)[0])

    counts = key_copies.compare(f"{subject_id}"[:2])

    assert counts["lost"] == 1
    assert str(subject_id) in caplog.text


def test_each_night_looks_at_a_share_and_sixteen_nights_at_all():
    nights = [key_copies.slice_of(date(2026, 11, 1) + timedelta(days=n)) for n in range(16)]

    seen = [beginning for night in nights for beginning in night]
    assert len(seen) == len(set(seen)) == 256


def test_only_the_worker_turns_keys(db):
    with pytest.raises(CommandError, match="PORTAL_ROLE=worker"):
        call_command("vault", "keys")


def test_the_command_says_which_master_key_may_leave(db, ring, worker, capsys):
    put(uuid.uuid4())
    ring(1, 2)

    call_command("vault", "keys")
    call_command("vault", "rotate")
    call_command("vault", "keys")

    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "2: 0"
    assert "1: 0" in lines[2:]


def test_a_process_without_keyring_opens_nothing(db, ring, settings):
    subject_id = uuid.uuid4()
    key = put(subject_id)
    settings.VAULT_KEYS = {}

    with pytest.raises(StorageDown):
        opens(key, subject_id)
    with pytest.raises(StorageDown):
        put(uuid.uuid4())


def test_a_dossier_that_never_had_a_file_has_no_key(db):
    with pytest.raises(Missing):
        keys.for_reading(uuid.uuid4())
