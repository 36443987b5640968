"""A draft left for long goes with its files; one that somebody came back to does not."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from dossiers import jobs as dossier_jobs
from dossiers.models import Dossier, Evidence
from dossiers.services import forgetting
from dossiers.services.drafting import Place, Typed, discard_draft, save_answers
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.correspondence.models import OutgoingMail
from portal.vault import api as vault
from portal.vault import jobs
from portal.vault.models import Keeping, StoredFile
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, file_now, give, picture

pytestmark = pytest.mark.django_db
YEAR, DAY = timedelta(days=365), timedelta(days=1)
NEARLY = YEAR - 14 * DAY
"""Fifteen days before the end: a year and a day after the last touch."""


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def left(person):
    dossier = draft(person)
    give(dossier, person, "passport")
    return dossier


def night(as_role):
    """What the worker does each night, in its order; the subjects of the mails of this night."""
    with as_role("worker"):
        before = told()
        dossier_jobs.say_left_drafts()
        jobs.expire_due()
        return told()[len(before) :]


def told():
    with acting(None, scope="system"):
        mails = OutgoingMail.objects.filter(subject__startswith="Votre brouillon sera supprimé")
        return list(mails.order_by("created_at", "subject").values_list("subject", flat=True))


IN_15, IN_3 = (f"Votre brouillon sera supprimé dans {days} jours" for days in (15, 3))


def seen(person, model, **which):
    with acting(person.pk):
        return model.objects.get(**which)


def test_a_draft_left_for_a_year_goes_whole_after_its_person_was_told_twice(
    person, left, as_role, move_clock
):
    move_clock(NEARLY - DAY)
    assert night(as_role) == []
    move_clock(DAY)

    assert night(as_role) == [IN_15]
    assert night(as_role) == []
    ends_on = seen(person, Dossier, pk=left.pk).ends_on
    move_clock(11 * DAY)
    assert night(as_role) == []
    move_clock(DAY)
    assert night(as_role) == [IN_3]
    assert night(as_role) == []
    move_clock(2 * DAY)
    assert night(as_role) == []
    assert seen(person, Dossier, pk=left.pk).answers
    move_clock(DAY)
    assert clock.today() == ends_on
    assert night(as_role) == []

    gone = seen(person, Dossier, pk=left.pk)
    assert gone.withdrawn_at
    assert gone.answers == {}
    file = seen(person, StoredFile)
    assert (file.removed_why, file.original_name) == ("expired", "")
    assert seen(person, Evidence).removed_at


def test_however_late_the_night_runs_both_times_are_whole(person, left, as_role, move_clock):
    move_clock(5 * YEAR)

    assert night(as_role) == [IN_15]
    move_clock(60 * DAY)
    assert night(as_role) == [IN_3]
    move_clock(2 * DAY)
    night(as_role)
    assert seen(person, Dossier, pk=left.pk).answers

    move_clock(DAY)
    night(as_role)
    assert seen(person, Dossier, pk=left.pk).withdrawn_at


def test_a_night_that_is_cut_tells_nobody_and_is_done_again(
    person, left, as_role, move_clock, monkeypatch
):
    move_clock(NEARLY)
    mails = forgetting.correspondence.tell_many

    def cut(*told, **more):
        mails(*told, **more)
        raise RuntimeError("the worker was killed")

    with monkeypatch.context() as patch:
        patch.setattr(forgetting.correspondence, "tell_many", cut)
        with as_role("worker"), pytest.raises(RuntimeError):
            dossier_jobs.say_left_drafts()

    assert told() == []
    assert seen(person, Dossier, pk=left.pk).ends_on is None
    assert night(as_role) == [IN_15]


def test_the_person_reads_it_until_they_work_on_the_draft(
    client, person, left, as_role, move_clock
):
    move_clock(NEARLY)
    night(as_role)
    enter(client, person)
    pages = [reverse("space:home"), reverse("dossiers:tasks", args=[left.pk])]
    said = date_format(seen(person, Dossier, pk=left.pk).ends_on, "j F Y")

    assert all(said in client.get(page).text for page in pages)
    come_back(person, left, "a page saved as it was")

    assert not any(said in client.get(page).text for page in pages)


def come_back(person, left, how="an answer"):
    if how == "a file":
        give(left, person, "proof-of-address", picture(colour=(1, 2, 3)))
        return
    with acting(person.pk) as act:
        typed = {"birth_name": Typed(value="AUTRE")} if how == "an answer" else {}
        place = Place("identity", "passport")
        save_answers(dossier_id=left.pk, applicant=person, typed=typed, at=act.now, place=place)


@pytest.mark.parametrize("how", ["an answer", "a file"])
def test_a_draft_that_somebody_came_back_to_is_alive(person, left, as_role, move_clock, how):
    move_clock(NEARLY)
    assert night(as_role) == [IN_15]
    come_back(person, left, how)
    move_clock(60 * DAY)

    assert night(as_role) == []
    assert seen(person, Dossier, pk=left.pk).answers
    move_clock(YEAR)
    assert night(as_role) == [IN_15]


def test_who_comes_back_between_the_list_and_the_end_keeps_everything(
    person, left, as_role, move_clock
):
    move_clock(NEARLY)
    night(as_role)
    move_clock(12 * DAY)
    night(as_role)
    move_clock(3 * DAY)
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
        day = clock.legal_day(act.now) - 2 * YEAR
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
