"""Every page that links lead a person, an agent and a supervisor to, in the person's language."""

import pytest
from django.urls import Resolver404, resolve

from tests.journeys.agents import Agent, Reviewer
from tests.journeys.applicant import Applicant

LINKS = "all => [...new Set(all.map((link) => link.pathname))]"

pytestmark = pytest.mark.long


class Supervisor(Agent):
    email = "encadrement.herault@demo.invalid"


def walk(album, page, start, when, language="fr"):
    """Follow every link to a page not seen yet, of each kind once, and look at it."""
    waiting, seen = [start], set()
    while waiting:
        path = waiting.pop(0)
        try:
            name = resolve(path).view_name
        except Resolver404:
            continue
        if name in seen or "wagtail" in name:
            continue
        seen.add(name)
        answer = page.request.get(path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(path)
        album.look(page, f"{language}-{when}-{name.replace(':', '-')}", language=language)
        waiting += page.locator("main a, aside a, nav a").evaluate_all(LINKS)
    return seen


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_every_page(browser, album, email, portal_day, language):
    page = album.open_page(browser)
    amina = Applicant(page, album, email, portal_day, language)
    amina.reads_the_guidance_page()
    amina.makes_an_account()
    amina.begins()
    begun = walk(album, page, "/mon-espace/", "draft", language)
    amina.fills_the_dossier()
    amina.gives_the_documents()
    amina.files()
    filed = walk(album, page, "/mon-espace/", "filed", language)
    page.context.close()

    for one in (Reviewer, Supervisor) if language == "fr" else ():
        agent = one(album.open_page(browser), album)
        agent.signs_in(look=False)
        filed |= walk(album, agent.page, "/agent/", one.__name__.lower())
        agent.page.context.close()

    assert {"dossiers:tasks", "dossiers:evidence_box", "dossiers:check"} <= begun
    assert {"space:dossier", "dossiers:amend", "dossiers:withdraw", "dossiers:mandates"} <= filed
    assert album.faults == {}
