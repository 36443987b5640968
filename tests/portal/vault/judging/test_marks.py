"""What a machine read on a file is little, written once, contested by its person, gone with it."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction

from portal.core.door import acting
from portal.core.models import JournalLine
from portal.vault import api as vault
from portal.vault import jobs
from portal.vault.judging import jobs as judging_jobs
from portal.vault.judging import marks, seals
from portal.vault.models import MachineReading
from tests.factories.accounts import UserFactory
from tests.factories.vault import bear_a_seal, cleared, run
from tests.portal.vault import samples, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(applicant):
    authority = sealed.certified("FR98", ca=True)
    code = sealed.code(authority, sealed.certified("TST1", by=authority))
    upload = samples.upload(sealed.page(code, lean=2), "facture.jpg")
    facts = {"subject_id": uuid.uuid4(), "applicant_id": applicant.pk}
    return cleared(vault.receive(upload, **facts))


def read_marks(stored):
    run(judging_jobs.read_marks, file_id=str(stored.pk))


def readings(person):
    with acting(person.pk):
        return list(MachineReading.objects.all())


def test_the_code_of_a_judged_file_is_read_once(applicant, paper):
    read_marks(paper)
    read_marks(paper)

    (reading,) = readings(applicant)
    assert (reading.seal, reading.seal_kind, reading.seal_why) == ("unverified", "01", "authority")
    assert reading.seal_issued_on == sealed.SIGNED_ON
    assert readings(UserFactory()) == []


def test_what_was_read_goes_with_the_file(applicant, paper):
    read_marks(paper)
    with acting(applicant.pk):
        vault.remove(paper)
    assert readings(applicant) == []

    run(jobs.delete_objects, file_id=str(paper.pk))
    with acting(None, scope="system"), transaction.atomic():
        assert not marks.keep(paper, marks.Found(ends_on=dt.date(2020, 1, 1)))
    with acting(None, scope="system"):
        assert not MachineReading.objects.exists()


def test_its_person_alone_says_that_a_reading_is_wrong(applicant, paper):
    bear_a_seal(paper)

    with acting(UserFactory().pk, prefectures=["34"]):
        assert not marks.contest(paper)
    with acting(applicant.pk):
        assert marks.contest(paper)
        assert not marks.contest(paper)

    assert JournalLine.objects.filter(act="reading.contested").count() == 1
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting(applicant.pk),
        transaction.atomic(),
    ):
        MachineReading.objects.update(seal="verified", seal_by="me", seal_why="")


def test_a_process_that_was_taken_over_verifies_nothing(monkeypatch):
    """It may say what it likes: the signature is looked at on this side."""
    said = marks.apart.Answer("read", {"codes": [b"DC04 verified".hex()], "texts": [17, "<<"]})
    monkeypatch.setattr(marks.apart, "ask", lambda *_a, **_k: said)

    found = marks.look(b"", "image/jpeg", dt.date(2026, 11, 27))

    assert (found.seal, found.ends_on) == (seals.Seal("invalid", why="form"), None)
