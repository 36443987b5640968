"""Procedures filed on the whole portal, from the guidance page to the counter, over HTTP.

The browser journey renews a student's permit; those that differ most are played here without a
browser. Every other one is filed in `tests/dossiers/test_every_procedure.py`, in seconds.

A first request needs prints, hence two visits: one to give them, one to collect the card.
"""

import pytest

from portal.demo.applicant import Applicant
from portal.demo.desk import CounterAgent, Reviewer, Signatory
from portal.demo.journey import House

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def house(stack):
    return House(stack.environment("owner"))


@pytest.fixture
def person(stack, house, tmp_path):
    def make(procedure):
        email = f"{procedure}@demo.invalid"
        return Applicant(stack.base_url, email, tmp_path, today=house.today(), procedure=procedure)

    return make


def file(applicant):
    applicant.reads_the_guidance_page()
    applicant.makes_an_account()
    applicant.fills_the_dossier()
    applicant.gives_the_documents()
    applicant.files()
    applicant.fetches("filing_receipt")


def grant(stack, applicant):
    reviewer, signatory = Reviewer(stack.base_url), Signatory(stack.base_url)
    reviewer.signs_in()
    reviewer.opens_the_case(applicant.number)
    reviewer.finds_it_complete()
    reviewer.proposes_a_grant()
    signatory.signs(applicant.number)


# A card lost; pages that an answer opens; a national authority, without a paper.
@pytest.mark.parametrize("procedure", ["duplicate", "employee-renewal", "visa-validation"])
def test_procedure_is_filed_from_its_guidance_page(person, procedure):
    applicant = person(procedure)

    file(applicant)

    assert applicant.number.startswith("340")


def test_first_request_takes_two_visits(stack, house, person):
    applicant = person("spouse-of-french-first")
    applicant.email = "premiere.demande@demo.invalid"
    counter = CounterAgent(stack.base_url)
    file(applicant)
    grant(stack, applicant)
    applicant.fetches("decision")

    house.issue()
    applicant.receives_an_appointment()
    first = applicant.appointment_at
    house.move_clock(to=first)
    counter.signs_in()
    counter.receives(applicant.code)
    counter.takes_prints()
    applicant.waits_for_the_card(letter=False)
    house.issue()
    applicant.receives_an_appointment()
    house.move_clock(to=applicant.appointment_at)
    counter.receives(applicant.code)
    counter.hands_over()

    assert applicant.appointment_at > first
    assert "Votre carte vous a été remise" in applicant.browser.open(applicant.timeline).text()
