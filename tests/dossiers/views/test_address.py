"""The page of a new address: the questions of the address step, one oath, one button."""

import pytest
from django.urls import reverse

from dossiers.models import Submission
from dossiers.services.withdrawing import seal, withdraw_dossier
from portal.core.door import acting
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, filed

pytestmark = pytest.mark.django_db

NEW = {
    "housing": "own",
    "address_line": "2 rue de l’Exemple",
    "address_extra": "",
    "postcode": "69007",
    "commune": "69007",
    "commune_choice": "69387",
    "sworn": "on",
}


@pytest.fixture
def dossier(signed_in, applicant):
    return filed(applicant)


def url_of(dossier):
    return reverse("dossiers:address", args=[dossier.pk])


def send(browser, dossier, page=None, **changes):
    page = page or browser.get(url_of(dossier))
    marks = {"seen": page.context["seen"], "filing": page.context["filing"]}
    return browser.post(url_of(dossier), marks | NEW | changes)


def filings(dossier):
    with acting(dossier.applicant_id):
        return list(Submission.objects.filter(dossier=dossier).order_by("number"))


def test_the_page_shows_the_filed_address_and_nothing_else(signed_in, dossier):
    page = signed_in.get(url_of(dossier))

    assert set(page.context["form"].fields) == {
        "housing",
        "address_line",
        "address_extra",
        "postcode",
        "commune",
    }
    assert "1 rue de l’Exemple" in page.text
    assert "Sa date de dépôt reste acquise" in page.text


def test_a_new_address_is_filed_and_confirmed_on_the_dossier(signed_in, dossier):
    response = send(signed_in, dossier)

    assert response["Location"] == reverse("space:dossier", args=[dossier.pk])
    followed = signed_in.get(response["Location"])
    assert "Votre nouvelle adresse est enregistrée." in followed.text
    assert "Vous avez déclaré une nouvelle adresse." in followed.text
    assert filings(dossier)[-1].answers["commune"] == "69387"


def test_a_double_click_files_once_and_says_the_same(signed_in, dossier):
    page = signed_in.get(url_of(dossier))

    answers = [send(signed_in, dossier, page) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(filings(dossier)) == 2


def test_the_same_address_changes_nothing_and_says_so(signed_in, dossier):
    send(signed_in, dossier)

    response = send(signed_in, dossier)
    assert len(filings(dossier)) == 2

    assert "C’est déjà l’adresse de votre dossier" in signed_in.get(response["Location"]).text
    assert len(filings(dossier)) == 2


def test_a_second_tab_is_refused_in_words_and_keeps_what_was_typed(signed_in, dossier):
    old = signed_in.get(url_of(dossier))
    send(signed_in, dossier)

    response = send(signed_in, dossier, old, address_line="9 rue de l’Exemple")

    assert response.status_code == 200
    assert "autre onglet" in response.text
    assert "9 rue de l’Exemple" in response.text
    assert response.context["filing"] == 2
    assert len(filings(dossier)) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"address_line": ""}, "Répondez à cette question."),
        ({"postcode": "6900"}, "pas la forme attendue"),
        ({"commune": "Nulle-Part-Inventée", "commune_choice": ""}, "Nous ne trouvons pas"),
        ({"sworn": ""}, "Cochez la déclaration sur l’honneur"),
        ({"commune": "Papeete", "commune_choice": "98735"}, "ses propres règles"),
    ],
)
def test_an_address_that_cannot_be_taken_is_explained(signed_in, dossier, change, sentence):
    response = send(signed_in, dossier, **change)

    assert response.status_code == 200
    assert sentence in response.text
    assert len(filings(dossier)) == 1


def test_an_answer_that_opens_a_question_is_asked_it_before_anything_is_filed(signed_in, dossier):
    response = send(signed_in, dossier, housing="hosted")

    assert "host_name" in response.context["form"].fields
    assert "Votre réponse ouvre d’autres questions" in response.text
    assert len(filings(dossier)) == 1

    response = send(signed_in, dossier, response, housing="hosted", host_name="Hôte Exemple")

    assert response.status_code == 302
    assert filings(dossier)[-1].answers["host_name"] == "Hôte Exemple"


def test_after_the_decision_the_page_says_that_the_dossier_stays(signed_in, dossier):
    with acting(dossier.applicant_id) as act:
        seal(dossier_id=dossier.pk, at=act.now)

    page = signed_in.get(url_of(dossier)).text
    assert "Une décision est déjà prise, et elle ne change pas." in page
    assert "votre dossier y est transféré aussitôt" in page


def test_a_request_given_up_explains_that_its_address_is_closed(signed_in, dossier):
    with acting(dossier.applicant_id) as act:
        withdraw_dossier(dossier_id=dossier.pk, applicant=dossier.applicant, at=act.now)

    page = signed_in.get(url_of(dossier))

    assert "Cette demande est abandonnée" in page.text
    assert signed_in.post(url_of(dossier), NEW).status_code == 200
    assert len(filings(dossier)) == 1


def test_a_draft_leads_to_its_pages(signed_in, applicant):
    started = draft(applicant)

    response = signed_in.get(url_of(started))

    assert response["Location"] == reverse("dossiers:tasks", args=[started.pk])


def test_another_person_finds_nothing(client, applicant):
    dossier = filed(applicant)
    enter(client, UserFactory())

    assert client.get(url_of(dossier)).status_code == 404
    assert client.post(url_of(dossier), NEW).status_code == 404


@pytest.mark.parametrize("filing", ["", "x", "²", "9" * 20])
def test_a_page_whose_mark_is_lost_is_refused_in_words(signed_in, dossier, filing):
    page = signed_in.get(url_of(dossier))
    marks = {"seen": page.context["seen"], "filing": filing}

    response = signed_in.post(url_of(dossier), marks | NEW)

    assert "autre onglet" in response.text
    assert len(filings(dossier)) == 1


def test_the_page_asks_little(signed_in, dossier, django_assert_max_num_queries):
    signed_in.get(url_of(dossier))

    # the door and the savepoints included
    with django_assert_max_num_queries(14):
        assert signed_in.get(url_of(dossier)).status_code == 200
