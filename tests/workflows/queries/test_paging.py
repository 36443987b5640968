"""The pages of a long list: every case once, in order, and a day that is a range."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core.door import acting_for
from tests.factories.workflows import Life, agent
from workflows.enums import CaseState
from workflows.models import Case
from workflows.queries.paging import place_of, rows_beyond

pytestmark = pytest.mark.django_db


def walk(cases, size):
    """Every page, from the first to the last."""
    pages, after = [], ""
    while page := rows_beyond(cases, after, size):
        pages.append([case.pk for case in page])
        after = place_of(page[-1])
    return pages


@pytest.fixture
def reviewer():
    """Five cases that are due and two that are not any more."""
    for _ in range(5):
        Life()
    for _ in range(2):
        Life().granted()
    person = agent()
    with acting_for(person):
        yield person


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 50])
def test_pages_of_any_size_hold_every_case_once_in_order(reviewer, size):
    cases = Case.objects.visible_to(reviewer).most_urgent_first()

    pages = walk(cases, size)

    assert [pk for page in pages for pk in page] == [case.pk for case in cases]
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)


@pytest.mark.parametrize("after", ["", "x", "2027-13-01.x", "-.", "2027-01-01."])
def test_a_place_that_cannot_be_read_is_the_beginning(reviewer, after):
    cases = Case.objects.visible_to(reviewer).most_urgent_first()

    assert rows_beyond(cases, after, 3) == list(cases[:3])


def test_a_page_in_the_middle_is_one_statement_and_reads_no_case_already_passed(reviewer):
    cases = Case.objects.visible_to(reviewer).filter(state=CaseState.RECEIVED).most_urgent_first()
    after = place_of(cases[1])

    with CaptureQueriesContext(connection) as sent:
        assert len(rows_beyond(cases, after, 2)) == 2

    assert len(sent) == 1
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        cursor.execute("explain " + sent[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "due_on >=" in condition, plan
