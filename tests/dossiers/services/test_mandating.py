"""A helper acts for a person by mandate, and no further; the database holds it."""

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dossiers.models import Dossier, Mandate, Submission
from dossiers.services import mandating
from dossiers.services.drafting import Typed, discard_draft, save_answers, start_draft
from dossiers.services.mandating import MandateIsOver, NoSuchMandate
from dossiers.services.withdrawing import withdraw_dossier
from portal.accounts import organisations
from portal.accounts.api import set_contacts
from portal.accounts.models import Membership
from portal.core import journal
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence.api import timeline
from portal.correspondence.models import OutgoingMail
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.dossiers import STUDENT, draft, filed
from tests.factories.mandates import (
    accepted,
    filed_by_mandate,
    firm,
    given,
    held,
    helping,
    joined,
    revoked,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper(db):
    """Somebody whom the person trusts."""
    return UserFactory()


def dossiers_seen(helper, mandate):
    with helping(helper, mandate, for_an_act=False):
        return set(Dossier.objects.values_list("pk", flat=True))


def told(dossier):
    """The line of the timeline that says who filed."""
    return next(line for line in timeline(dossier.pk) if line.kind == "filed_by_mandatary")


def test_a_draft_is_filed_by_a_mandatary_who_signs_with_both_names(applicant, helper):
    dossier = draft(applicant, evidence=True)
    mandate = held(applicant, helper)

    submission = filed_by_mandate(helper, mandate, dossier, applicant)

    assert (submission.channel, submission.typed_by_id) == ("mandate", helper.pk)
    assert submission.mandate_id == mandate.pk
    assert submission.sworn_text.startswith("Moi, Karim Aide, j’agis au nom de Amina Exemple")
    with acting(applicant.pk):
        line = told(dossier)
        assert line.who == "Karim Aide, au nom de Amina Exemple"
        assert "Votre mandataire a déposé votre demande" in line.title
        subjects = OutgoingMail.objects.values_list("subject", flat=True)
        assert "Votre mandataire a déposé votre demande" in subjects
    noted = JournalLine.objects.get(act="dossier.filed")
    assert noted.actor_id == helper.pk
    assert noted.facts["on_behalf_of"] == applicant.pk
    assert noted.facts["mandate"] == str(mandate.pk)
    assert journal.broken_at(str(dossier.pk)) is None


def test_filing_twice_by_a_mandatary_and_by_the_person_gives_one_submission(applicant, helper):
    dossier = draft(applicant, evidence=True)
    mandate = held(applicant, helper)

    first, again = (filed_by_mandate(helper, mandate, dossier, applicant) for _ in range(2))

    assert first.pk == again.pk


def test_a_mandate_lets_through_what_it_covers_and_nothing_else(applicant, helper):
    one, two = draft(applicant), draft(applicant, "address-change")
    stranger = draft(UserFactory())
    everything = held(applicant, helper)
    procedure = held(applicant, helper, procedure_code=STUDENT)
    alone = held(applicant, helper, dossier_id=two.pk)

    assert dossiers_seen(helper, everything) == {one.pk, two.pk}
    assert dossiers_seen(helper, procedure) == {one.pk}
    assert dossiers_seen(helper, alone) == {two.pk}
    with acting_for(helper):
        assert not Dossier.objects.filter(pk__in=[one.pk, two.pk, stranger.pk]).exists()


def test_the_list_of_all_mandates_reads_and_changes_nothing(applicant, helper):
    dossier = draft(applicant)
    held(applicant, helper)

    with acting_for(helper, scope="mandate"):
        assert Dossier.objects.get().pk == dossier.pk
        assert Dossier.objects.update(revision=99) == 0


def test_a_mandate_to_read_changes_nothing(applicant, helper):
    dossier = draft(applicant)
    mandate = held(applicant, helper, level="read")

    with helping(helper, mandate) as act:
        assert Dossier.objects.get().pk == dossier.pk
        assert Dossier.objects.update(revision=99) == 0
        with pytest.raises(Dossier.DoesNotExist):
            save_answers(
                dossier_id=dossier.pk,
                applicant=applicant,
                typed={"birth_name": Typed("AUTRE")},
                at=act.now,
            )


def test_a_mandate_to_fill_saves_and_never_files(applicant, helper):
    dossier = draft(applicant, evidence=True)
    mandate = held(applicant, helper, level="fill")
    with helping(helper, mandate) as act:
        save_answers(
            dossier_id=dossier.pk,
            applicant=applicant,
            typed={"birth_name": Typed("AUTRE")},
            at=act.now,
        )

    with pytest.raises(IntegrityError, match="no power to file"):
        filed_by_mandate(helper, mandate, dossier, applicant)

    with acting(applicant.pk):
        kept = Dossier.objects.get()
        assert (kept.answers["birth_name"], kept.filed_at) == ("AUTRE", None)


@pytest.mark.parametrize("act_of", [discard_draft, withdraw_dossier])
def test_withdrawing_and_deleting_stay_with_the_person(applicant, helper, act_of):
    dossier = draft(applicant) if act_of is discard_draft else filed(applicant)
    mandate = held(applicant, helper)

    with pytest.raises(IntegrityError, match="its person alone"), helping(helper, mandate) as act:
        act_of(dossier_id=dossier.pk, applicant=applicant, at=act.now)


def test_a_mandate_begins_a_draft_of_what_it_covers_alone(applicant, helper):
    mandate = held(applicant, helper, procedure_code=STUDENT)

    with helping(helper, mandate) as act:
        made = start_draft(applicant=applicant, procedure_code=STUDENT, at=act.now)
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        helping(helper, mandate) as act,
    ):
        start_draft(applicant=applicant, procedure_code="address-change", at=act.now)

    with acting(applicant.pk):
        assert Dossier.objects.get().pk == made.pk
    with acting_for(helper):
        assert not Dossier.objects.exists()


