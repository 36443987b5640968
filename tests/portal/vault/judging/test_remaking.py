"""A page image or a copy that is lost is made again from what was sent; else operators see it."""

import uuid

import pytest
from django.core.files.storage import storages
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.vault import api as vault
from portal.vault import storage
from portal.vault.judging import jobs as judging_jobs
from tests.factories.vault import judged, run
from tests.portal.vault import samples
from tests.portal.vault.test_reading import request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(applicant):
    facts = {"subject_id": uuid.uuid4(), "applicant_id": applicant.pk}
    return judged(vault.receive(samples.upload(samples.pdf(11)), **facts))


def made(stored, **which):
    with acting(stored.applicant_id):
        return stored.renditions.get(**which)


def asked():
    return list(ProcrastinateJob.objects.filter(task_name="vault.make_again"))


def page(stored, number):
    with acting_for(stored.applicant):
        return vault.serve_page(request_of(stored.applicant), stored, number).status_code


def make_again(rendition):
    run(judging_jobs.make_again, rendition_id=str(rendition.pk))


@pytest.mark.parametrize("number", [1, 11])
def test_a_lost_page_is_made_again_under_another_name(stored, number):
    lost = made(stored, page=number, width=480)
    storages["evidence"].delete(lost.storage_key)

    assert [page(stored, number), page(stored, number)] == [503, 503]
    (job,) = asked()
    assert job.args["rendition_id"] == str(lost.pk)
    make_again(lost)
    after = made(stored, page=number, width=480)
    make_again(lost)

    assert page(stored, number) == 200
    assert after.storage_key != lost.storage_key
    assert made(stored, page=number, width=480).storage_key == after.storage_key
    lines = JournalLine.objects.filter(act__startswith="rendition.").order_by("id")
    assert [line.act for line in lines] == ["rendition.trouble", "rendition.made_again"]


def test_a_changed_copy_is_made_again_and_the_old_object_goes(stored):
    copy = made(stored, kind="copy")
    store = storages["evidence"]
    store.delete(copy.storage_key)
    store.save(copy.storage_key, store.open(stored.storage_key))

    with acting_for(stored.applicant):
        assert vault.serve_copy(request_of(stored.applicant), stored).status_code == 503
    make_again(copy)

    with acting_for(stored.applicant):
        assert vault.serve_copy(request_of(stored.applicant), stored).status_code == 200
    assert not store.exists(copy.storage_key)


def test_without_the_original_the_job_fails_and_the_file_is_in_trouble(stored):
    lost = made(stored, page=2, width=480)
    for key in (lost.storage_key, stored.storage_key):
        storages["evidence"].delete(key)

    with pytest.raises(storage.StorageDown):
        make_again(lost)

    with acting(stored.applicant_id):
        stored.refresh_from_db()
    assert stored.trouble == "missing"


def test_a_store_that_is_down_accuses_no_rendition(stored, monkeypatch):
    def is_down(*_said, **_facts):
        raise storage.StorageDown("down")

    monkeypatch.setattr(storage, "fetch", is_down)

    assert page(stored, 1) == 503
    assert asked() == []
