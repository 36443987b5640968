"""The public pages and a page of questions in English and in Arabic, examined like the others."""

import pytest

from portal.demo.people import APPLICANT, PASSWORD
from tests.journeys.applicant import PROCEDURE
from tests.journeys.forms import press

KINDS = ("axe", "overflow", "structure", "console", "network")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_in_another_language(browser, album, language):
    page = album.open_page(browser)
    page.goto(f"/{language}/")
    album.look(page, f"{language}-home", language=language)
    _reads_the_procedure(page, album, language)

    press(page, page.locator(f"a[href*='/{PROCEDURE}/commencer/']").first)
    album.look(page, f"{language}-sign-in", language=language)
    page.locator("main [type=email]").fill(APPLICANT)
    page.locator("main [type=password]").fill(PASSWORD)
    press(page, page.locator("main form button[type=submit]").first)
    press(page, page.locator(f"button[name=language][value={language}]"))
    album.look(page, f"{language}-start", language=language)
    press(page, page.locator("main form button[type=submit]").first)
    page.goto(f"{page.url.partition('/depot/')[0]}/depot/identity/")
    album.look(page, f"{language}-step", language=language)
    page.goto("/mon-espace/")
    album.look(page, f"{language}-space", language=language)
    page.context.close()

    assert {kind: album.faults.get(kind, []) for kind in KINDS} == {kind: [] for kind in KINDS}


def _reads_the_procedure(page, album, language):
    links = page.locator(f"main a[href*='/{language}/']")
    for address in dict.fromkeys(links.evaluate_all("all => all.map((link) => link.pathname)")):
        page.goto(address)
        if page.locator(f"a[href*='/{PROCEDURE}/commencer/']").count():
            album.look(page, f"{language}-procedure", language=language)
            return
    raise AssertionError("no page leads to the procedure")
