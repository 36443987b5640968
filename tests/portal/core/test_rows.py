"""Rows written with a statement composed once: the same rows as through the ORM."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from portal.core import rows
from portal.core.door import acting
from portal.core.models import JournalLine
from tests.factories.workflows import Life
from workflows.enums import CaseState
from workflows.models import Case, Step
from workflows.models.base import about

pytestmark = pytest.mark.django_db


def step_of(case, **facts):
    said = {"number": case.last_step + 1, "move": "acknowledge", "source": "received"}
    said |= {"target": "under_review", "role": "system", "submission_number": 1}
    return Step(**about(case), case=case, **(said | facts))


def test_an_inserted_row_knows_what_the_database_filled_in():
    life = Life()

    with life.desk() as act:
        step = step_of(life.case)
        rows.insert(step)

        assert (step.at, step.previous, step._state.adding) == (act.now, 2, False)
        stored = Step.objects.get(pk=step.pk)
        assert rows.snapshot(stored) == rows.snapshot(step)


def test_a_value_given_for_a_column_with_a_default_is_sent():
    life = Life()

    with life.desk(), CaptureQueriesContext(connection) as sent:
        rows.insert(step_of(life.case, at=life.case.filed_at))

    assert '"at"' in sent[-1]["sql"].partition("values")[0]


def test_a_row_that_a_constraint_refuses_is_refused():
    life = Life()

    with pytest.raises(IntegrityError, match="a_step_is_a_move_of_the_machine"), life.desk():
        rows.insert(step_of(life.case, target="granted"))


def test_a_row_inserted_unread_asks_nothing_back():
    with acting(None), CaptureQueriesContext(connection) as sent:
        rows.insert_unread(
            JournalLine(act="test.line", subject_type="test", subject_id=uuid.uuid4())
        )

    assert "returning" not in sent[-1]["sql"].lower()
    assert JournalLine.objects.filter(act="test.line").count() == 1


def test_a_row_read_by_a_statement_is_the_row_of_the_orm():
    life = Life()
    statement = f"select {rows.selected(Case, 'c')} from workflows_case c where c.id = %s"

    with life.desk():
        found = rows.read(Case, statement, [life.id])

        assert rows.snapshot(found) == rows.snapshot(life.case)
        assert rows.read(Case, statement, [uuid.uuid4()]) is None


def test_only_the_columns_that_changed_are_written():
    life = Life()

    with life.desk(), CaptureQueriesContext(connection) as sent:
        case = Case.objects.get(pk=life.id)
        before = rows.snapshot(case)
        case.due_on = date(2027, 1, 2)
        assert case.save_changes(before)

    assert sent[-1]["sql"].count('"due_on" =') == 1
    assert '"holder_name"' not in sent[-1]["sql"]
    assert life.case.due_on == date(2027, 1, 2)


def test_a_row_whose_state_changed_meanwhile_is_left_alone():
    life = Life()
    with life.desk():
        stale = Case.objects.get(pk=life.id)
        before = rows.snapshot(stale) | {"state": CaseState.FILED}
        stale.holder_name = "Autre"

        assert stale.save_changes(before) is False

    assert life.case.holder_name != "Autre"


def test_nothing_is_sent_when_nothing_changed():
    life = Life()
    with life.desk():
        case = Case.objects.get(pk=life.id)
        with CaptureQueriesContext(connection) as sent:
            assert case.save_changes(rows.snapshot(case))

    assert len(sent) == 0
