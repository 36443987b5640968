"""Who reads what, and the trace that it leaves."""

import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import storages
from django.db import IntegrityError
from django.http import Http404
from django.test import RequestFactory
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.vault import api as vault
from tests.factories.accounts import UserFactory
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored():
    applicant = UserFactory()
    return vault.receive(
        samples.upload(samples.pdf(), "passeport de Nadia é.pdf"),
        subject_id=uuid.uuid4(),
        applicant_id=applicant.pk,
        prefecture_code=None,
    )


@pytest.fixture
def routed(stored):
    """The same file, once its dossier is in Lyon where reviewers may read it."""
    with acting(stored.applicant_id):
        vault.set_prefecture(stored.subject_id, "69")
        vault.grant_access(stored.subject_id, "69", ["reviewer", "signatory"], "case opened")
        stored.refresh_from_db()
    return stored


def request_of(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


@pytest.mark.parametrize(
    "facts",
    [
        {"counter_agent": True, "prefecture": "69"},
        {"reviewer": True, "prefecture": "75"},
        {"applicant": True},
        {"auditor": True},
        {"administrator": True},
        {"agent": True},
    ],
)
def test_nobody_else_finds_the_file(routed, facts):
    other = UserFactory(**facts)

    with acting_for(other):
        assert not vault.may_read(routed, other)
        for serve in (vault.serve, vault.serve_copy, vault.serve_sent):
            with pytest.raises(Http404):
                serve(request_of(other), routed)
        with pytest.raises(Http404):
            vault.serve_page(request_of(other), routed, 1)
        assert not JournalLine.objects.exists()


def test_a_visitor_finds_nothing(routed):
    with acting(None):
        assert not vault.may_read(routed, AnonymousUser())


def test_access_taken_back_is_gone_at_the_next_request(routed):
    agent = UserFactory(reviewer=True, prefecture="69")

    with acting_for(agent):
        assert vault.may_read(routed, agent)
        assert vault.revoke_access(routed.subject_id, "69") is True
        assert vault.revoke_access(routed.subject_id, "69") is False
        assert not vault.may_read(routed, agent)


def test_granting_twice_keeps_one_grant_and_other_roles_replace_it(routed):
    with acting(None, prefectures=["69"]):
        first = vault.AccessGrant.objects.open().get()
        again = vault.grant_access(
            routed.subject_id, "69", ["signatory", "reviewer"], "case opened"
        )
        other = vault.grant_access(routed.subject_id, "69", ["counter_agent"], "visit")

        assert again.pk == first.pk
        assert list(vault.AccessGrant.objects.open()) == [other]
        assert vault.AccessGrant.objects.count() == 2


def test_a_grant_is_history_that_cannot_be_rewritten(routed):
    with pytest.raises(IntegrityError, match="never changed"), acting(None, prefectures=["69"]):
        vault.AccessGrant.objects.update(reason="another")


def flip(stored):
    """One bit of the object, as a bad disk or a thief of the store may change it."""
    path = Path(storages["evidence"].path(stored.storage_key))
    kept = bytearray(path.read_bytes())
    kept[len(kept) // 2] ^= 1
    path.write_bytes(kept)


def test_a_file_changed_in_the_store_is_unavailable_and_raises_one_alarm(routed):
    flip(routed)

    with acting_for(routed.applicant):
        answers = [vault.serve_sent(request_of(routed.applicant), routed) for _one in range(2)]
        routed.refresh_from_db()
        acts = list(JournalLine.objects.values_list("act", "facts"))

    assert [answer.status_code for answer in answers] == [503, 503]
    assert b"%PDF" not in answers[0].content
    assert routed.trouble == "unreadable"
    assert acts == [("document.trouble", {"trouble": "unreadable"})]
    assert ProcrastinateJob.objects.filter(task_name="vault.look_again").count() == 1


def test_a_part_of_a_changed_file_is_refused_before_its_first_byte(routed):
    flip(routed)

    with acting(routed.applicant_id), pytest.raises(vault.StorageDown):
        vault.open_range(routed, 0, 10)


def test_a_store_that_is_down_raises_no_alarm_about_the_file(routed, settings):
    settings.VAULT_KEYS = {}

    with acting_for(routed.applicant):
        assert vault.serve_sent(request_of(routed.applicant), routed).status_code == 503
        routed.refresh_from_db()

    assert routed.trouble == ""


def test_a_part_is_given_as_it_is(routed):
    with acting_for(routed.applicant):
        assert b"".join(vault.open_range(routed, 0, 5)) == b"%PDF-"
