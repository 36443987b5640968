"""Filling tables by COPY: keys and indexes set aside, put back, and thereby proven again.

Row triggers of the tables loaded are switched off (they stamp moments, begin each case at filing
and demand a decision row that comes in the same batch), and so is row security, under which COPY
does not work; CHECK constraints stay on and judge each row. Keys, foreign keys and indexes are
read from the catalogue, dropped, and made again as they were: making one again proves every row.
What the triggers would have refused is proven by `tests.benchmarks.proofs`.
"""

import contextlib
import json
import sys
import time

from django.apps import apps
from django.db import connection

_CONSTRAINTS = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype
from pg_constraint where contype in ('p', 'u', 'f')
    and (conrelid = any(%(tables)s::regclass[]) or confrelid = any(%(tables)s::regclass[]))
order by contype = 'f', contype <> 'p', conrelid::regclass::text, conname
"""
_INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
where i.indrelid = any(%(tables)s::regclass[])
    and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
order by 1
"""
_FORCED = "select relforcerowsecurity from pg_class where oid = %s::regclass"


class Table:
    """A table to fill: the columns that we give, and the model's own defaults for the rest."""

    def __init__(self, name: str, *columns: str):
        self.name, self.rows = name, []
        model = next(m for m in apps.get_models() if m._meta.db_table == name)
        fields = {field.column: field for field in model._meta.local_concrete_fields}
        unknown = set(columns) - set(fields)
        if unknown:
            raise LookupError(f"{name} has no column {', '.join(sorted(unknown))}")
        rest = {
            column: field.get_db_prep_save(field.get_default(), connection)
            for column, field in fields.items()
            if column not in columns and _wants_a_value(field)
        }
        self.columns = [*columns, *rest]
        self.tail = "".join("\t" + _text(_plain(value)) for value in rest.values())

    def add(self, *values) -> None:
        """One row, in the order of the columns."""
        self.rows.append("\t".join(map(_text, values)) + self.tail)

    def flush(self, login) -> int:
        """Send what was added; how many rows it was."""
        if not self.rows:
            return 0
        sent, statement = len(self.rows), f"copy {self.name} ({', '.join(self.columns)}) from stdin"
        with login.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("\n".join(self.rows) + "\n")
        self.rows.clear()
        return sent


def _wants_a_value(field):
    """A column that must not be empty and that the database would leave empty."""
    return not (field.null or field.generated or field.has_db_default() or field.primary_key)


def _plain(value):
    """A default as COPY reads it: JSON is text there, and a bare list is an array."""
    if hasattr(value, "obj"):
        return json.dumps(value.obj)
    return array(value) if isinstance(value, list) else value


def array(values) -> str:
    """An array as COPY reads it. Invented values hold no comma, quote or brace."""
    return f"{{{','.join(map(str, values))}}}"


def _text(value):
    """A value in COPY's text format. Invented texts hold no tab, line end or backslash."""
    if value.__class__ is str:
        return value
    return _SPECIAL.get(value, value) if value is None or value.__class__ is bool else str(value)


_SPECIAL = {None: "\\N", True: "t", False: "f"}


@contextlib.contextmanager
def bare(login, tables: list[str]):
    """The tables without keys, indexes, row triggers and row security inside; all back after."""
    names = {"tables": tables}
    constraints = login.execute(_CONSTRAINTS, names).fetchall()
    indexes = login.execute(_INDEXES, names).fetchall()
    _switch(login, tables, "disable")
    for table, name, _definition, _kind in reversed(constraints):
        login.execute(f'alter table {table} drop constraint "{name}"')
    for name, _definition in indexes:
        login.execute(f"drop index {name}")
    yield
    login.execute("set maintenance_work_mem = '512MB'")
    keys = [one for one in constraints if one[3] != "f"]
    _make(login, "keys", [_adding(*key) for key in keys])
    _make(login, "indexes", [definition for _name, definition in indexes])
    _make(login, "foreign keys", [_adding(*one) for one in constraints if one[3] == "f"])
    _switch(login, tables, "enable")


def _switch(login, tables, verb):
    """COPY does not work under row security, and triggers would stamp the present on the past."""
    for table in tables:
        login.execute(f"alter table {table} {verb} trigger user")
        if login.execute(_FORCED, [table]).fetchone()[0]:
            login.execute(f"alter table {table} {verb} row level security")


def _adding(table, name, definition, _kind):
    return f'alter table {table} add constraint "{name}" {definition}'


def _make(login, title, statements):
    bar = Bar(title)
    for done, statement in enumerate(statements, start=1):
        login.execute(statement)
        bar.show(done, len(statements))


class Bar:
    """A line that fills up; on a screen that is not a terminal, a line for each tenth."""

    WIDTH = 40

    def __init__(self, title: str, stream=None):
        self.title, self.stream = title, stream or sys.stderr
        self.began, self.tenth = time.monotonic(), 0

    def show(self, done: int, total: int) -> None:
        """Say how far it is."""
        seconds = time.monotonic() - self.began
        if self.stream.isatty():
            filled = self.WIDTH * done // total
            line = "█" * filled + "·" * (self.WIDTH - filled)
            end = "\n" if done == total else ""
            print(
                f"\r{line} {done}/{total} {self.title}, {seconds:.0f} s",
                end=end,
                file=self.stream,
                flush=True,
            )
        elif (tenth := 10 * done // total) > self.tenth:
            self.tenth = tenth
            print(f"{self.title}: {done}/{total}, {seconds:.0f} s", file=self.stream, flush=True)
