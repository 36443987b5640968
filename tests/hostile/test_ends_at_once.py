"""Files that arrive while their dossier ends, on real connections: nothing is left half alive."""

import uuid

import pytest
from django.db import connection

from portal.core.door import acting
from portal.vault import api as vault
from portal.vault import ending
from portal.vault.models import LegalHold, StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import picture
from tests.hostile.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def as_worker(act):
    def run():
        with connection.cursor() as cursor:
            cursor.execute("set role portal_worker")
        with acting(None, scope="system"):
            return act()

    return run


def kept(subject_id):
    with acting(None, prefectures=["69"]):
        return StoredFile.objects.kept().filter(subject_id=subject_id).count()


def test_no_file_lives_in_a_dossier_that_ended_while_it_came():
    applicant, subject_id = UserFactory(), uuid.uuid4()
    facts = {"subject_id": subject_id, "applicant_id": applicant.pk, "prefecture_code": "69"}
    vault.receive(picture(), **facts)

    answers = at_once(
        *[lambda: vault.receive(picture(), **facts)] * 6,
        *[as_worker(lambda: vault.expire(subject_id, vault.Removal.EXPIRED))] * 3,
    )

    assert kept(subject_id) == 0
    with acting(None, prefectures=["69"]):
        tombstones = StoredFile.objects.filter(subject_id=subject_id).count()
    assert tombstones == 1 + 6 - len(refusals(answers))
    assert sum(ended.files for ended in answers[6:]) == tombstones


def test_a_hold_and_an_end_exclude_each_other():
    for _time in range(4):
        applicant, subject_id = UserFactory(), uuid.uuid4()
        facts = {"subject_id": subject_id, "applicant_id": applicant.pk, "prefecture_code": "69"}
        vault.receive(picture(), **facts)

        answers = at_once(
            as_worker(lambda one=subject_id: ending.hold(one, "an appeal").pk),
            as_worker(lambda one=subject_id: vault.expire(one, vault.Removal.EXPIRED)),
        )

        assert len(refusals(answers)) == 1
        held = as_worker(lambda one=subject_id: LegalHold.objects.filter(subject_id=one).count())()
        with connection.cursor() as cursor:
            cursor.execute("set role portal_web")
        assert kept(subject_id) == held
