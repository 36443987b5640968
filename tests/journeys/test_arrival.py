"""Files sent by a real browser over a network that fails: what is sent twice, what is seen."""

import io
import os
import re

import pytest
from PIL import Image

from tests.journeys.applicant import Applicant

PIECE = 256 * 1024
UPLOAD = re.compile(r"/envois/[0-9a-f-]{36}/$")
SIZES = {"360": {"width": 360, "height": 780}, "1280": {"width": 1280, "height": 900}}


@pytest.fixture
def amina(page, email, portal_day):
    """Somebody whose draft has just begun."""
    person = Applicant(page, None, email, portal_day)
    person.reads_the_guidance_page()
    person.makes_an_account()
    person.begins()
    return person


@pytest.fixture
def photograph(tmp_path):
    """A photograph of a little more than three pieces, as a file on the telephone."""
    noise = Image.frombytes("RGB", (560, 560), os.urandom(560 * 560 * 3))
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert 3 * PIECE < out.tell() < 4 * PIECE
    path = tmp_path / "passeport.png"
    path.write_bytes(out.getvalue())
    return path


class Wire:
    """Counts what the pieces carried, and cuts those that it is told to."""

    def __init__(self, page):
        self.sent, self.cut = [], set()
        page.route(UPLOAD, self._pass)

    def _pass(self, route):
        request = route.request
        if request.method != "PATCH":
            route.continue_()
            return
        offset = int(request.headers["upload-offset"])
        self.sent.append((offset, len(request.post_data_buffer)))
        if len(self.sent) in self.cut:
            route.abort("connectionreset")
        else:
            route.continue_()


def choose(page, path, *, box="passport"):
    page.locator(f"#piece-{box} form[data-arrival] input[type=file]").first.set_input_files(path)


def received(page, box="passport"):
    """The files of a box: received, and shown as soon as they were judged."""
    return page.locator(f"#piece-{box} .po-file:not(.po-file--missing)")


def open_boxes(amina):
    amina.page.goto(amina.address("depot/pieces/"))


def test_a_chosen_file_is_sent_at_once_and_a_cut_costs_one_piece(amina, photograph):
    page, wire = amina.page, Wire(amina.page)
    open_boxes(amina)
    wire.cut = {2}

    with page.expect_navigation(timeout=60_000):
        choose(page, photograph)

    assert received(page).count() == 1
    assert "passeport.png" in received(page).inner_text()
    size = photograph.stat().st_size
    assert [offset for offset, _length in wire.sent] == [0, PIECE, PIECE, 2 * PIECE, 3 * PIECE]
    assert sum(length for _offset, length in wire.sent) - size <= PIECE
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate("document.activeElement.textContent") == "Votre fichier est bien reçu."


def test_without_network_the_file_waits_and_goes_on_where_it_was(amina, photograph):
    page, wire = amina.page, Wire(amina.page)
    open_boxes(amina)
    wire.cut = {3}
    page.evaluate("Object.defineProperty(navigator, 'onLine', {value: false})")

    choose(page, photograph)
    again = page.get_by_role("button", name="Réessayer")
    again.wait_for(timeout=30_000)
    assert "La connexion est perdue" in page.inner_text("#piece-passport")
    with page.expect_navigation(timeout=60_000):
        again.click()

    assert received(page).count() == 1
    assert [offset for offset, _length in wire.sent] == [
        *(0, PIECE, 2 * PIECE, 2 * PIECE, 3 * PIECE)
    ]


def test_after_a_reload_the_same_file_goes_on_where_it_was(amina, photograph):
    page, wire = amina.page, Wire(amina.page)
    open_boxes(amina)
    wire.cut = {3}
    page.evaluate("Object.defineProperty(navigator, 'onLine', {value: false})")
    choose(page, photograph)
    page.get_by_role("button", name="Réessayer").wait_for(timeout=30_000)

    open_boxes(amina)
    assert "reçus. Pour continuer" in page.inner_text("#piece-passport")
    assert "passeport" not in page.evaluate("JSON.stringify(localStorage)")
    with page.expect_navigation(timeout=60_000):
        choose(page, photograph)

    assert received(page).count() == 1
    assert [offset for offset, _length in wire.sent].count(0) == 1


