"""Two people link their requests by a code; each ends it alone; the database holds it."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from dossiers.models import DossierLink, LinkTry
from dossiers.services import forgetting, linking
from dossiers.services.drafting import discard_draft
from dossiers.services.linking import digest_of
from dossiers.services.withdrawing import withdraw_dossier
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence.api import timeline
from portal.correspondence.models import OutgoingMail
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.couples import FIRST, SECOND, accepted, asked, ended, linked, told
from tests.factories.dossiers import draft, filed
from tests.factories.mandates import held, helping

pytestmark = pytest.mark.django_db
SAME = {"foreigner_number": "9912345678", "passport_number": "ZZ123456"}
OTHER = {"foreigner_number": "9987654321", "passport_number": "ZZ654321"}


@pytest.fixture
def partner(db):
    """The person with whom the applicant lives."""
    return UserFactory()


@pytest.fixture
def couple(applicant, partner):
    """Both with their draft."""
    return draft(applicant), draft(partner, **OTHER)


def kept(person):
    with acting_for(person):
        return DossierLink.objects.order_by("asked_at").last()


def kinds(person, dossier):
    with acting_for(person):
        return [line.kind for line in timeline(dossier.pk)]


def refused(person, dossier, code):
    """The sentence; caught inside the act, as a page does, which keeps the count of tries."""
    with acting_for(person), pytest.raises(DomainRefusal) as refusal:
        linking.accept(dossier_id=dossier.pk, person=person, code=code, name=SECOND)
    return str(refusal.value.reasons[0])


def test_a_code_links_two_dossiers_once_and_both_are_told(applicant, partner, couple):
    first, second = couple

    code = asked(applicant, first)
    link = accepted(partner, second, f" {code.lower().replace('-', ' ')} ")
    again = accepted(partner, second, code)

    assert again.pk == link.pk
    found = kept(applicant)
    assert (found.first_name, found.second_name) == (FIRST, SECOND)
    assert (found.first_dossier_id, found.second_dossier_id) == (first.pk, second.pk)
    assert found.accepted_at is not None
    assert found.ended_at is None
    assert found.code_digest == digest_of(code)
    assert kinds(applicant, first) == []
    for _twice in range(2):
        told("couple_linked", link, by=second)
    assert kinds(applicant, first) == kinds(partner, second) == ["couple_linked"]
    with acting_for(applicant):
        assert OutgoingMail.objects.filter(subject__startswith="Deux demandes").count() == 1
    lines = JournalLine.objects.filter(subject_type="dossier_link")
    assert set(lines.values_list("act", "actor_id")) == {
        ("couple.asked", applicant.pk),
        ("couple.accepted", partner.pk),
    }


def test_every_code_that_is_worth_nothing_is_answered_alike(applicant, partner, couple, move_clock):
    first, second = couple
    third = UserFactory()
    theirs = draft(third)
    old = asked(applicant, first)
    own = asked(applicant, first)

    said = [refused(partner, second, code) for code in ("2222-2222-2222", old, "")]
    said.append(refused(applicant, first, own))
    accepted(partner, second, own)
    said.append(refused(third, theirs, own))
    ended(partner, second)
    late = asked(applicant, first)
    move_clock(dt.timedelta(days=7))
    said.append(refused(partner, second, late))

    assert set(said) == {str(linking.WORTHLESS)}
    with acting_for(partner):
        assert LinkTry.objects.count() == 4


def test_two_accounts_of_one_person_are_no_couple(applicant, partner):
    first, second = filed(applicant, **SAME), filed(partner, **SAME)
    code = asked(applicant, first)

    with pytest.raises(DomainRefusal, match="ne correspond à aucune"):
        accepted(partner, second, code)


def test_the_eleventh_try_of_an_hour_is_refused_even_with_the_good_code(
    applicant, partner, couple, move_clock
):
    first, second = couple
    code = asked(applicant, first)
    for _try in range(10):
        assert refused(partner, second, "2222-2222-2222") == linking.WORTHLESS

    assert "Attendez une heure" in refused(partner, second, code)

    move_clock(dt.timedelta(minutes=61))
    assert accepted(partner, second, code).accepted_at


def test_ten_codes_are_asked_for_a_day(applicant):
    dossier = draft(applicant)
    for _code in range(10):
        asked(applicant, dossier)

    with pytest.raises(DomainRefusal, match="dix codes aujourd’hui"):
        asked(applicant, dossier)


def test_a_dossier_has_one_live_link_on_either_side(applicant, partner, couple):
    first, second = couple
    third = UserFactory()
    theirs = draft(third)
    waiting = asked(third, theirs)
    linked(applicant, first, partner, second)

    for person, dossier in ((applicant, first), (partner, second)):
        with pytest.raises(DomainRefusal, match="déjà traitée avec une autre"):
            asked(person, dossier)
        with pytest.raises(DomainRefusal, match="déjà traitée avec une autre"):
            accepted(person, dossier, waiting)
    with acting_for(partner), connection.cursor() as cursor:
        found = DossierLink.objects.get()
        cursor.execute(
            "select link from dossiers_try_link_code(%s, %s)", [digest_of(waiting), second.pk]
        )
        (theirs_id,) = cursor.fetchone()
        with (
            pytest.raises(IntegrityError, match="a_dossier_has_one_live_link"),
            transaction.atomic(),
        ):
            cursor.execute(
                "select dossiers_accept_link(%s, %s, %s, 'K')",
                [theirs_id, digest_of(waiting), second.pk],
            )
    assert found.second_dossier_id == second.pk


def test_who_accepts_takes_back_the_code_that_they_had_asked_for(applicant, partner, couple):
    first, second = couple
    own = asked(partner, second)
    linked(applicant, first, partner, second)
    third = UserFactory()

    with pytest.raises(DomainRefusal, match="aucune demande"):
        accepted(third, draft(third), own)


@pytest.mark.parametrize("side", ["first", "second"])
def test_either_ends_it_alone_and_the_other_is_told_not_why(applicant, partner, couple, side):
    first, second = couple
    link = linked(applicant, first, partner, second)
    who, own, other, theirs = (
        (applicant, first, partner, second)
        if side == "first"
        else (partner, second, applicant, first)
    )

    for _twice in range(2):
        ended(who, own)

    assert kept(other).ended_by == side
    told("couple_linked", link, by=second)
    told("couple_ended", link, by=own)
    assert kinds(other, theirs).count("couple_ended") == 1
    assert kinds(who, own).count("couple_ended") == 1
    accepted(applicant, first, asked(partner, second))


@pytest.mark.parametrize("how", ["discard", "withdraw", "expiry"])
def test_a_dossier_that_is_over_ends_its_link_and_its_code(applicant, partner, how):
    own = filed(applicant) if how == "withdraw" else draft(applicant)
    theirs = draft(partner, **OTHER)
    link = linked(partner, theirs, applicant, own)

    if how == "expiry":
        with as_worker(), acting(None, scope="system") as act:
            forgetting.empty(own, act.now)
    else:
        act_of = discard_draft if how == "discard" else withdraw_dossier
        with acting_for(applicant) as act:
            act_of(dossier_id=own.pk, applicant=applicant, at=act.now)

    assert kept(partner).ended_by == "system"
    jobs = ProcrastinateJob.objects.filter(
        task_name="dossiers.tell_couple", args__kind="couple_ended"
    )
    assert jobs.count() == 1
    told("couple_ended", link, by=own)
    assert kinds(partner, theirs)[0] == "couple_ended"


def test_the_database_refuses_a_link_that_outlives_its_dossier(applicant, partner, couple):
    first, second = couple
    linked(applicant, first, partner, second)

    with (
        pytest.raises(IntegrityError, match="is still linked"),
        acting_for(applicant) as act,
    ):
        type(first).objects.filter(pk=first.pk).update(withdrawn_at=act.now)


def test_neither_reads_the_other_and_a_stranger_reads_nothing(applicant, partner, couple):
    first, second = couple
    linked(applicant, first, partner, second)

    with acting_for(applicant):
        assert not type(first).objects.filter(pk=second.pk).exists()
    for somebody in (UserFactory(), UserFactory(reviewer=True)):
        with acting_for(somebody):
            assert not DossierLink.objects.exists()


def test_nobody_links_somebody_elses_dossier_by_writing_the_row(applicant, partner, couple):
    first, second = couple
    asked(applicant, first)

    with pytest.raises(IntegrityError, match="second_person"), acting_for(applicant) as act:
        DossierLink.objects.update(
            second_dossier=second,
            second_person=partner,
            second_name="K",
            second_procedure=second.procedure_code,
            accepted_at=act.now,
        )
    linked(applicant, first, partner, second)
    with pytest.raises(IntegrityError, match="own name"), acting_for(applicant) as act:
        DossierLink.objects.lasting().update(ended_at=act.now, ended_by="second")


def test_a_helper_neither_asks_nor_accepts_nor_ends(applicant, partner, couple):
    first, second = couple
    helper = UserFactory()
    mandate = held(applicant, helper)
    code = asked(partner, second)
    facts = {"dossier_id": first.pk, "person": applicant}

    with (
        pytest.raises(DatabaseError, match="row-level security"),
        helping(helper, mandate) as act,
    ):
        linking.ask(name="A", at=act.now, **facts)
    with pytest.raises(DomainRefusal), helping(helper, mandate):
        linking.accept(code=code, name="A", **facts)
    accepted(applicant, first, code)
    with helping(helper, mandate) as act:
        linking.end(at=act.now, **facts)
    assert kept(applicant).ended_at is None
