"""Moving a case: who may, which facts, what is recorded, and what a refusal leaves."""

import pytest

from tests.factories.workflows import Life
from workflows.enums import CaseState
from workflows.models import Step

pytestmark = pytest.mark.django_db


def test_filing_opens_the_case_and_routes_it():
    life = Life()

    with life.desk():
        steps = Step.objects.filter(case_id=life.id).order_by("number")
        made = list(steps.values_list("move", "target"))
    assert made == [("open", "filed"), ("route", "received")]
    assert (life.case.state, life.case.prefecture_code) == (CaseState.RECEIVED, "75")


def test_the_whole_life_of_a_renewal():
    life = Life().granted()

    assert life.case.state == CaseState.IN_PRODUCTION
    life.card_ready().handed_over()
    assert life.case.state == CaseState.HANDED_OVER
