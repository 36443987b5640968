"""What a visitor's network carries: first and second visits of the public pages."""

import pytest

from tests.journeys.applicant import PROCEDURE

FIRST, AGAIN = 150_000, 20_000


class Scale:
    """Weighs what came over the wire, headers included, as the browser counts it."""

    def __init__(self, page):
        self.page, self.bytes = page, 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, event):
        self.bytes += event["encodedDataLength"]

    def visit(self, address):
        self.bytes = 0
        self.page.goto(address, wait_until="networkidle")
        return self.bytes


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_pages_are_light(browser, album, language):
    page = album.open_page(browser)
    addresses = (f"/{language}/", procedure_page(page, language))
    page.context.close()

    for address in addresses:
        page = album.open_page(browser)
        scale = Scale(page)
        first, again = scale.visit(address), scale.visit(address)
        page.context.close()

        assert 1_000 < first <= FIRST, f"{address}: {first} bytes"
        assert 1_000 < again <= AGAIN, f"{address}, again: {again} bytes"


def procedure_page(page, language):
    """The address of the guidance page of the journey's procedure."""
    page.goto(f"/{language}/")
    links = page.locator(f"main a[href*='/{language}/']")
    for address in dict.fromkeys(links.evaluate_all("all => all.map((link) => link.pathname)")):
        page.goto(address)
        if page.locator(f"a[href*='/{PROCEDURE}/commencer/']").count():
            return address
    raise AssertionError("no page leads to the procedure")
