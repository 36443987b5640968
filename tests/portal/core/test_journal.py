"""The journal is append-only, stamped and chained by the database."""

import uuid

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from portal.core import door, journal
from portal.core.models import JournalLine

DOSSIER = uuid.UUID(int=7)


def write(*acts):
    with door.acting(7, prefectures=["34"]):
        for act in acts:
            journal.record(act, subject_type="dossier", subject_id=DOSSIER, dossier_id=DOSSIER)


def test_record_is_refused_outside_the_door(db):
    with pytest.raises(RuntimeError):
        journal.record("x.y", subject_type="dossier", subject_id=1)


def test_lines_of_a_dossier_form_one_chain(db):
    write("a.a", "b.b", "c.c")

    lines = JournalLine.objects.filter(dossier_id=DOSSIER).order_by("position")

    assert [(line.position, line.act, line.actor_id) for line in lines] == [
        (1, "a.a", 7),
        (2, "b.b", 7),
        (3, "c.c", 7),
    ]
    assert len({line.digest for line in lines}) == 3
    assert journal.broken_at(str(DOSSIER)) is None


def test_time_and_digest_are_set_by_the_database(db):
    with door.acting(7) as act:
        JournalLine.objects.bulk_create(
            [
                JournalLine(
                    act="x.y",
                    subject_type="t",
                    subject_id="1",
                    at="2001-01-01T00:00:00Z",
                    digest="forged",
                    position=99,
                )
            ]
        )

    line = JournalLine.objects.get()
    assert (line.at, line.position) == (act.now, 1)
    assert line.digest != "forged"


@pytest.mark.parametrize(
    "statement", ["update core_journalline set act = 'z'", "delete from core_journalline"]
)
@pytest.mark.parametrize("role", ["web", "worker", "issuer", "editing"])
def test_no_role_may_change_a_line(db, as_role, role, statement):
    write("a.a")

    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_even_the_owner_is_refused_by_the_trigger(owner):
    owner.execute(
        "insert into core_journalline (act, subject_type, subject_id, prefecture_code, facts)"
        " values ('t.t', 't', '1', '', '{}')"
    )
    for statement in (
        "update core_journalline set act = 'z'",
        "delete from core_journalline",
        "truncate core_journalline",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_line_altered_behind_the_trigger_is_found(owner):
    write("a.a", "b.b", "c.c")
    owner.execute("alter table core_journalline disable trigger append_only")
    owner.execute("update core_journalline set act = 'z.z' where position = 2")

    assert journal.broken_at(str(DOSSIER)) == 2


@pytest.mark.django_db(transaction=True)
def test_a_line_taken_out_behind_the_trigger_is_found(owner):
    write("a.a", "b.b", "c.c")
    owner.execute("alter table core_journalline disable trigger append_only")
    owner.execute("delete from core_journalline where position = 2")

    assert journal.broken_at(str(DOSSIER)) == 3
