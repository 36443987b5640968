"""Rows without objects are told, objects without rows are set aside; nothing alive is touched."""

import os
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core import clock
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.vault import api as vault
from portal.vault import jobs, naming, reconciling, storage, stores
from portal.vault.errors import StorageDown
from portal.vault.models import ComparedDay, QuarantinedObject, StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.vault import judged
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folders(tmp_path, settings):
    """What other tests left in the folders of the run has no row any more."""
    settings.STORAGES = settings.STORAGES | {
        alias: {
            "BACKEND": "portal.core.storage.DiskStorage",
            "OPTIONS": {"location": str(tmp_path / alias)},
        }
        for alias in ("evidence", "letters", "keys")
    }


@pytest.fixture
def each_store(own_folders, each_store):
    """The same on the S3 server, emptied first."""
    for alias in ("evidence", "letters", "keys"):
        for name in storages[alias].names_after(""):
            storages[alias].delete(name)
    return each_store


@pytest.fixture
def applicant():
    return UserFactory()


@pytest.fixture
def worker(as_role):
    return lambda: as_role("worker")


def receive(applicant, **facts):
    facts = {"subject_id": uuid.uuid4(), "applicant_id": applicant.pk} | facts
    return vault.receive(samples.upload(samples.pdf()), **facts)


def compare_today(worker, alias="evidence"):
    with worker():
        return reconciling.compare(alias, clock.today())


def reread(stored):
    with acting(None, scope="system"):
        return StoredFile.objects.get(pk=stored.pk)


def orphan(subject_id=None, **options):
    return storage.put(
        os.urandom(100), subject_id=subject_id or uuid.uuid4(), kind="evidence", **options
    ).key


def test_a_day_in_order_is_said_to_be_so(each_store, applicant, worker):
    receive(applicant), receive(applicant)

    compared = compare_today(worker)

    assert (compared.rows_without_object, compared.objects_without_row) == (0, 0)
    assert compared.objects_seen >= 2


def test_a_row_without_its_object_raises_one_alarm_and_a_job_that_operators_see(
    each_store, applicant, worker
):
    lost, whole = receive(applicant), receive(applicant)
    storages["evidence"].delete(lost.storage_key)

    compare_today(worker)
    compare_today(worker)

    with worker():
        assert reread(lost).trouble == "missing"
        assert reread(whole).trouble == ""
        assert JournalLine.objects.filter(act="document.trouble").count() == 1
        assert ProcrastinateJob.objects.filter(task_name="vault.look_again").count() == 1
        with pytest.raises(StorageDown):
            jobs.look_again(file_id=str(lost.pk))


def test_the_alarm_ends_when_the_object_is_back(each_store, applicant, worker):
    stored = receive(applicant)
    sealed = b"".join(stores.read("evidence", stored.storage_key))
    storages["evidence"].delete(stored.storage_key)
    compare_today(worker)
    stores.write("evidence", stored.storage_key, [sealed])

    with worker():
        jobs.look_again(file_id=str(stored.pk))
        jobs.look_again(file_id=str(stored.pk))
        assert reread(stored).trouble == ""
        assert JournalLine.objects.filter(act="document.whole_again").count() == 1


def test_a_list_that_forgets_an_object_raises_no_alarm(each_store, applicant, worker, monkeypatch):
    stored = receive(applicant)
    monkeypatch.setattr(stores, "names_after", lambda *_args: [])

    compared = compare_today(worker)

    with worker():
        assert compared.rows_without_object == 0
        assert reread(stored).trouble == ""


def test_an_object_without_a_row_is_set_aside_and_can_come_back(each_store, applicant, worker):
    subject_id = uuid.uuid4()
    kept, stray = receive(applicant), orphan(subject_id)

    compare_today(worker)
    compare_today(worker)

    names = storages["evidence"].names_after("")
    assert kept.storage_key in names
    assert stray not in names
    assert f"quarantine/{stray}" in names
    with worker():
        line = acting_system(QuarantinedObject, storage_key=stray)
        assert line.moved_at
        call_command("vault", "restore", "evidence", stray)
        with pytest.raises(CommandError):
            call_command("vault", "restore", "evidence", stray)
    assert storage.fetch(stray, subject_id=subject_id, kind="evidence")


def acting_system(model, **which):
    with acting(None, scope="system"):
        return model.objects.get(**which)


