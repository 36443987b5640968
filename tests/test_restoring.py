"""A database that is put back is the one that was copied, whatever a test committed."""

import pytest

from tests import database, restoring

NAME = database.own_name() + "_restored"


@pytest.fixture(scope="module")
def copied():
    """A copy of the template beside the run's own, with what it held."""
    server = database.cluster()
    server.clone_database(NAME, database.template())
    yield server, restoring.keep(server, NAME)
    server.drop_database(NAME)


def left(server, *statements):
    """Commit this as a test would."""
    with server.connect("admin", NAME) as admin:
        admin.execute("set session_replication_role = replica")
        for statement in statements:
            admin.execute(statement)


def held(server):
    kept = restoring.keep(server, NAME)
    return kept.catalogues, kept.empty, kept.large, kept.sequences, _rows(kept.small)


def _rows(small):
    return {table: (rows, len(copied)) for table, (rows, copied) in small.items()}


def test_rows_reference_rows_and_sequences_are_put_back(copied):
    server, kept = copied
    before = held(server)
    left(
        server,
        "update clock_offset set value = interval '3 days'",
        "delete from territory_prefecture where code = '75'",
        "insert into django_session (session_key, session_data, expire_date)"
        " select n::text, '', now() from generate_series(1, 1500) n",
        "select setval(pg_get_serial_sequence('accounts_user', 'id'), 90000)",
    )

    assert restoring.restore(server, NAME, kept)
    assert held(server) == before
    with server.connect("admin", NAME) as admin:
        assert admin.execute("select value = interval '0' from clock_offset").fetchone() == (True,)


@pytest.mark.parametrize(
    "statement",
    [
        "create table left_behind (n int)",
        "create or replace function portal_now() returns timestamptz language sql stable"
        " as 'select now()'",
        "alter table dossiers_dossier disable trigger all",
        "update territory_commune set name = 'Ailleurs' where insee = '75056'",
    ],
)
def test_what_cannot_be_put_back_asks_for_a_new_copy(copied, statement):
    server, kept = copied
    left(server, statement)

    assert not restoring.restore(server, NAME, kept)
    server.clone_database(NAME, database.template())
