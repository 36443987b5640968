"""The pages of a couple's link, as two browsers without JavaScript see them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dossiers.models import DossierLink
from portal.core.door import acting_for
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.couples import asked, linked
from tests.factories.dossiers import draft, filed
from tests.factories.mandates import held

pytestmark = pytest.mark.django_db
OTHER = {"foreigner_number": "9987654321", "passport_number": "ZZ654321", "birth_name": "SECRET"}


@pytest.fixture
def partner(db):
    return UserFactory()


@pytest.fixture
def theirs(partner):
    """The partner's browser."""
    browser = Client()
    enter(browser, partner)
    return browser


def url(name, dossier):
    return reverse(f"dossiers:{name}", args=[dossier.pk])


def test_from_the_code_to_the_link_and_to_its_end(signed_in, theirs, applicant, partner):
    first, second = draft(applicant), filed(partner, **OTHER)
    assert url("couple", first) in signed_in.get(url("tasks", first)).text
    follow = reverse("space:dossier", args=[second.pk])
    assert url("couple", second) in theirs.get(follow).text

    made = signed_in.post(url("couple_ask", first), {"name": "Amina Exemple"}, follow=True)
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", made.text)[0]
    waiting = signed_in.get(url("couple", first)).text
    assert "Un code attend" in waiting
    assert code not in waiting

    offered = theirs.post(url("couple_type", second), {"code": code}).text
    assert "Amina Exemple propose de traiter vos demandes ensemble" in offered
    assert str(first.pk) not in offered
    without = theirs.post(url("couple_accept", second), {"code": code, "name": "Karim"})
    assert "Cochez la case pour accepter" in without.text
    assert "Amina Exemple propose" in without.text
    done = theirs.post(
        url("couple_accept", second), {"code": code, "name": "Karim", "agreed": "on"}, follow=True
    )

    assert "les deux demandes sont traitées ensemble" in done.text
    assert "Traitées ensemble depuis le" in done.text
    shown = signed_in.get(url("couple", first)).text
    assert "Karim" in shown
    for secret in (str(second.pk), second.number, "SECRET", partner.email):
        assert secret not in shown
    again = theirs.get(url("couple_type", second), follow=True)
    assert "déjà traitée avec une autre" in again.text
    unsure = signed_in.post(url("couple_end", first))
    assert "Cochez la case pour confirmer" in unsure.text
    alone = signed_in.post(url("couple_end", first), {"sure": "on"}, follow=True)
    assert "votre demande continue seule" in alone.text
    assert "Taper le code reçu" in theirs.get(url("couple", second)).text


def test_a_bad_code_gets_one_sentence_at_both_pages(signed_in, applicant):
    dossier = draft(applicant)
    own = asked(applicant, dossier)

    for code in ("2222-2222-2222", own, "é" * 30):
        typed = signed_in.post(url("couple_type", dossier), {"code": code}, follow=True)
        forged = {"code": code, "name": "Moi", "agreed": "on"}
        accepted = signed_in.post(url("couple_accept", dossier), forged, follow=True)
        for answer in (typed, accepted):
            assert "Ce code ne correspond à aucune demande" in answer.text


def test_what_is_over_offers_nothing(signed_in, applicant):
    dossier = filed(applicant)
    signed_in.post(url("withdraw", dossier), {"sure": "on"})

    assert "ne peut plus être traitée avec une autre" in signed_in.get(url("couple", dossier)).text
    refused = signed_in.post(url("couple_ask", dossier), {"name": "A"})
    assert "Cette demande est terminée" in refused.text
    with acting_for(applicant):
        assert not DossierLink.objects.exists()


def test_the_pages_are_the_persons_alone_and_cost_little(
    signed_in, theirs, applicant, partner, django_assert_max_num_queries
):
    first, second = draft(applicant), draft(partner, **OTHER)
    linked(applicant, first, partner, second)
    held(applicant, partner)

    assert theirs.get(url("couple", first)).status_code == 404
    assert url("couple", first) not in theirs.get(reverse("mandated:tasks", args=[first.pk])).text
    with django_assert_max_num_queries(14):
        assert signed_in.get(url("couple", first)).status_code == 200
