"""The whole journey in real browsers: an applicant, three agents, the clock, the night's run."""

import secrets
from types import SimpleNamespace

from portal.core import clock
from tests.database import cluster
from tests.journeys.agents import CounterAgent, Reviewer, Signatory
from tests.journeys.applicant import Applicant


def today(stack):
    """The day on the portal's own clock."""
    with cluster().connect("owner", stack.database) as login:
        (now,) = login.execute("select portal_now()").fetchone()
    return now.astimezone(clock.PARIS).date()


def play(stack, browser, album):
    """Play it all; returns what the tests want to know of its end."""
    email = f"amina.{secrets.token_hex(3)}@demo.invalid"
    amina = Applicant(album.open_page(browser), album, email, today(stack))
    reviewer = Reviewer(album.open_page(browser), album)
    signatory = Signatory(album.open_page(browser), album)
    counter = CounterAgent(album.open_page(browser), album)
    people = (amina, reviewer, signatory, counter)
    try:
        _files(amina)
        _decides(amina, reviewer, signatory)
        code = _is_convoked(stack, amina)
        _is_received(stack, amina, counter, code)
        return _end(amina, reviewer, counter)
    finally:
        for person in people:
            person.page.context.close()


def _files(amina):
    amina.reads_the_guidance_page()
    amina.makes_an_account()
    amina.begins()
    amina.fills_the_dossier()
    amina.gives_the_documents()
    amina.files()
    amina.fetches_a_letter()
    amina.look("timeline-filed")


def _decides(amina, reviewer, signatory):
    reviewer.signs_in()
    reviewer.reads_the_case(amina.number)
    reviewer.asks_for_completion()
    amina.answers_the_request()
    reviewer.finds_it_complete()
    reviewer.proposes_a_grant()
    signatory.signs_in(look=False)
    signatory.signs(amina.number)
    amina.fetches_a_letter()
    amina.waits_for("text=carte est prête")


def _is_convoked(stack, amina):
    stack.manage("move_clock", "--days=21")
    stack.manage("issue_appointments", role="issuer")
    return amina.reads_the_appointment(amina.fetches_a_letter())


def _is_received(stack, amina, counter, code):
    moment = amina.page.locator("main time").first.get_attribute("datetime")
    stack.manage("move_clock", f"--to={moment}")
    counter.signs_in()
    counter.reads_the_day()
    counter.receives(code)
    counter.hands_over()
    counter.scans(code)
    counter.look("counter-refused")


def _end(amina, reviewer, counter):
    refusal = counter.page.inner_text("main")
    page = amina.page
    for path, name in (("", "timeline"), ("reponses/", "answers"), ("documents/", "documents")):
        page.goto(amina.timeline + path)
        amina.look(name)
    page.goto(amina.timeline)
    lines = page.locator(".po-timeline > li").count()
    page.goto("/mon-espace/")
    amina.look("space")
    reviewer.opens()
    reviewer.look("desk-case-end")
    return SimpleNamespace(
        number=amina.number, letters=len(amina.letters), lines=lines, refusal=refusal
    )