def test_a_revoked_mandate_opens_nothing_not_even_in_an_act_that_has_begun(applicant, helper):
    draft(applicant)
    mandate = held(applicant, helper)

    with helping(helper, mandate, for_an_act=False):
        assert Dossier.objects.exists()
        revoked(mandate, applicant)
        assert not Dossier.objects.exists()

    with pytest.raises(MandateIsOver), helping(helper, mandate):
        pass


def test_a_mandate_past_its_last_day_opens_nothing(applicant, helper, move_clock):
    draft(applicant)
    mandate = held(applicant, helper, days=3)

    move_clock(dt.timedelta(days=4))

    with pytest.raises(MandateIsOver), helping(helper, mandate):
        pass


def test_somebody_elses_mandate_does_not_exist(applicant, helper):
    mandate = held(applicant, helper)

    with pytest.raises(NoSuchMandate), helping(UserFactory(), mandate):
        pass


def test_naming_a_mandate_in_the_scope_opens_nothing_to_another_account(applicant, helper):
    draft(applicant)
    mandate = held(applicant, helper)

    with acting_for(UserFactory(), scope=f"mandate:{mandate.pk}"):
        assert not Dossier.objects.exists()
    with acting_for(UserFactory(reviewer=True), scope=f"mandate:{mandate.pk}"):
        assert not Dossier.objects.exists()


def test_an_act_by_mandate_without_both_in_the_journal_is_refused(applicant, helper):
    mandate = held(applicant, helper)

    with (
        pytest.raises(IntegrityError, match="names the mandate"),
        acting_for(helper, scope=f"mandate:{mandate.pk}"),
    ):
        journal.record("mandate.read", subject_type="mandate", subject_id=mandate.pk)


def test_an_invitation_is_accepted_by_the_proven_address_alone(applicant):
    invited = given(applicant, "aide@exemple.fr")
    other, unproven = UserFactory(), UserFactory(email="aide@exemple.fr", verified=False)

    for somebody in (other, unproven):
        with pytest.raises(Mandate.DoesNotExist):
            accepted(invited, somebody)
    with acting_for(applicant), pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=invited.pk).update(
            accepted_by=applicant, helper=applicant, helper_name="Moi", accepted_at=invited.given_at
        )


def test_an_invitation_lapses_and_one_taken_back_is_not_accepted(applicant, helper, move_clock):
    late, back = given(applicant, helper.email), given(applicant, helper.email)
    revoked(back, applicant)

    with pytest.raises(DomainRefusal, match="plus valable"):
        accepted(back, helper)
    move_clock(dt.timedelta(days=15))
    with pytest.raises(DomainRefusal, match="plus valable"):
        accepted(late, helper)


def test_the_mail_of_an_invitation_is_the_same_with_and_without_an_account(applicant, helper):
    given(applicant, helper.email)
    given(applicant, "personne@ailleurs.fr")

    with as_worker(), acting(None, scope="system"):
        mails = list(OutgoingMail.objects.order_by("created_at", "pk"))
    assert len({(mail.subject, mail.body) for mail in mails}) == 1
    assert {mail.to for mail in mails} == {helper.email, "personne@ailleurs.fr"}