@pytest.mark.parametrize("moved", [False, True])
def test_a_move_that_was_killed_is_finished(each_store, worker, monkeypatch, moved):
    stray = orphan()
    honest = stores.set_aside

    def killed(*args):
        if moved:
            honest(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, worker():
        patch.setattr(stores, "set_aside", killed)
        with pytest.raises(KeyboardInterrupt):
            reconciling.set_aside("evidence", stray)

    with worker():
        assert acting_system(QuarantinedObject, storage_key=stray).moved_at is None
        assert reconciling.finish_moves() == 1
        assert reconciling.finish_moves() == 0
        assert acting_system(QuarantinedObject, storage_key=stray).moved_at
    assert f"quarantine/{stray}" in storages["evidence"].names_after("quarantine/")


def test_a_store_that_is_down_condemns_nothing(applicant, worker, monkeypatch):
    stored = receive(applicant)

    def down(*_args):
        raise StorageDown("down")

    monkeypatch.setattr(stores, "names_after", down)
    with pytest.raises(StorageDown):
        compare_today(worker)
    monkeypatch.setattr(stores, "names_after", lambda *_args: [])
    monkeypatch.setattr(stores, "read", down)
    with pytest.raises(StorageDown):
        compare_today(worker)

    with worker():
        assert reread(stored).trouble == ""


def test_the_bytes_of_a_removed_file_are_deleted_again_not_set_aside(applicant, worker):
    stored = receive(applicant)
    with acting(applicant.pk):
        vault.remove(stored)

    compare_today(worker)

    with worker():
        jobs_left = ProcrastinateJob.objects.filter(task_name="vault.delete_objects")
        assert jobs_left.count() == 2  # by the withdrawal, then by the night
        assert acting_count(QuarantinedObject) == 0


def acting_count(model):
    with acting(None, scope="system"):
        return model.objects.count()


def test_what_was_made_of_a_file_is_named_by_it(applicant, worker):
    stored = judged(receive(applicant))

    compared = compare_today(worker)

    assert compared.objects_without_row == 0
    with acting(applicant.pk):
        image = stored.renditions.get(kind="page", width=480)
    storages["evidence"].delete(image.storage_key)
    assert compare_today(worker).rows_without_object == 1


def test_many_names_go_by_pages(applicant, worker, monkeypatch):
    files = [receive(applicant) for _one in range(4)]
    strays = [orphan() for _one in range(3)]
    lost = sorted(files, key=lambda one: one.storage_key)[2]
    storages["evidence"].delete(lost.storage_key)
    monkeypatch.setattr(type(storages["evidence"]).names_after, "__defaults__", ("", 2))

    compared = compare_today(worker)

    assert (compared.rows_without_object, compared.objects_without_row) == (1, len(strays))


def test_the_newest_days_are_left_alone_and_the_oldest_seen_come_in_turn(
    applicant, worker, settings, move_clock
):
    settings.VAULT_DAYS_COMPARED = 3
    receive(applicant)
    move_clock(timedelta(days=30))

    with worker():
        today = clock.today()
        days = reconciling.days_to_compare("evidence")
        for day in days:
            reconciling.compare("evidence", day)
        later = reconciling.days_to_compare("evidence")

    assert max(days) == today - timedelta(days=reconciling.GRACE_DAYS)
    assert len(days) == reconciling.LAST_DAYS + 3
    assert days[: reconciling.LAST_DAYS] == later[: reconciling.LAST_DAYS]
    assert not set(days[reconciling.LAST_DAYS :]) & set(later[reconciling.LAST_DAYS :])


def test_the_night_asks_for_each_day_and_a_share_of_the_keys(worker):
    with worker():
        jobs.reconcile()
        jobs.finish_moves()
        jobs.compare_day(alias="evidence", day="2026-01-01")
        jobs.compare_keys(beginning="00")
        assert ProcrastinateJob.objects.filter(task_name="vault.compare_keys").count() == 16
        asked = ProcrastinateJob.objects.filter(task_name="vault.compare_day").count()
        assert asked == 2 * reconciling.LAST_DAYS
        assert ComparedDay.objects.get().objects_seen == 0


def test_every_table_that_names_an_object_is_asked():
    """A table added to the vault later, whose objects would otherwise be set aside while alive."""
    named = {(model.__name__, field) for model, field in naming.namers()}

    assert {("StoredFile", "storage_key"), ("Rendition", "storage_key")} <= named


def test_the_quarantine_is_told(worker, capsys):
    stray = orphan()
    compare_today(worker)

    with worker():
        call_command("vault", "quarantine")

    assert f"evidence {stray}" in capsys.readouterr().out


def test_the_comparison_is_made_by_hand_after_a_restoration(applicant, worker, capsys, move_clock):
    lost = receive(applicant)
    receive(applicant)
    storages["evidence"].delete(lost.storage_key)
    day = f"{clock.today()}"
    move_clock(timedelta(days=reconciling.GRACE_DAYS))

    with worker():
        call_command("vault", "compare")
        call_command("vault", "compare", "--keys-alone")

    assert capsys.readouterr().out.splitlines() == [
        "keys: {'objects': 2}",
        f"evidence {day}: 1 rows without object, 0 objects set aside",
        "keys: {'objects': 2}",
    ]
