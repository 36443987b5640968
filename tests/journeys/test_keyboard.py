"""The keyboard alone: skip link, sign-in, one page of questions, the summary of errors."""

import pytest

from portal.demo.people import APPLICANT, PASSWORD
from portal.demo.story import answers, posted
from tests.journeys.applicant import PROCEDURE

# A ring is drawn on the control itself or on the box that holds it.
FOCUSED = """() => {
  const it = document.activeElement;
  const ring = [it, it.parentElement, it.parentElement?.parentElement].some((element) => {
    const style = element && getComputedStyle(element);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = it.getBoundingClientRect();
  return {
    name: it.getAttribute("name") || "", kind: it.type || "", value: it.value || "",
    classes: it.className, id: it.id, tag: it.tagName, ring,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    form: it.form ? it.form.method : "",
  };
}"""
ENOUGH = 60


@pytest.fixture
def page(browser, album):
    page = album.open_page(browser)
    yield page
    page.context.close()


def tab(page):
    """Go to the next stop; focus is always seen."""
    page.keyboard.press("Tab")
    stop = page.evaluate(FOCUSED)
    assert stop["ring"], f"no visible focus on {stop} at {page.url}"
    assert stop["inView"], f"the focus is out of sight on {stop} at {page.url}"
    return stop


def tab_to(page, wanted):
    """Go on until a stop is the wanted one."""
    for _ in range(ENOUGH):
        stop = tab(page)
        if wanted(stop):
            return stop
    raise AssertionError(f"{page.url} is left before the wanted control")


def press(page, key="Enter"):
    with page.expect_navigation():
        page.keyboard.press(key)


def sign_in(page):
    page.goto("/compte/connexion/")
    tab_to(page, lambda stop: stop["kind"] == "email")
    page.keyboard.type(APPLICANT)
    tab_to(page, lambda stop: stop["kind"] == "password")
    page.keyboard.type(PASSWORD)
    press(page)


def test_the_first_stop_leads_to_the_content(page):
    page.goto("/")

    assert tab(page)["classes"] == "po-skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "contenu"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_refused_form_gives_the_focus_to_the_summary(page):
    page.goto("/compte/connexion/")
    tab_to(page, lambda stop: stop["kind"] == "email")
    press(page)

    assert page.title().startswith("Erreur")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    tab(page)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.type") == "email"


def test_sign_in_and_a_page_of_questions(page, portal_day):
    sign_in(page)
    page.goto(f"/mon-espace/demarches/{PROCEDURE}/commencer/")
    tab_to(page, lambda stop: stop["form"] == "post" and "po-button" in stop["classes"])
    press(page)
    page.goto(f"{page.url.partition('/depot/')[0]}/depot/identity/")

    _answer(page, answers(APPLICANT, portal_day))

    assert not page.url.endswith("/identity/"), page.inner_text("main")


def _answer(page, known):
    """Type, choose and send without ever touching the mouse."""
    for _ in range(ENOUGH):
        stop = tab(page)
        if stop["name"] == "continue":
            press(page)
            return
        value = posted(stop["name"], known)
        if value is None:
            continue
        if stop["kind"] == "radio":
            _choose(page, value)
        elif stop["kind"] == "select-one":
            page.keyboard.type(known_label(page, value))
        else:
            page.keyboard.press("Control+a")
            page.keyboard.type(value)
    raise AssertionError("the button was not reached")


def _choose(page, value):
    """Space takes the radio in view; arrows go to the next."""
    page.keyboard.press("Space")
    for _ in range(10):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no choice {value}")


def known_label(page, value):
    """The words of an option, typed as a person does in a list."""
    script = "(v) => [...document.activeElement.options].find((o) => o.value === v).text"
    return page.evaluate(script, value)
