"""The counter's devices: a camera that reads a code, and an hour without the server."""

import io
import json
import shutil

import pytest
import segno
from PIL import Image

from appointments.services import offline
from portal.demo.people import PASSWORD
from tests.journeys.agents import CounterAgent

PAPER = "RDV1:" + "A" * 148
KEY = b"k" * 32
CODE = "2345678H"


@pytest.fixture
def film(tmp_path):
    """A short film of a convocation held before a camera."""
    drawn = io.BytesIO()
    segno.make(PAPER, error="m", boost_error=False).save(drawn, kind="png", scale=7, border=4)
    frame = Image.new("RGB", (640, 480), "dimgray")
    picture = Image.open(drawn).convert("RGB")
    frame.paste(picture, ((640 - picture.width) // 2, (480 - picture.height) // 2))
    kept = io.BytesIO()
    frame.save(kept, "JPEG", quality=90)
    path = tmp_path / "film.mjpeg"
    path.write_bytes(kept.getvalue() * 5)
    return path


@pytest.fixture
def telephone(browser, stack, film):
    """A browser whose camera shows the film; nobody is asked whether it may."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    started = browser.browser_type.launch(
        executable_path=program,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    page = started.new_context(base_url=stack.base_url, locale="fr-FR").new_page()
    yield page
    started.close()


def sign_in(page):
    page.goto("/counter/connexion/")
    form = page.locator("main form:has([name=password])")
    form.locator("[type=email]").fill(CounterAgent.email)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    page.wait_for_url("**/counter/")


def test_the_camera_reads_a_code_and_sends_its_text_alone(telephone):
    sent = []
    telephone.on("request", lambda request: sent.append(request))
    sign_in(telephone)
    telephone.goto("/counter/camera/")

    with telephone.expect_navigation(url="**/counter/code/", timeout=30_000):
        telephone.get_by_role("button", name="Ouvrir la caméra").click()

    posted = [one for one in sent if one.method == "POST" and one.url.endswith("/counter/code/")]
    assert len(posted) == 1
    assert PAPER.replace(":", "%3A") in posted[0].post_data
    assert len(posted[0].post_data) < 500
    assert "Ne recevez pas cette personne" in telephone.inner_text("main")


def test_another_page_of_the_counter_may_not_use_the_camera(telephone):
    sign_in(telephone)

    refused = telephone.evaluate(
        "navigator.mediaDevices.getUserMedia({video: true}).then(() => '', (e) => e.name)"
    )

    assert refused == "NotAllowedError"


def sheet(page):
    """What the server would answer in the morning, for one person expected now."""
    now = page.evaluate("Math.floor(Date.now() / 1000)")
    day = page.evaluate("new Intl.DateTimeFormat('en-CA', {timeZone: 'Europe/Paris'}).format()")
    return {
        "site": 1,
        "name": "Site",
        "day": day,
        "key": KEY.hex(),
        "by": "b" * 32,
        "now": now,
        "csrf": "x",
        "counters": [[1, "Guichet A"], [2, "Guichet B"]],
        "people": [
            {
                "code": offline.mark(KEY, CODE),
                "scan": offline.mark(KEY, "00" * 16),
                "initials": "A. B.",
                "starts": now + 600,
                "ends": now + 1800,
                "counter": "Guichet B",
                "entered": "",
            }
        ],
    }


def check(page, code):
    page.locator("[data-find] [name=code]").fill(code)
    page.locator("[data-find] button").click()
    return page.locator("[data-result]")


def test_an_hour_without_the_server_keeps_an_arrival_and_sends_it_once(new_page):
    page = new_page(service_workers="allow")
    sign_in(page)
    page.goto("/counter/hors-ligne/")
    answer, received = json.dumps(sheet(page)), []
    page.route(
        "**/hors-ligne/feuille/*",
        lambda route: route.fulfill(content_type="application/json", body=answer),
    )
    page.route("**/hors-ligne/entrees/", lambda route: _enter(route, received))
    page.get_by_role("button", name="Charger la liste du jour").click()
    page.get_by_text("Personnes attendues : 1").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    page.unroute("**/hors-ligne/feuille/*")
    page.route("**/hors-ligne/feuille/*", lambda route: route.abort())
    check(page, "9999 9999")
    page.locator("[data-result][data-word=absent]").wait_for()
    check(page, CODE.lower())
    page.locator("[data-result][data-word=expected]").wait_for()
    assert page.locator("[data-result]").inner_text().endswith("Guichet B")
    page.locator("[data-note] [name=compared]").check()
    page.get_by_role("button", name="Noter l’arrivée").click()
    page.get_by_text("Arrivées à envoyer : 1.").wait_for()
    assert "ne répond pas" in page.locator("[data-state]").inner_text()
    page.context.set_offline(True)
    page.reload()
    page.get_by_text("Arrivées à envoyer : 1.").wait_for()
    check(page, CODE)
    page.locator("[data-result][data-word=entered]").wait_for()

    page.context.set_offline(False)
    page.unroute("**/hors-ligne/feuille/*")
    page.route(
        "**/hors-ligne/feuille/*",
        lambda route: route.fulfill(content_type="application/json", body=answer),
    )
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Arrivée enregistrée. Numéro 4.").wait_for()
    page.evaluate("dispatchEvent(new Event('online'))")
    assert len(received) == 1

    page.get_by_role("button", name="Fin de service : tout effacer").click()
    page.get_by_text("Tout est effacé de cet appareil.").wait_for()
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("Object.keys(localStorage).length") == 0


def _enter(route, received):
    received.append(route.request.post_data)
    said = {"kind": "entered", "sentence": "Arrivée enregistrée. Numéro 4."}
    route.fulfill(content_type="application/json", body=json.dumps(said))
