"""The public page of papers: no account, no name, no address that keeps a code."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from appointments.services.passes import new_code
from tests.factories import appointments as factory

PAGE = "/rendez-vous/verifier/"


@pytest.fixture(autouse=True)
def no_question_before(db):
    """Questions are counted by address, and all tests come from one."""
    cache.clear()
    yield
    cache.clear()


def test_a_valid_paper_is_told_with_initials_and_no_name(places):
    life = factory.appointed()

    said = Client().post(PAGE, {"code": life.appointment.code}).content.decode()

    assert "Cette convocation est valable" in said
    assert life.appointment.site.name in said
    for word in life.clearance.holder_name.split():
        assert word not in said
    assert life.dossier.number not in said


def test_an_unknown_code_is_told_that_it_is_worth_nothing(db):
    said = Client().post(PAGE, {"code": new_code()}).content.decode()

    assert "Cette convocation n’est pas valable" in said


@pytest.mark.parametrize("code", ["", "ABCD", "RDV1:AAAA", "\x00", "é" * 500])
def test_a_badly_copied_code_keeps_what_was_typed_and_says_why(db, code):
    page = Client().post(PAGE, {"code": code})

    assert page.status_code == 200
    assert "po-error" in page.content.decode()


def test_codes_are_not_tried_by_the_thousand(db):
    client = Client()
    for _time in range(10):
        assert client.post(PAGE, {"code": "ABCD"}).status_code == 200

    refused = client.post(PAGE, {"code": "ABCD"})

    assert refused.status_code == 429
    assert "Attendez une minute" in refused.content.decode()


def test_the_page_is_in_the_footer_of_every_page(db):
    assert PAGE in Client().get(reverse("account_login")).content.decode()
