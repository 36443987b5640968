"""The page of the law that the portal applies: whole, and honest about what is to be confirmed."""

import re

import pytest
from django.urls import reverse

from dossiers import api as dossiers
from dossiers.catalogue.loader import catalogue
from portal.accounts.enums import Role
from tests.factories.workflows import agent

pytestmark = pytest.mark.django_db
PAGE = "desk:law"


def part_of(response, code):
    """What the page says of one procedure."""
    return re.search(rf'<h2 id="{code}">.*?</table>', response.text, re.DOTALL)[0]


def test_every_agent_reads_every_procedure_for_one_statement(at_desk, statements):
    browser = at_desk(agent())
    browser.get(reverse(PAGE))

    with statements(6):
        response = browser.get(reverse(PAGE))

    for code, procedure in catalogue().items():
        shown = part_of(response, code).replace("\u00a0", " ").replace("\u202f", " ")
        assert procedure.window.label.fr.replace("'", "&#x27;") in shown


def test_each_row_that_is_to_be_confirmed_bears_the_mark(at_desk):
    response = at_desk(agent(Role.SUPERVISOR.value)).get(reverse(PAGE))

    for law in dossiers.law_of_procedures("fr"):
        shown = part_of(response, law.code)
        assert shown.count("po-badge--warning") == law.unconfirmed
        assert shown.count("po-badge--success") == len(law.rows) - law.unconfirmed


def test_a_channel_without_a_source_or_a_day_is_to_be_confirmed():
    law = {one.code: one for one in dossiers.law_of_procedures("fr")}

    def channels(code):
        return [row for row in law[code].rows if row.kind == "Où déposer"]

    (unknown, _islands) = channels("employee-first")
    assert (unknown.since, unknown.is_confirmed) == (None, False)
    assert "rien n’en est déduit" in unknown.note
    (known, islands) = channels("student-renewal")
    assert (known.is_confirmed, known.since.isoformat()) == (True, "2021-05-01")
    assert islands.places == ("Saint-Barthélemy", "Saint-Martin")


def test_an_amount_that_has_no_day_is_to_be_confirmed():
    law = {one.code: one for one in dossiers.law_of_procedures("fr")}
    prices = [row for row in law["student-first"].rows if row.kind == "Prix"]

    assert [(row.words, row.is_confirmed) for row in prices] == [
        ("Taxe de première délivrance, tarif réduit : 50 €", True),
        ("Taxe de première délivrance, tarif réduit : 100 €", False),
        ("Droit de timbre : 25 €", True),
        ("Droit de timbre : 50 €", False),
    ]


def test_a_person_who_is_no_agent_does_not_come_in(client):
    assert client.get(reverse(PAGE)).status_code in (302, 404)
