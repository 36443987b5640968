"""Counters that stop counting where nobody reads further."""

import pytest

from portal.core.door import acting_for
from tests.factories.workflows import Life, agent
from workflows.enums import CaseState
from workflows.queries.counts import capped_counts

pytestmark = pytest.mark.django_db


def test_each_state_is_counted_up_to_the_cap():
    for _ in range(3):
        Life()
    Life().acknowledged()

    with acting_for(agent()):
        assert capped_counts("75", CaseState) == {"received": 3, "under_review": 1}
        assert capped_counts("75", CaseState, most=2) == {"received": 3, "under_review": 1}
        assert capped_counts("75", CaseState, most=1) == {"received": 2, "under_review": 1}
        assert capped_counts("75", [CaseState.UNDER_REVIEW]) == {"under_review": 1}


def test_an_office_counts_its_own_cases_only():
    Life()

    with acting_for(agent(office="34")):
        assert capped_counts("34", CaseState) == {}
        assert capped_counts("75", CaseState) == {}


def test_one_statement_counts_every_state(statements):
    Life()

    with acting_for(agent()), statements(1):
        capped_counts("75", CaseState)
