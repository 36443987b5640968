"""The queue: what is due first, page after page, without a case twice or lost."""

import pytest
from django.db import connection

from portal.accounts.enums import Role
from portal.core.door import acting_for
from tests.factories.workflows import Life, agent, filed_dossier
from workflows.enums import CaseState
from workflows.models import Case
from workflows.queries import queue
from workflows.queries.counts import NOT_ARCHIVED, capped_counts

pytestmark = pytest.mark.django_db


def walk(person, **wanted):
    """Every page of the queue, from the first to the last."""
    found, after = [], ""
    with acting_for(person):
        while True:
            page = queue.queue(person, after=after, **wanted)
            found += [case.pk for case in page.cases]
            if not page.after:
                return found
            after = page.after


def test_pages_hold_every_case_once_in_the_order_of_the_deadline(monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 2)
    reviewer = agent()
    for _ in range(5):
        filed_dossier()

    with acting_for(reviewer):
        expected = list(Case.objects.order_by("due_on", "id").values_list("pk", flat=True))
    assert walk(reviewer) == expected
    assert len(expected) == 5


def test_cases_without_a_deadline_have_pages_too(monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 1)
    lives = [Life().granted() for _ in range(3)]

    found = walk(lives[0].reviewer, state=CaseState.IN_PRODUCTION)

    assert sorted(found) == sorted(life.id for life in lives)


@pytest.mark.parametrize("after", ["x", "2026-01-01", "2026-13-01.y", "-.", "\x00"])
def test_a_place_that_cannot_be_read_is_the_beginning(after):
    life = Life()

    with acting_for(life.reviewer):
        assert [case.pk for case in queue.queue(life.reviewer, after=after).cases] == [life.id]


def test_each_role_has_its_own_work():
    life = Life().acknowledged().proposed("refuse")

    with life.desk():
        assert not queue.queue(life.reviewer).cases
        assert [case.pk for case in queue.queue(life.signatory).cases] == [life.id]
        assert queue.to_sign(life.signatory) == [life.case]
        assert capped_counts("75", NOT_ARCHIVED) == {"decision_proposed": 1}


def test_a_proposer_does_not_find_their_own_proposal_to_sign():
    life = Life()
    life.reviewer = agent(Role.REVIEWER.value, Role.SIGNATORY.value)
    life.acknowledged().proposed("refuse")

    with life.desk():
        assert queue.to_sign(life.reviewer) == []


def test_cases_that_nobody_has_are_counted_as_far_as_anybody_reads(monkeypatch):
    supervisor = agent("supervisor")
    for _ in range(3):
        filed_dossier()

    with acting_for(supervisor):
        assert queue.count_unassigned(supervisor) == 3
        monkeypatch.setattr(queue, "MOST", 1)
        assert queue.count_unassigned(supervisor) == 2


def test_row_security_asks_nothing_that_makes_a_long_list_look_short(as_role):
    """Of "= any (my offices)" the planner expects one row in ten; of a place found, every row.

    It gathered and sorted four thousand cases to show fifty, because it expected four hundred.
    """
    with connection.cursor() as cursor, as_role("web"), acting_for(agent("supervisor")):
        cursor.execute("explain select from workflows_case where prefecture_code = '75'")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "array_position" in plan
    # a helper's list, of which one of an office has none, only adds to what is expected
    assert "prefecture_code)::text = ANY" not in plan
    assert "prefecture_code = ANY" not in plan
