"""One person, one row, whoever files first."""

import threading

import pytest
from django.db import connection

from dossiers.models import Dossier, Person, PersonAccount
from dossiers.services.identifying import identify, passport_key
from portal.core.door import acting
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, filed


def person_of(dossier, **answers):
    with acting(dossier.applicant_id):
        return identify(dossier.procedure, dossier.answers | answers, dossier.applicant)


@pytest.mark.django_db
def test_the_foreigner_number_finds_the_person_again_from_another_account():
    first, second = UserFactory(), UserFactory()

    one = filed(first, foreigner_number="9912345678")
    two = filed(second, foreigner_number="9912345678", passport_number="ZZ999999")

    assert one.person_id == two.person_id
    with acting(first.pk):
        assert not Dossier.objects.filter(pk=two.pk).exists()
        assert list(PersonAccount.objects.values_list("user_id", flat=True)) == [first.pk]


@pytest.mark.django_db
def test_a_passport_finds_the_person_and_the_number_comes_later(applicant):
    dossier = draft(applicant)

    without = person_of(dossier, foreigner_number="")
    with_number = person_of(dossier, foreigner_number="9987654321")

    assert without.pk == with_number.pk
    assert person_of(dossier, foreigner_number="").pk == without.pk


@pytest.mark.django_db
def test_two_numbers_on_one_passport_are_two_persons(applicant):
    dossier = draft(applicant)

    one = person_of(dossier, foreigner_number="9900000011")
    two = person_of(dossier, foreigner_number="9900000012")

    assert one.pk != two.pk
    assert person_of(dossier, foreigner_number="9900000012").pk == two.pk


@pytest.mark.django_db
def test_the_digest_depends_on_the_key_of_this_installation(applicant, settings):
    dossier = draft(applicant)
    here = passport_key(dossier.procedure, dossier.answers)

    settings.PERSON_KEY = "une autre clé"

    assert passport_key(dossier.procedure, dossier.answers) != here
    assert passport_key(dossier.procedure, dossier.answers | {"passport_number": ""}) is None


@pytest.mark.django_db
def test_nobody_reads_persons_without_the_scope(applicant):
    filed(UserFactory())

    with acting(applicant.pk):
        assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", ["9955555555", ""])
def test_ten_filings_at_once_find_one_person(number):
    dossiers = [draft(UserFactory()) for _ in range(10)]
    found, start = [], threading.Barrier(10)

    def run(dossier):
        start.wait(30)
        try:
            found.append(person_of(dossier, foreigner_number=number).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[dossier]) for dossier in dossiers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(found) == 10
    assert len(set(found)) == 1
