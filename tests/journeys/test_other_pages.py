"""The pages beside the journey: guidance, account, errors, the desk's lists; examined alike."""

import pytest

from portal.demo.people import APPLICANT, PASSWORD
from tests.journeys.agents import Agent
from tests.journeys.forms import press


@pytest.fixture
def page(browser, album):
    page = album.open_page(browser)
    yield page
    page.context.close()


@pytest.fixture(autouse=True)
def no_fault(album):
    yield
    found, album.faults = album.faults, {}
    assert found == {}


def test_public_pages(page, album):
    page.goto("/fr/")
    links = page.locator("main a[href^='/fr/'], footer a[href^='/fr/']")
    addresses = dict.fromkeys(links.evaluate_all("all => all.map((link) => link.pathname)"))
    others = ("/compte/mot-de-passe/oublie/", "/demo/courrier/", "/dev/components/?errors=1")
    for address in (*addresses, *others):
        answer = page.goto(address)
        if answer.status == 200:
            album.look(page, f"public-{address.strip('/').replace('/', '-').partition('?')[0]}")

    assert len(addresses) >= 4


def test_a_page_that_does_not_exist(page, album):
    page.goto("/fr/nulle-part/")
    album.look(page, "error-404")

    assert [f for f in album.faults.pop("network") if not f.endswith("/fr/nulle-part/")] == []
    album.faults.pop("console", None)  # the browser reports the answer's status


def test_the_account(page, album):
    page.goto("/compte/connexion/")
    page.locator("main [type=email]").fill(APPLICANT)
    page.locator("main [type=password]").fill(PASSWORD)
    press(page, page.locator("main form button[type=submit]").first)
    album.look(page, "space-first")
    for address in page.locator("a[href^='/compte/']").evaluate_all(
        "all => [...new Set(all.map((link) => link.pathname))]"
    ):
        page.goto(address)
        album.look(page, f"account-{address.strip('/').replace('/', '-')}")


class Supervisor(Agent):
    email = "encadrement.herault@demo.invalid"


class Administrator(Agent):
    email, door = "exploitation@demo.invalid", "/agent/exploitation/"


class Auditor(Agent):
    email, door = "audit@demo.invalid", "/agent/journal/"


@pytest.mark.parametrize("kind", [Supervisor, Administrator, Auditor])
def test_lists_of_the_desk(page, album, kind):
    agent = kind(page, album)
    agent.signs_in(look=False)
    menu = page.locator("header nav a").evaluate_all("all => all.map((link) => link.pathname)")
    for address in dict.fromkeys(menu):
        page.goto(address)
        album.look(page, f"{kind.__name__.lower()}-{address.strip('/').replace('/', '-')}")

    assert menu
