"""What the desk reads of the other case of a couple: the office's own, or an office's name."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.couples import ended, linked
from tests.factories.dossiers import draft
from tests.factories.workflows import Life, filed_dossier

pytestmark = pytest.mark.django_db
SHOWN = "Traité avec un autre dossier"


def url(life):
    return reverse("desk:case", args=[life.id])


def test_the_case_page_leads_to_the_other_case_of_the_office(at_desk, statements):
    one, two = Life(), Life()
    browser = at_desk(one.reviewer)
    assert SHOWN not in browser.get(url(one)).text
    linked(one.applicant, one.dossier, two.applicant, two.dossier)

    with statements(20):
        page = browser.get(url(one)).text

    assert SHOWN in page
    assert url(two) in page
    assert two.dossier.number in page
    assert one.dossier.number in browser.get(url(two)).text
    ended(two.applicant, two.dossier)
    assert SHOWN not in browser.get(url(one)).text


def test_of_another_office_the_page_says_the_name_alone(at_desk):
    life, person = Life(), UserFactory()
    other = filed_dossier(person, commune="34172")
    linked(life.applicant, life.dossier, person, other)

    page = at_desk(life.reviewer).get(url(life)).text

    assert SHOWN in page
    assert "Hérault" in page
    assert other.number not in page


def test_of_a_draft_the_page_says_that_no_office_has_it(at_desk):
    life, person = Life(), UserFactory()
    linked(life.applicant, life.dossier, person, draft(person))

    assert "dans aucune préfecture" in at_desk(life.reviewer).get(url(life)).text
