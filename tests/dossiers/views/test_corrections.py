"""The person reads what the office put right, and may say that it is not exact."""

import pytest
from django.urls import reverse

from dossiers.models import CorrectionContest
from portal.core.door import acting
from tests.dossiers.services.test_correcting import put_right
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed
from tests.factories.workflows import Life

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(signed_in, applicant):
    """A filed dossier in which the office has put the address right."""
    dossier = filed(applicant)
    made = put_right(dossier, UserFactory(agent=True), address_line="2 rue de l’Exemple")
    return dossier, made


def test_before_after_and_reason_are_read_on_one_page(signed_in, corrected):
    dossier, _made = corrected

    page = signed_in.get(reverse("dossiers:corrections", args=[dossier.pk]))

    for words in ("1 rue de l’Exemple", "2 rue de l’Exemple", "Deux lettres inversées."):
        assert words in page.text


def test_the_timeline_leads_to_the_correction(signed_in, corrected):
    dossier, _made = corrected

    page = signed_in.get(reverse("space:dossier", args=[dossier.pk]))
    sent = signed_in.get(reverse("space:answers", args=[dossier.pk]))

    assert reverse("dossiers:corrections", args=[dossier.pk]) in page.text
    assert "corrigé par la préfecture" in sent.text


def test_who_disagrees_says_so_and_reads_it_again(signed_in, corrected):
    dossier, made = corrected
    address = reverse("dossiers:contest", args=[dossier.pk, made.pk])
    silent = signed_in.post(address, {"text": ""})
    assert "Écrivez une réponse." in silent.text

    for _ in range(2):
        done = signed_in.post(address, {"text": "C’est bien le 1."}, follow=True)

    assert "C’est bien le 1." in done.text
    assert "pas encore répondu" in done.text
    with acting(dossier.applicant_id):
        assert CorrectionContest.objects.count() == 1
    assert "Vous l’avez déjà écrit" in signed_in.get(address).text


def test_without_a_correction_the_page_says_so(signed_in, applicant):
    page = signed_in.get(reverse("dossiers:corrections", args=[filed(applicant).pk]))

    assert "n’a rien corrigé" in page.text


def test_another_persons_correction_does_not_exist(signed_in):
    life = Life()
    made = put_right(life.dossier, UserFactory(agent=True), address_line="2 rue de l’Exemple")

    address = reverse("dossiers:contest", args=[life.dossier.pk, made.pk])
    assert signed_in.get(address).status_code == 404
