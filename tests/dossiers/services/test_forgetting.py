"""A draft left for long goes with its files; one that somebody came back to does not."""

from datetime import date, timedelta

import pytest

from dossiers import jobs as dossier_jobs
from dossiers.models import Dossier, Evidence
from dossiers.services.drafting import Typed, discard_draft, save_answers
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.correspondence.models import OutgoingMail
from portal.vault import api as vault
from portal.vault import jobs
from portal.vault.models import Keeping, StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, file_now, give, picture

pytestmark = pytest.mark.django_db
ELEVEN_MONTHS, MONTH = timedelta(days=336), timedelta(days=31)


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def left(person):
    dossier = draft(person)
    give(dossier, person, "passport")
    return dossier


def night(as_role):
    """What the worker does each night, in its order; how many people were told."""
    with as_role("worker"):
        before = told()
        dossier_jobs.say_left_drafts()
        jobs.expire_due()
        return told() - before


def told():
    with acting(None, scope="system"):
        return OutgoingMail.objects.filter(subject="Votre brouillon sera bientôt supprimé").count()


def seen(person, model, **which):
    with acting(person.pk):
        return model.objects.get(**which)


def test_a_draft_left_for_a_year_goes_whole_after_its_person_was_told(
    person, left, as_role, move_clock
):
    assert night(as_role) == 0
    move_clock(ELEVEN_MONTHS)

    assert night(as_role) == 1
    assert night(as_role) == 0
    assert seen(person, Dossier, pk=left.pk).answers
    move_clock(MONTH)
    night(as_role)

    gone = seen(person, Dossier, pk=left.pk)
    assert gone.withdrawn_at
    assert gone.answers == {}
    file = seen(person, StoredFile)
    assert (file.removed_why, file.original_name) == ("expired", "")
    assert seen(person, Evidence).removed_at


def test_however_late_the_night_runs_the_month_is_whole(person, left, as_role, move_clock):
    move_clock(5 * ELEVEN_MONTHS)

    assert night(as_role) == 1
    move_clock(MONTH - timedelta(days=2))
    night(as_role)
    assert seen(person, Dossier, pk=left.pk).answers

    move_clock(timedelta(days=2))
    night(as_role)
    assert seen(person, Dossier, pk=left.pk).withdrawn_at


def come_back(person, left, how="an answer"):
    if how == "a file":
        give(left, person, "proof-of-address", picture(colour=(1, 2, 3)))
        return
    with acting(person.pk) as act:
        typed = {"birth_name": Typed(value="AUTRE")}
        save_answers(dossier_id=left.pk, applicant=person, typed=typed, at=act.now)


@pytest.mark.parametrize("how", ["an answer", "a file"])
def test_a_draft_that_somebody_came_back_to_is_alive(person, left, as_role, move_clock, how):
    move_clock(ELEVEN_MONTHS)
    assert night(as_role) == 1
    come_back(person, left, how)
    move_clock(2 * MONTH)

    assert night(as_role) == 0
    assert seen(person, Dossier, pk=left.pk).answers
    move_clock(ELEVEN_MONTHS)
    assert night(as_role) == 1


def test_who_comes_back_between_the_list_and_the_end_keeps_everything(
    person, left, as_role, move_clock
):
    move_clock(ELEVEN_MONTHS)
    night(as_role)
    move_clock(MONTH)
    come_back(person, left)

    with as_role("worker"):
        jobs.expire_due()

    assert seen(person, Dossier, pk=left.pk).answers["birth_name"] == "AUTRE"
    assert vault.open_file(seen(person, StoredFile))
    night(as_role)
    with as_role("worker"), acting(None, scope="system"):
        assert Keeping.objects.get(pk=left.pk).since is None


def test_a_draft_filed_after_the_list_is_no_longer_on_it(person, as_role, move_clock):
    dossier = draft(person, evidence=True)
    with as_role("worker"), acting(None, scope="system") as act:
        day = clock.legal_day(act.now) - 2 * ELEVEN_MONTHS
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


@pytest.mark.parametrize("situation", ["discarded", "refused", "draft"])
def test_a_living_draft_never_ends_whatever_was_said_of_it(person, left, as_role, situation):
    with as_role("worker"), acting(None, scope="system"):
        vault.keep_from(left.pk, situation, date(2020, 1, 1))
        with pytest.raises(DomainRefusal, match="gardé"):
            vault.expire(left.pk, vault.Removal.EXPIRED)

    assert vault.open_file(seen(person, StoredFile))