def test_nobody_gives_a_mandate_to_themselves_or_for_more_than_a_year(applicant, helper):
    with pytest.raises(DomainRefusal, match="vous-même"):
        given(applicant, applicant.email.upper())
    with pytest.raises(DomainRefusal, match="un an au plus"):
        given(applicant, helper.email, days=400)


def test_an_agent_of_the_office_is_no_mandatary_even_under_another_account(applicant):
    agent = UserFactory(reviewer=True)
    private = UserFactory(email="agent.chez.soi@exemple.fr")
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(agent, at=act.now, emails=[private.email])
    before = held(applicant, private)
    dossier = draft(applicant, evidence=True)

    with pytest.raises(DomainRefusal, match="celle d’un agent"):
        filed_by_mandate(private, before, dossier, applicant)
    filed(applicant, "address-change")
    with pytest.raises(DomainRefusal, match="celle d’un agent"):
        held(applicant, private)


def test_a_private_person_holds_ten_mandates_and_no_more(helper):
    people = [UserFactory() for _ in range(11)]
    for person in people[:10]:
        held(person, helper)
    eleventh = given(people[10], helper.email)

    with pytest.raises(DomainRefusal, match="déjà dix personnes"):
        accepted(eleventh, helper)


def test_an_organisation_takes_mandates_once_verified_and_a_member_who_leaves_loses_all(applicant):
    chief, second = UserFactory(), UserFactory()
    office = firm(chief, verified=False)
    dossier = draft(applicant, evidence=True)
    invited = given(applicant, chief.email, kind="lawyer", for_organisation=True)
    with pytest.raises(DomainRefusal, match="pas encore vérifiée"):
        accepted(invited, chief, organisation=office)
    with as_worker(), acting(None, scope="system") as act:
        organisations.verify("552100554", at=act.now)

    mandate = accepted(invited, chief, organisation=office)
    member = joined(office, chief, second)
    submission = filed_by_mandate(second, mandate, dossier, applicant)

    assert submission.typed_by_id == second.pk
    with acting(applicant.pk):
        who = "Maître Deux, Cabinet Exemple, au nom de Amina Exemple"
        assert told(dossier).who == who
    with acting_for(second) as act:
        organisations.leave(membership_id=member.pk, at=act.now)
    with pytest.raises(MandateIsOver), helping(second, mandate):
        pass
    with acting_for(second, scope="mandate"):
        assert not Dossier.objects.exists()
    joined(office, chief, UserFactory(), name="Maître Trois")
    with acting_for(chief) as act:
        mine = Membership.objects.live().get(user=chief)
        with pytest.raises(DomainRefusal, match="au moins un administrateur"):
            organisations.leave(membership_id=mine.pk, at=act.now)


def test_a_page_cannot_verify_an_organisation_nor_name_its_administrator(db):
    chief, second = UserFactory(), UserFactory()
    office = firm(chief, verified=False)
    member = joined(office, chief, second)

    with pytest.raises(DatabaseError, match="permission denied"), acting_for(chief) as act:
        organisations.verify("552100554", at=act.now)
    with pytest.raises(IntegrityError, match="administrator"), acting_for(second):
        Membership.objects.filter(pk=member.pk).update(is_administrator=True)


def test_who_receives_a_mandate_may_give_it_back_and_the_person_is_told(applicant, helper):
    mandate = held(applicant, helper)

    with acting_for(helper) as act:
        mandating.give_back(mandate_id=mandate.pk, user=helper, at=act.now)

    with acting(applicant.pk):
        kept = Mandate.objects.get()
        assert kept.ended_by == "helper"
        mails = OutgoingMail.objects.values_list("subject", flat=True)
        assert "Votre mandataire a refusé ou rendu votre mandat" in mails


@pytest.mark.django_db(transaction=True)
def test_a_revocation_waits_for_the_act_that_has_begun_and_stops_the_next(applicant, helper):
    dossier = draft(applicant, evidence=True)
    mandate = held(applicant, helper)
    begun, told = threading.Event(), []

    def revoke():
        begun.wait(10)
        revoked(mandate, applicant)
        told.append("revoked")
        connection.close()

    thread = threading.Thread(target=revoke)
    thread.start()
    with helping(helper, mandate) as act:
        begun.set()
        thread.join(0.5)
        assert not told
        save_answers(
            dossier_id=dossier.pk,
            applicant=applicant,
            typed={"birth_name": Typed("AVANT")},
            at=act.now,
        )
    thread.join(10)

    assert told == ["revoked"]
    with pytest.raises(MandateIsOver), helping(helper, mandate):
        pass
    with acting(applicant.pk):
        assert Dossier.objects.get().answers["birth_name"] == "AVANT"
        assert not Submission.objects.exists()
