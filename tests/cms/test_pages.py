"""The public pages: three languages, the catalogue's facts, nothing unpublished."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from cms.models import ProcedurePage
from dossiers import api as dossiers
from dossiers.catalogue.loader import catalogue
from tests.factories.cms import first_pages, guidance_page, home_of, orphan_procedure_page

LANGUAGES = ["fr", "en", "ar"]
PROCEDURES = sorted(catalogue())
DIRECTIONS = {"fr": "ltr", "en": "ltr", "ar": "rtl"}


@pytest.fixture
def pages(as_role):
    with as_role("editing"):
        return first_pages()


@pytest.fixture
def pages_in_every_language(as_role):
    with as_role("editing"):
        return first_pages(*LANGUAGES)


def page_of(code, language):
    return ProcedurePage.objects.get(procedure_code=code, locale__language_code=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_written_in_their_language_and_direction(client, as_role, language):
    with as_role("editing"):
        first_pages("fr", language)

    answer = client.get(f"/{language}/")

    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{DIRECTIONS[language]}">' in answer.text
    assert escape(home_of(language).promise_title) in answer.text
    for code in PROCEDURES:
        answer = client.get(page_of(code, language).get_url())
        assert_shows_the_facts(answer, dossiers.procedure(code, language))


def test_a_procedure_that_nobody_has_written_about_has_its_page_all_the_same(pages, client):
    page, facts = page_of("visitor", "fr"), dossiers.procedure("visitor", "fr")

    assert (page.title, page.summary, len(page.body)) == (facts.title, facts.summary, 0)
    assert page.get_url() in client.get("/fr/").text
    assert page.get_url() in client.get("/fr/demarches/").text


def test_a_price_due_with_the_request_is_said(pages, client):
    answer = client.get(page_of("visa-validation", "fr").get_url())

    assert "dont 200 euros au dépôt." in answer.text
    assert "rien au dépôt" not in answer.text


def assert_shows_the_facts(answer, facts):
    assert answer.status_code == 200
    assert escape(facts.window) in answer.text
    assert str(facts.fees.total) in answer.text
    # French pages bind their colons and quotation marks to the word
    shown = answer.text.replace("\u202f", " ").replace("\u00a0", " ")
    for rule in facts.evidence:
        assert escape(rule.label) in shown
        assert escape(rule.why) in shown
    for article in facts.legal_basis:
        assert escape(article) in answer.text
    assert f'href="{facts.start_url}"' in answer.text


def test_every_page_names_itself_in_the_other_languages(pages_in_every_language, client):
    for page in pages_in_every_language:
        answer = client.get(page.get_url())

        assert answer.status_code == 200
        for language in LANGUAGES:
            assert f'hreflang="{language}"' in answer.text


def test_unknown_procedure_says_it_is_not_open_and_offers_no_start(pages, client, as_role):
    with as_role("editing"):
        page = orphan_procedure_page("abolished")

    answer = client.get(page.get_url())

    assert answer.status_code == 200
    assert answer.context["facts"] is None
    assert "/commencer/" not in answer.text


def test_editor_cannot_name_a_procedure_the_catalogue_lacks(pages):
    page = page_of("duplicate", "fr")
    page.procedure_code = "abolished"

    with pytest.raises(ValidationError) as refusal:
        page.full_clean()

    assert list(refusal.value.message_dict) == ["procedure_code"]


def test_draft_page_is_neither_served_nor_listed(pages, client, as_role):
    with as_role("editing"):
        page = guidance_page(title="Pas encore relue", slug="brouillon", live=False)

    assert client.get(page.get_url()).status_code == 404
    assert "Pas encore relue" not in client.get("/fr/").text
    assert "Pas encore relue" not in client.get("/fr/comprendre/").text


def test_changing_the_language_in_the_address_finds_the_same_page(pages_in_every_language, client):
    french = page_of("duplicate", "fr").get_url()

    answer = client.get(french.replace("/fr/", "/ar/", 1))

    assert (answer.status_code, answer["Location"]) == (302, page_of("duplicate", "ar").get_url())


def test_unknown_address_is_not_found(pages, client):
    assert client.get("/fr/nulle-part/").status_code == 404


def test_help_leads_to_the_pages_of_help_in_the_readers_language(pages_in_every_language, client):
    assert client.get("/en/aide/")["Location"] == "/en/understand/"


def test_uncached_page_asks_the_database_little_and_changes_nothing(pages, client):
    addresses = ["/fr/", "/fr/demarches/", "/fr/comprendre/", page_of("duplicate", "fr").get_url()]
    client.get("/fr/")  # the addresses of the site are read once for all processes

    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)

        asked = [query["sql"] for query in queries if not is_of_the_door(query["sql"])]
        assert answer.status_code == 200
        assert len(asked) <= 12, "\n".join(asked)
        assert [sql for sql in asked if not sql.startswith(("SELECT", "WITH"))] == []


def is_of_the_door(sql):
    return sql.startswith(("SAVEPOINT", "RELEASE", "select set_config", "select current_setting"))
