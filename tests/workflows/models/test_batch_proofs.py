"""What the database itself refuses of a batch and of its rows."""

import pytest
from django.db import DatabaseError, IntegrityError, connection

from portal.core.door import acting
from tests.factories.batches import closing, run_all
from tests.factories.workflows import Life, agent
from workflows.models import BatchRow

pytestmark = pytest.mark.django_db


def sql(life, statement, *values):
    """Run one statement with the office's rights."""
    with life.desk(), connection.cursor() as cursor:
        cursor.execute(statement, values)


COPY = """
insert into workflows_batchrow select (jsonb_populate_record(null::workflows_batchrow, to_jsonb(r)
    || jsonb_build_object('id', gen_random_uuid(), 'number', 2, 'case_id', c.id,
        'dossier_id', c.dossier_id, 'applicant_id', c.applicant_id) || %s::jsonb)).*
from workflows_batchrow r, workflows_case c where c.id = %s
"""


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ('{"office_code": "34", "prefecture_code": "34"}', "begins waiting"),
        ('{"state": "done", "settled_at": "2026-01-01"}', "begins waiting"),
        ('{"tries": 3}', "begins waiting"),
        ('{"number": 201}', "a_batch_numbers_two_hundred_rows_at_most"),
        ('{"number": 1}', "rows_of_a_batch_are_numbered"),
        ('{"applicant_id": 0}', "begins waiting"),
    ],
)
def test_an_invented_row_is_refused(change, constraint):
    first, second = Life(), Life()
    closing(first)

    with pytest.raises(DatabaseError, match=constraint):
        sql(first, COPY, change, second.id)


def test_a_true_row_is_accepted_by_the_same_statement():
    first, second = Life(), Life()
    batch = closing(first)

    sql(first, COPY, "{}", second.id)

    with first.desk():
        assert batch.rows.count() == 2


def test_the_database_itself_writes_who_had_the_case():
    first, second = Life(), Life()
    batch = closing(first)

    sql(first, COPY, f'{{"holder_id": {first.supervisor.pk}}}', second.id)

    with first.desk():
        holders = batch.rows.order_by("number").values_list("holder_id", flat=True)
        assert list(holders) == [first.reviewer.pk, second.reviewer.pk]


def test_a_case_comes_once_in_a_batch():
    life = Life()
    closing(life)

    with pytest.raises(IntegrityError, match="a_case_comes_once_in_a_batch"):
        sql(life, COPY, "{}", life.id)


def test_a_row_is_of_its_batchs_office():
    here, there = Life(), Life(office="34", commune="34172")
    batch = closing(here)
    both = acting(None, prefectures=["34", "75"])
    away = '{"office_code": "34", "prefecture_code": "34"}'

    with (
        pytest.raises(IntegrityError, match="a_row_is_of_its_batchs_office"),
        both,
        connection.cursor() as cursor,
    ):
        cursor.execute(COPY, [away, there.id])

    with here.desk():
        assert batch.rows.count() == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("seen", "9"),
        ("number", "2"),
        ("office_code", "'34'"),
        ("batch_id", "gen_random_uuid()"),
        ("holder_id", "null"),
    ],
)
def test_what_was_asked_of_a_row_is_never_changed(column, value):
    life = Life()
    closing(life)

    with pytest.raises(DatabaseError, match="is never changed"):
        sql(life, f"update workflows_batchrow set {column} = {value}")


@pytest.mark.parametrize(
    "change", ["state = 'waiting', settled_at = null", "reasons = '[\"autre\"]'", "tries = 9"]
)
def test_a_settled_row_stays_as_it_was_settled(as_role, change):
    life = Life()
    closing(life)
    run_all(as_role)

    with pytest.raises(IntegrityError, match="what is settled"):
        sql(life, f"update workflows_batchrow set {change}")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'done'",
        "state = 'refused', settled_at = portal_now()",
        "state = 'done', settled_at = portal_now(), reasons = '[\"non\"]'",
        "state = 'lost', settled_at = portal_now()",
    ],
)
def test_a_settled_row_says_its_result(change):
    life = Life()
    closing(life)

    with pytest.raises(IntegrityError, match="a_settled_row_says_its_result"):
        sql(life, f"update workflows_batchrow set {change}")


def test_a_batch_is_never_changed():
    life = Life()
    closing(life)

    with pytest.raises(DatabaseError, match="workflows_batch"):
        sql(life, "update workflows_batch set kind = 'ask_completion'")


BATCH = """
insert into workflows_batch (id, kind, prefecture_code, made_by_id, idempotency_key, size, facts)
values (gen_random_uuid(), %s, '75', %s, gen_random_uuid(), %s, '{}')
"""


@pytest.mark.parametrize(
    ("kind", "size", "constraint"),
    [
        ("grant", 1, "a_batch_is_of_a_known_kind"),
        ("propose_closure", 0, "a_batch_has_at_most_two_hundred_rows"),
        ("propose_closure", 201, "a_batch_has_at_most_two_hundred_rows"),
    ],
)
def test_an_invented_batch_is_refused(kind, size, constraint):
    life = Life()

    with pytest.raises(IntegrityError, match=constraint):
        sql(life, BATCH, kind, life.reviewer.pk, size)


@pytest.mark.parametrize(("table", "persons"), [("workflows_batch", 0), ("workflows_batchrow", 1)])
def test_a_batch_is_seen_by_its_office_and_a_row_by_its_person_too(table, persons):
    life = Life()
    closing(life)

    def count(actor, offices=()):
        with acting(actor, prefectures=offices), connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table}")
            return cursor.fetchone()[0]

    assert count(life.reviewer.pk, ["75"]) == 1
    assert count(life.applicant.pk) == persons
    assert count(agent(office="34").pk, ["34"]) == 0
    assert count(None) == 0


def test_the_worker_sees_a_row_in_its_wide_scope_alone(as_role):
    life = Life()
    closing(life)

    with as_role("worker"):
        with acting(life.supervisor.pk):
            assert BatchRow.objects.count() == 0
        with acting(life.supervisor.pk, scope="system"):
            assert BatchRow.objects.count() == 1
