"""A test's database given back as its template made it, several times quicker than a new copy.

A test that commits leaves rows behind. They are deleted, small tables that held rows are copied
back, sequences are set back. Whatever else it did (a table made, a function replaced, a commune
renamed) makes the caller take a new copy: being quick must never hide what a test left.
"""

from dataclasses import dataclass

import psycopg

from portal.local import postgres

LARGE = 3_000
"""Rows from which a table of the template is compared only: a changed one asks for a new copy."""
BLOATED = 1_000
_TABLES = """
select format('%I.%I', n.nspname, c.relname) from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1
"""
_SEQUENCES = "select format('%I.%I', schemaname, sequencename) from pg_sequences order by 1"
_NOW = "select pg_current_xact_id()::text::bigint % (1::bigint << 32)"
_CATALOGUES = ("class", "attribute", "proc", "trigger", "policy", "constraint", "attrdef", "index")
_STILL = """
do $$ declare one regclass; begin
    for one in select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname = 'public'
    loop execute format('alter table %s set (autovacuum_enabled = false)', one); end loop;
end $$
"""
_IS_AT_WORK = """
select exists (select from pg_stat_activity where datname = current_database()
    and pid <> pg_backend_pid() and xact_start is not null)
"""
_SWOLLEN = """
select one from unnest(%s::text[]) one where pg_relation_size(one::regclass) > 500000
"""
_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Kept:
    """What a fresh copy holds, and the transaction from which every change is a test's."""

    since: int
    catalogues: dict[str, int]
    empty: tuple[str, ...]
    small: dict[str, tuple[int, bytes]]
    large: dict[str, int]
    sequences: dict[str, tuple[int, bool]]


def keep(server: postgres.Cluster, name: str) -> Kept:
    """Read a fresh copy, before any test has it."""
    with server.connect("admin", name) as admin:
        (since,) = admin.execute(_NOW).fetchone()
        counts = {table: _count(admin, table) for (table,) in admin.execute(_TABLES).fetchall()}
        names = [name for (name,) in admin.execute(_SEQUENCES).fetchall()]
        return Kept(
            since=since,
            catalogues={one: _count(admin, f"pg_{one}") for one in _CATALOGUES},
            empty=tuple(table for table, rows in counts.items() if not rows),
            small={
                table: (rows, _read(admin, table))
                for table, rows in counts.items()
                if 0 < rows < LARGE
            },
            large={table: rows for table, rows in counts.items() if rows >= LARGE},
            sequences={
                name: admin.execute(f"select last_value, is_called from {name}").fetchone()
                for name in names
            },
        )


def still(server: postgres.Cluster, name: str) -> None:
    """Keep the server from vacuuming the tables of a test's database at a moment of its own.

    In the middle of a test it finds pages and, of rows that are not committed, none: every plan
    made after that expects an empty table, and costs up to ten times more.
    """
    with server.connect("admin", name) as admin:
        admin.execute(_STILL)


def tidy(server: postgres.Cluster, name: str, kept: Kept) -> None:
    """Take away what tests rolled back, while none is at work."""
    with server.connect("admin", name) as admin:
        if not admin.execute(_IS_AT_WORK).fetchone()[0]:
            for (table,) in admin.execute(_SWOLLEN, [list(kept.empty)]).fetchall():
                admin.execute(f"vacuum {table}")


def restore(server: postgres.Cluster, name: str, kept: Kept) -> bool:
    """Give the database back as it was kept; False when only a new copy would do that."""
    with server.connect("admin", name) as admin:
        admin.execute(_OTHERS)
        untouched = {f"pg_{one}": rows for one, rows in kept.catalogues.items()} | kept.large
        if any(_has_changed(admin, table, rows, kept) for table, rows in untouched.items()):
            return False
        # Nothing that a row would start, refuse or refer to counts here.
        admin.execute("set session_replication_role = replica")
        with admin.transaction():
            bloated = [table for table in kept.empty if _emptied(admin, table) > BLOATED]
            _put_back(admin, kept)
        for table in bloated:
            admin.execute(f"vacuum {table}")
        return True


def _put_back(admin, kept):
    for table, (rows, copied) in kept.small.items():
        if _has_changed(admin, table, rows, kept):
            _emptied(admin, table)
            with admin.cursor().copy(f"copy {table} from stdin (format binary)") as copy:
                copy.write(copied)
    for sequence, (value, is_called) in kept.sequences.items():
        admin.execute("select setval(%s, %s, %s)", [sequence, value, is_called])


def _emptied(admin, table):
    return admin.execute(f"delete from {table}").rowcount


def _count(admin: psycopg.Connection, table: str) -> int:
    return admin.execute(f"select count(*) from {table}").fetchone()[0]


def _has_changed(admin, table, rows, kept):
    counted = "select count(*), coalesce(bool_or(xmin::text::bigint >= %s), false) from " + table
    return admin.execute(counted, [kept.since]).fetchone() != (rows, False)


def _read(admin, table):
    with admin.cursor().copy(f"copy {table} to stdout (format binary)") as copy:
        return b"".join(map(bytes, copy))
