"""Several requests at once: one live of each procedure, few that exclude each other."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from dossiers.demo import example_draft
from dossiers.models import Dossier
from dossiers.services.drafting import start_draft
from dossiers.services.filing import FilingRefused
from dossiers.services.keeping_apart import NotTogether
from dossiers.services.withdrawing import seal, unseal, withdraw_dossier
from portal.core.door import acting
from portal.correspondence.models import TimelineLine
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import STUDENT, draft, file_now, filed

pytestmark = pytest.mark.django_db
CHILD = "minor-travel-document"


def start(person, code):
    with acting(person.pk) as act:
        return start_draft(applicant=person, procedure_code=code, at=act.now)


def decide(dossier, person):
    with acting(person.pk) as act:
        seal(dossier_id=dossier.pk, at=act.now)


def test_a_second_start_shows_what_was_filed_and_begins_nothing(signed_in, applicant):
    dossier = filed(applicant)
    address = reverse("dossiers:start", args=[STUDENT])

    for answer in (signed_in.get(address, follow=True), signed_in.post(address, follow=True)):
        assert dossier.number in answer.text
        assert "Vous avez déjà déposé cette demande" in answer.text
    with acting(applicant.pk):
        assert Dossier.objects.get().pk == dossier.pk


def test_an_ended_request_leaves_its_place(applicant):
    given_up, decided = filed(applicant), filed(applicant, "duplicate")
    with acting(applicant.pk) as act:
        withdraw_dossier(dossier_id=given_up.pk, applicant=applicant, at=act.now)
    decide(decided, applicant)

    assert start(applicant, STUDENT).filed_at is None
    assert start(applicant, "duplicate").filed_at is None


def test_the_database_refuses_a_second_live_dossier_of_a_procedure(applicant):
    filed(applicant)

    with (
        pytest.raises(IntegrityError, match="one_live_dossier_per_person_and_procedure"),
        acting(applicant.pk) as act,
        transaction.atomic(),
    ):
        example_draft(applicant, STUDENT, act.now)


def test_an_address_change_during_a_renewal_is_normal(applicant):
    filed(applicant)

    assert start(applicant, "address-change").filed_at is None
    assert start(applicant, "duplicate").filed_at is None


def test_what_the_table_keeps_apart_is_refused_with_its_reason(applicant):
    filed(applicant)

    with pytest.raises(NotTogether, match="sont une seule demande"):
        start(applicant, "student-first")
    with acting(applicant.pk):
        assert Dossier.objects.count() == 1


def test_what_is_apart_from_a_request_opened_again_is_not_filed_beside_it(applicant):
    decided = filed(applicant)
    decide(decided, applicant)
    begun = draft(applicant, "student-first", evidence=True)
    with acting(applicant.pk):
        unseal(dossier_id=decided.pk)

    with pytest.raises(FilingRefused, match="sont une seule demande"):
        file_now(begun, applicant)

    with acting(applicant.pk):
        assert Dossier.objects.get(pk=begun.pk).filed_at is None


def test_a_parent_asks_for_each_child(applicant):
    first = filed(applicant, CHILD)
    second = start(applicant, CHILD)

    assert second.pk != first.pk
    assert start(applicant, CHILD).pk == second.pk


def test_a_decision_taken_back_is_never_held_up_and_its_person_is_told(applicant):
    first = filed(applicant)
    decide(first, applicant)
    second = start(applicant, STUDENT)

    with acting(applicant.pk):
        unseal(dossier_id=first.pk)

    with acting(applicant.pk):
        live = Dossier.objects.live()
        assert {dossier.pk for dossier in live} == {first.pk, second.pk}
        assert TimelineLine.objects.filter(
            dossier_id=first.pk, kind="dossier_reopened_beside"
        ).exists()


def test_a_decision_taken_back_without_another_says_nothing_more(applicant):
    dossier = filed(applicant)
    decide(dossier, applicant)
    with acting(applicant.pk):
        unseal(dossier_id=dossier.pk)

    assert start(applicant, STUDENT).pk == dossier.pk


@pytest.mark.django_db(transaction=True)
def test_of_two_starts_at_once_that_exclude_each_other_one_begins():
    person = UserFactory()
    together, answers = threading.Barrier(2), []

    def run(code):
        together.wait(30)
        try:
            answers.append(start(person, code).procedure_code)
        except NotTogether:
            answers.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=[code]) for code in ("student-first", "student-renewal")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(answers) == 2
    assert "refused" in answers
    with acting(person.pk):
        assert Dossier.objects.count() == 1


def test_a_draft_is_opened_again_rather_than_begun_twice(applicant):
    begun = draft(applicant)

    assert start(applicant, STUDENT).pk == begun.pk
