"""A page of questions kept while it is written, by a real browser: a bad network, two tabs."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.applicant import Applicant

KEEP = "**/garder/"
NAME, GIVEN = "#id_birth_name", "#id_given_names"


@pytest.fixture
def amina(page, email, portal_day):
    """Somebody whose draft has just begun, on its first page of questions."""
    person = Applicant(page, None, email, portal_day)
    person.reads_the_guidance_page()
    person.makes_an_account()
    person.begins()
    page.goto(person.address("depot/identity/"))
    return person


def kept(page, words="Enregistré à"):
    page.locator("[data-kept]", has_text=words).wait_for()


def test_what_is_written_is_kept_over_a_bad_network(amina):
    page = amina.page
    page.fill(NAME, "PREMIÈRE")
    kept(page)

    page.route(KEEP, lambda route: route.abort("connectionreset"))
    page.fill(GIVEN, "Sans Réseau")
    kept(page, "Pas encore enregistré, nous réessayons")
    page.locator("main button[name=later]:not([aria-hidden])").click()
    kept(page, "La connexion est perdue")
    assert page.input_value(GIVEN) == "Sans Réseau"
    page.unroute(KEEP)
    with page.expect_navigation(timeout=20_000):
        page.evaluate("dispatchEvent(new Event('online'))")

    page.get_by_role("link", name="Reprendre où je me suis arrêté").click()
    page.wait_for_url("**/depot/identity/")
    assert (page.input_value(NAME), page.input_value(GIVEN)) == ("PREMIÈRE", "Sans Réseau")

    page.fill(GIVEN, "Au Dernier Moment")
    page.goto(amina.address("depot/"))
    page.goto(amina.address("depot/identity/"))
    assert page.input_value(GIVEN) == "Au Dernier Moment"


def test_two_tabs_show_each_other_and_the_person_chooses(amina):
    one, two = amina.page, amina.page.context.new_page()
    two.set_viewport_size({"width": 360, "height": 780})
    two.goto(one.url)
    one.bring_to_front()
    one.fill(NAME, "DU PREMIER")
    one.fill(GIVEN, "Premier")
    kept(one)

    two.bring_to_front()
    two.evaluate("dispatchEvent(new Event('focus'))")
    notes = two.locator(".po-other")
    notes.nth(1).wait_for()
    assert "DU PREMIER" in notes.nth(0).inner_text()
    assert Axe().run(two).response["violations"] == []
    assert two.evaluate("document.documentElement.scrollWidth") <= 360
    two.fill(GIVEN, "Second")
    notes.nth(0).get_by_role("button", name="Prendre cette réponse").click()
    assert two.input_value(NAME) == "DU PREMIER"
    notes.nth(0).get_by_role("button", name="Garder la mienne").click()
    kept(two)

    two.wait_for_function("!document.querySelector('.po-other')")
    two.reload()
    assert (two.input_value(NAME), two.input_value(GIVEN)) == ("DU PREMIER", "Second")
