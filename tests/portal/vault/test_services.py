"""A file is received when its bytes are kept and verified, and not before."""

import re
import uuid

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, ProgrammingError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.local.processes import free_port
from portal.vault import api as vault
from portal.vault import jobs
from portal.vault.models import StoredFile
from tests.factories.accounts import UserFactory
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db
NOT_KEPT = [
    "Nous n’avons pas pu garder ce fichier. Rien n’est perdu : vos autres réponses sont "
    "enregistrées. Réessayez dans quelques minutes."
]


@pytest.fixture
def applicant():
    return UserFactory()


def receive(applicant, data=None, **facts):
    facts = {"subject_id": uuid.uuid4(), "applicant_id": applicant.pk} | facts
    return vault.receive(samples.upload(data or samples.pdf()), **facts)


def objects():
    store = storages["evidence"]
    return sorted(
        f"{folder}/{day}/{name}"
        for folder in store.listdir("")[0]
        for day in store.listdir(folder)[0]
        for name in store.listdir(f"{folder}/{day}")[1]
    )


def test_receive_keeps_the_bytes_on_a_real_s3_server_and_writes_the_row(applicant, s3_storages):
    data = samples.pdf(2)

    stored = receive(applicant, data, kind="evidence")

    with acting(applicant.pk):
        stored.refresh_from_db()
        assert (stored.original_name, stored.content_type) == ("piece.pdf", "application/pdf")
        assert (stored.size, stored.pages, stored.prefecture_code) == (len(data), 2, None)
        assert vault.open_file(stored) == data
    kept = s3_storages.client.get_object(Bucket="portal-evidence", Key=stored.storage_key)
    assert data[:64] not in kept["Body"].read()


def test_the_key_says_nothing_of_the_person_or_the_file(applicant):
    stored = receive(applicant)

    folder, day, secret = stored.storage_key.split("/")
    assert (folder, day) == ("evidence", f"{clock.today()}")
    assert re.fullmatch(r"1\.[0-9a-f]{40}", secret)


def test_receive_asks_for_the_judgement_in_the_same_transaction(applicant):
    stored = receive(applicant)

    with connection.cursor() as cursor:
        cursor.execute("select task_name, args ->> 'file_id' from procrastinate_jobs")
        assert cursor.fetchall() == [("vault.judge", str(stored.pk))]
    assert ProcrastinateJob.objects.count() == 1


def test_a_store_that_is_down_leaves_no_row_and_says_so(applicant, s3_storages, settings):
    options = settings.STORAGES["evidence"]["OPTIONS"]
    dead = {"BACKEND": "portal.core.storage.ObjectStorage"}
    dead["OPTIONS"] = options | {"endpoint_url": f"http://127.0.0.1:{free_port()}"}
    settings.STORAGES = settings.STORAGES | {"evidence": dead}

    with pytest.raises(DomainRefusal) as refused:
        receive(applicant)

    assert refused.value.reasons == NOT_KEPT
    with acting(applicant.pk):
        assert not StoredFile.objects.exists()


def test_a_row_that_fails_takes_its_object_away(applicant):
    before = objects()

    with pytest.raises(ProgrammingError), transaction.atomic(), acting(applicant.pk):
        receive(applicant, kind="evidence", applicant_id=None)

    assert objects() == before


def test_rows_of_another_applicant_do_not_exist(applicant):
    stored = receive(applicant)

    with acting(UserFactory().pk):
        assert not StoredFile.objects.filter(pk=stored.pk).exists()
    with acting(None):
        assert not StoredFile.objects.exists()


@pytest.mark.parametrize("column", ["storage_key", "sha256", "original_name", "subject_id"])
def test_what_was_received_never_changes(applicant, column):
    stored = receive(applicant)
    other = uuid.uuid4() if column == "subject_id" else "0" * 64

    with pytest.raises(IntegrityError, match="never changed"), acting(applicant.pk):
        StoredFile.objects.filter(pk=stored.pk).update(**{column: other})


def test_the_moment_of_reception_is_the_clocks(applicant):
    stored = receive(applicant)

    with acting(applicant.pk) as act:
        stored.refresh_from_db()
        assert stored.created_at == act.now


def test_set_prefecture_makes_the_files_visible_there(applicant):
    stored = receive(applicant)

    with acting(applicant.pk):
        assert vault.set_prefecture(stored.subject_id, "69") == 1
    with acting(None, prefectures=["75"]):
        assert not StoredFile.objects.exists()
    with acting(None, prefectures=["69"]):
        assert StoredFile.objects.get().pk == stored.pk


def test_an_office_hands_the_files_over_to_another(applicant):
    stored = receive(applicant, prefecture_code="69")
    agent = UserFactory(reviewer=True)

    with acting(agent.pk, prefectures=["69"]):
        vault.set_prefecture(stored.subject_id, "75")
        assert not StoredFile.objects.exists()
    with acting(None, prefectures=["75"]):
        assert StoredFile.objects.get().pk == stored.pk


def test_a_removed_file_is_read_by_nobody_and_its_bytes_go(applicant, as_role):
    stored = receive(applicant)

    with acting(applicant.pk):
        assert vault.remove(stored) is True
        assert vault.remove(stored) is False
        stored.refresh_from_db()
        assert not vault.may_read(stored, applicant)
    with as_role("worker"):
        jobs.delete_objects(file_id=str(stored.pk))
        jobs.delete_objects(file_id=str(stored.pk))

    assert stored.storage_key not in objects()
