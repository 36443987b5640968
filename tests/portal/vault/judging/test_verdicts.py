"""The moves of a file's state are the database's, and so is who sees what was made of it."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from portal.core.door import acting
from portal.vault.enums import RenditionKind, ScanState
from portal.vault.models import Rendition, StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.vault import judged, update_as_worker
from tests.portal.vault.judging.test_jobs import again, received

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (["scanning", "clean", "infected"], True),
        (["scanning", "not_scanned", "clean"], True),
        (["scanning", "not_scanned", "infected"], True),
        (["scanning", "unreadable"], True),
        (["clean"], False),
        (["infected"], False),
        (["not_scanned"], False),
        (["scanning", "received"], False),
        (["scanning", "infected", "clean"], False),
        (["scanning", "unreadable", "clean"], False),
        (["scanning", "clean", "not_scanned"], False),
        (["scanning", "not_scanned", "unreadable"], False),
    ],
)
def test_the_database_knows_which_moves_there_are(applicant, path, allowed):
    stored = received(applicant)

    def walk():
        with acting(None, scope="system") as act:
            for state in path:
                facts = {"threat": "x" if state == "infected" else ""}
                if state == "clean":
                    facts["scanned_at"] = act.now
                update_as_worker(stored, scan_state=state, **facts)

    if allowed:
        walk()
    else:
        with pytest.raises(IntegrityError, match="in no case"), transaction.atomic():
            walk()


def test_a_page_of_the_portal_never_says_what_a_file_is_worth(applicant):
    stored = received(applicant)

    with (
        pytest.raises(IntegrityError, match="worker alone"),
        transaction.atomic(),
        acting(applicant.pk),
    ):
        StoredFile.objects.filter(pk=stored.pk).update(scan_state=ScanState.SCANNING)


def test_a_piece_of_evidence_is_never_clean_from_the_start(applicant):
    with acting(applicant.pk) as act:
        stored = StoredFile.objects.create(
            subject_id=uuid.uuid4(),
            applicant=applicant,
            kind="evidence",
            storage_key="evidence/x",
            original_name="x.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            created_at=act.now,
            scan_state=ScanState.CLEAN,
            scanned_at=act.now,
        )
    assert again(stored) == ScanState.RECEIVED


def test_clean_without_a_scan_is_refused_by_the_database(applicant):
    stored = received(applicant)
    with acting(None, scope="system"):
        update_as_worker(stored, scan_state=ScanState.SCANNING)

    with (
        pytest.raises(IntegrityError, match="a_clean_piece_of_evidence_was_scanned"),
        transaction.atomic(),
        acting(None, scope="system"),
    ):
        update_as_worker(stored, scan_state=ScanState.CLEAN)


def test_renditions_are_seen_by_who_sees_their_file(applicant):
    stored = judged(received(applicant, prefecture_code="69"))

    with acting(applicant.pk):
        assert Rendition.objects.filter(file=stored).count() == 5
    with acting(None, prefectures=["69"]):
        assert Rendition.objects.filter(file=stored, kind=RenditionKind.COPY).exists()
    for facts in ({"prefectures": ["75"]}, {}):
        with acting(UserFactory().pk, **facts):
            assert not Rendition.objects.exists()
