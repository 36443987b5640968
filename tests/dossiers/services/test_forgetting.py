"""A draft left for long goes with its files; one that somebody came back to does not."""

from datetime import timedelta

import pytest

from dossiers.models import Dossier, Evidence
from dossiers.services import forgetting
from dossiers.services.drafting import Typed, discard_draft, save_answers
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.vault import api as vault
from portal.vault import jobs
from portal.vault.models import Keeping, StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, file_now, give, picture

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def left(person):
    dossier = draft(person)
    give(dossier, person, "passport")
    return dossier


def say(as_role):
    with as_role("worker"), acting(None, scope="system") as act:
        return forgetting.say_left_drafts(act.now)


def night(as_role):
    """What the worker does each night, in its order."""
    said = say(as_role)
    with as_role("worker"):
        jobs.expire_due()
    return said


def seen(person, model, **which):
    with acting(person.pk):
        return model.objects.get(**which)


def test_a_draft_left_for_a_year_goes_whole(person, left, as_role, move_clock):
    assert night(as_role) == 0
    move_clock(YEAR)

    assert night(as_role) == 1
    assert night(as_role) == 0

    gone = seen(person, Dossier, pk=left.pk)
    assert gone.withdrawn_at
    assert gone.answers == {}
    file = seen(person, StoredFile)
    assert (file.removed_why, file.original_name) == ("expired", "")
    assert seen(person, Evidence).removed_at


@pytest.mark.parametrize("how", ["an answer", "a file"])
def test_a_draft_that_somebody_came_back_to_is_alive(person, left, as_role, move_clock, how):
    move_clock(YEAR - timedelta(days=10))
    with acting(person.pk) as act:
        if how == "an answer":
            typed = {"birth_name": Typed(value="AUTRE")}
            save_answers(dossier_id=left.pk, applicant=person, typed=typed, at=act.now)
    if how == "a file":
        give(left, person, "proof-of-address", picture(colour=(1, 2, 3)))
    move_clock(timedelta(days=20))

    assert night(as_role) == 0
    assert seen(person, Dossier, pk=left.pk).answers


def test_who_comes_back_between_the_list_and_the_end_keeps_everything(
    person, left, as_role, move_clock
):
    move_clock(YEAR)
    assert say(as_role) == 1
    with acting(person.pk) as act:
        typed = {"birth_name": Typed(value="AUTRE")}
        save_answers(dossier_id=left.pk, applicant=person, typed=typed, at=act.now)

    with as_role("worker"):
        jobs.expire_due()

    assert seen(person, Dossier, pk=left.pk).answers["birth_name"] == "AUTRE"
    assert vault.open_file(seen(person, StoredFile))
    night(as_role)
    with as_role("worker"), acting(None, scope="system"):
        assert Keeping.objects.get(pk=left.pk).since == clock.today()


def test_a_draft_filed_after_the_list_is_no_longer_on_it(person, as_role, move_clock):
    dossier = draft(person, evidence=True)
    with as_role("worker"), acting(None, scope="system") as act:
        day = clock.legal_day(act.now) - YEAR
        vault.keep_many_from(vault.Situation.DRAFT, [(dossier.pk, day)])

    file_now(dossier, person)
    with as_role("worker"):
        jobs.expire_due()
        with acting(None, scope="system"):
            assert Keeping.objects.get(pk=dossier.pk).since is None

    assert seen(person, Dossier, pk=dossier.pk).filed_at


def test_a_draft_whose_files_have_gone_is_not_filed(person, as_role):
    dossier = draft(person, evidence=True)
    with as_role("worker"), acting(None, scope="system") as act:
        day = clock.legal_day(act.now) - timedelta(days=1)
        vault.keep_many_from(vault.Situation.REFUSED, [(dossier.pk, day)])
        vault.expire(dossier.pk, vault.Removal.ORDERED)

    with pytest.raises(DomainRefusal):
        file_now(dossier, person)


def test_a_draft_given_up_leaves_no_key_the_next_night(person, left, as_role, move_clock):
    with acting(person.pk) as act:
        discard_draft(dossier_id=left.pk, applicant=person, at=act.now)
    with as_role("worker"):
        jobs.expire_due()
        with acting(None, scope="system"):
            assert Keeping.objects.get(pk=left.pk).expired_at is None
    move_clock(timedelta(days=1))

    with as_role("worker"):
        jobs.expire_due()
        with acting(None, scope="system"):
            assert Keeping.objects.get(pk=left.pk).expired_at
