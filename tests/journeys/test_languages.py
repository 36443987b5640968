"""The public pages, signing up and a page of questions in English and in Arabic."""

import pytest

from tests.journeys.applicant import Applicant


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_in_another_language(browser, album, email, portal_day, language):
    """The browser speaks French: the language that was read first is kept at every door."""
    page = album.open_page(browser)
    amina = Applicant(page, album, email, portal_day, language)

    amina.reads_the_guidance_page()
    amina.makes_an_account()
    amina.begins()
    for path in ("depot/identity/", "depot/pieces/"):
        page.goto(amina.address(path))
        amina.look(path.split("/")[1])
    page.goto("/mon-espace/")
    amina.look("space")
    page.context.close()

    assert album.faults == {}