def test_what_is_refused_is_said_beside_the_file(amina, tmp_path):
    page = amina.page
    open_boxes(amina)
    papers = {"vide.pdf": b"", "jeu.exe": b"x", "notes.docx": b"x", "faux.pdf": b"MZ" * 900}
    for name, data in papers.items():
        (tmp_path / name).write_bytes(data)

    choose(page, [tmp_path / name for name in papers])

    refused = page.locator("#piece-passport .po-arrival__state--refused")
    refused.nth(3).wait_for(timeout=60_000)
    said = " ".join(refused.all_inner_texts())
    assert "vide" in said
    assert "Nous ne savons pas lire" in said
    assert "Exporter en PDF" in said
    assert "n’est pas accepté" in said


def test_a_person_gives_up_what_is_being_sent(amina, photograph):
    page, wire = amina.page, Wire(amina.page)
    open_boxes(amina)
    wire.cut = {2}
    page.evaluate("Object.defineProperty(navigator, 'onLine', {value: false})")
    choose(page, photograph)
    page.get_by_role("button", name="Réessayer").wait_for(timeout=30_000)

    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Annuler : passeport.png").click()

    open_boxes(amina)
    assert page.locator(".po-arrival").count() == 0
    assert page.evaluate("Object.keys(localStorage)") == []


def test_photographs_become_one_document_by_buttons_alone(amina, tmp_path):
    page = amina.page
    paths = []
    for name, colour in (("un", "red"), ("deux", "green")):
        paths.append(tmp_path / f"{name}.jpg")
        Image.new("RGB", (600, 800), colour).save(paths[-1])
    page.goto(amina.address("pieces/passport/photos/"))

    with page.expect_navigation(timeout=60_000):
        page.locator("form[data-arrival] input[type=file]").first.set_input_files(paths)
    pictures = page.locator(".po-album__picture img")
    pictures.nth(1).wait_for(timeout=30_000)
    for button in ("Placer après page 1", "Tourner page 2"):
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
    pictures.nth(1).wait_for(timeout=30_000)
    assert "po-turn-90" in pictures.nth(1).get_attribute("class")
    with page.expect_navigation():
        page.locator("button[name=finish]").click()

    for _ in range(120):
        open_boxes(amina)
        if received(page).count():
            break
        page.wait_for_timeout(250)
    assert "Passeport.pdf" in received(page).inner_text()


LOCALES = {"fr": "fr-FR", "en": "en-GB", "ar": "ar-MA"}


@pytest.mark.parametrize("language", LOCALES)
def test_the_pages_of_sending_fit_a_telephone_in_every_language(
    browser, album, email, portal_day, photograph, tmp_path, language
):
    page = album.open_page(browser, locale=LOCALES[language], has_touch=True, is_mobile=True)
    person = Applicant(page, None, email, portal_day, language)
    person.reads_the_guidance_page()
    person.makes_an_account()
    person.begins()
    wire = Wire(page)
    open_boxes(person)
    assert page.locator(".po-camera").first.is_visible()
    wire.cut = {2}
    page.evaluate("Object.defineProperty(navigator, 'onLine', {value: false})")
    bad = tmp_path / "notes.docx"
    bad.write_bytes(b"x")
    choose(page, [photograph, bad])
    page.locator("#piece-passport .po-arrival__state--refused").nth(1).wait_for()
    album.look(page, f"{language}-arrival-stopped", language=language)
    open_boxes(person)
    album.look(page, f"{language}-arrival-taken-up", language=language)

    sheets = []
    for place, colour in enumerate(("#e8e0d0", "#d0e0e8", "#e0d0e8")):
        sheets.append(tmp_path / f"page-{place}.jpg")
        Image.new("RGB", (600, 800), colour).save(sheets[-1])
    page.goto(person.address("pieces/passport/photos/"))
    album.look(page, f"{language}-album-empty", language=language)
    with page.expect_navigation(timeout=60_000):
        page.locator("form[data-arrival] input[type=file]").first.set_input_files(sheets)
    with page.expect_navigation():
        page.locator("button[name=turn]").nth(1).click()
    album.look(page, f"{language}-album", language=language)
    page.goto(person.address("pieces/proof-of-address/"))
    album.look(page, f"{language}-box", language=language)
    page.context.close()

    faults = album.faults
    album.faults = {}
    # the cut and the refusal are what the test asked for
    faults.pop("network", None)
    faults["console"] = [one for one in faults.pop("console", []) if "Failed to load" not in one]
    assert {kind: found for kind, found in faults.items() if found} == {}
