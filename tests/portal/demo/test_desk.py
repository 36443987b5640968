"""The demonstration's agents fill the pages of the desk as they are today."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.demo.browser import Browser
from portal.demo.desk import Reviewer
from tests.factories import dossiers as files
from tests.factories.workflows import Life, applicant
from workflows.enums import CaseState
from workflows.models import CheckResult, Proposal

pytestmark = pytest.mark.django_db


def test_the_reviewer_of_the_story_verifies_and_proposes_by_the_rule(at_desk):
    numbers = {"passport_number": "ZZ000779", "foreigner_number": "9900000779"}
    place = {"commune": "75115", "postcode": "75015", "cycle_ends_on": "2029-06-30"}
    life = Life(dossier=files.filed(applicant(), **place, **numbers)).acknowledged()
    address, client = reverse("desk:propose", args=[life.id]), at_desk(life.reviewer)
    page = BeautifulSoup(client.get(address).text, "html.parser")
    form = page.find("input", attrs={"name": "last_step"}).find_parent("form")
    story = Reviewer("http://localhost")
    answers = {"outcome": "grant", "grounds_law": "Article.", "grounds_fact": "Études suivies."}

    values = Browser("http://localhost").fields(form) | answers
    response = client.post(address, values | story._verified(form) | story._months(form))

    assert response.status_code == 302
    assert life.case.state == CaseState.DECISION_PROPOSED
    with life.desk():
        proposal = Proposal.objects.get()
        proven = CheckResult.objects.filter(paper__isnull=False).count()
    assert proposal.title_ends_on == proposal.title_computed_on
    assert proven >= 3
