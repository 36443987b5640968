"""The completion page offers what is asked, and only that."""

import pytest
from django.urls import reverse

from dossiers.models import CompletionRequest, Dossier
from portal.core.door import acting
from tests.dossiers.services.test_completing import ask
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(signed_in, applicant):
    """A filed dossier of which two things are asked again."""
    dossier = filed(applicant)
    ask(dossier)
    return dossier


def url_of(dossier):
    return reverse("dossiers:completion", args=[dossier.pk])


def test_the_page_shows_the_asked_items_with_their_reasons(signed_in, asked):
    response = signed_in.get(url_of(asked))

    assert list(response.context["form"].fields) == ["birth_city"]
    assert [box.rule.code for box, _form in response.context["boxes"]] == ["passport"]
    for words in ("La ville ne se lit pas.", "La page est coupée.", "il manque deux choses"):
        assert words in response.text


def test_saving_keeps_answers_without_sending(signed_in, asked):
    page = signed_in.get(url_of(asked))

    response = signed_in.post(
        url_of(asked), {"seen": page.context["seen"], "birth_city": "Neuve", "save": "1"}
    )

    assert response["Location"] == url_of(asked)
    with acting(asked.applicant_id):
        assert Dossier.objects.get(pk=asked.pk).answers["birth_city"] == "Neuve"
        assert CompletionRequest.objects.get().closed_at is None


def test_a_wrong_answer_is_shown_again_and_nothing_is_sent(signed_in, asked):
    page = signed_in.get(url_of(asked))

    response = signed_in.post(
        url_of(asked), {"seen": page.context["seen"], "birth_city": "x" * 300, "send": "1"}
    )

    assert "birth_city" in response.context["form"].errors
    with acting(asked.applicant_id):
        assert asked.submissions.count() == 1


def test_a_file_is_added_to_the_asked_box_and_comes_back_here(signed_in, asked):
    box = reverse("dossiers:evidence_box", args=[asked.pk, "passport"])

    response = signed_in.post(box, {"file": picture("neuf.jpg")})

    assert response["Location"] == url_of(asked)
    assert "neuf.jpg" in signed_in.get(url_of(asked)).text


def test_without_a_request_the_page_says_that_nothing_is_asked(signed_in, applicant):
    dossier = filed(applicant)

    assert "ne vous demande rien" in signed_in.get(url_of(dossier)).text
    told = signed_in.post(url_of(dossier), {"send": "1"}, follow=True)
    assert "aucun complément" in told.text


def test_another_persons_request_does_not_exist(signed_in):
    assert signed_in.get(url_of(filed(UserFactory()))).status_code == 404
