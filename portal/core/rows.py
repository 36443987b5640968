"""One row, read or written with a statement that is composed once for each model.

Django composes the SQL of every `get()`, `create()` and `save()` anew, which costs more than the
database does to run it. The hot acts (a move, its journal line, its timeline line) go through
here. No signal is sent. Everything else uses the ORM.
"""

import functools
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models.expressions import DatabaseDefault

Row = TypeVar("Row", bound=models.Model)


def insert(row: models.Model) -> None:
    """Insert a new row and read back what the database itself filled in.

    A column with `db_default` that was given no value, a generated one and an identity are the
    database's. Raises IntegrityError as `create()` does.
    """
    here = connections[DEFAULT_DB_ALIAS]
    statement, fields, returned = _insertion(type(row), _left_to_the_database(row))
    with here.cursor() as cursor:
        cursor.execute(statement, _values(row, fields, here, add=True))
        found = cursor.fetchone() if returned else ()
    for name, value in zip(returned, found, strict=True):
        setattr(row, name, value)
    kept = row._state  # noqa: SLF001 -- what Django itself sets after an insertion
    kept.adding, kept.db = False, DEFAULT_DB_ALIAS


def insert_unread(row: models.Model) -> None:
    """The same, asking nothing back: for a table that a role may add to and not read."""
    statement, fields, _returned = _insertion(type(row), _left_to_the_database(row), reads=False)
    here = connections[DEFAULT_DB_ALIAS]
    with here.cursor() as cursor:
        cursor.execute(statement, _values(row, fields, here, add=True))


def insert_many(
    many: Sequence[models.Model], *, skip_conflicts: bool = False, reads: bool = True
) -> set:
    """Insert new rows of one model by one statement. Returns the keys of those inserted.

    `skip_conflicts` leaves out, without an error, the rows that another one forbids (a unique or
    an exclusion constraint). Without `reads`, nothing is asked back and the set is empty. The
    rows fill the same columns; each value travels as text and takes the type of its column.
    """
    if not many:
        return set()
    here = connections[DEFAULT_DB_ALIAS]
    model = type(many[0])
    statement, fields = _bulk_insertion(
        model, _left_to_the_database(many[0]), reads, skip_conflicts
    )
    parameters: list[object] = []
    for field in fields:
        parameters += [_joined(field, many, here), len(many)]
    with here.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {key for (key,) in cursor.fetchall()} if reads else set()


def update(row: models.Model, names: tuple[str, ...], **expected) -> bool:
    """Write these columns of a row, if it still holds the values expected. False if it does not.

    `names` and `expected` are names of attributes, as in `row.__dict__`.
    """
    statement, fields, guards = _change(type(row), tuple(names), tuple(expected))
    here = connections[DEFAULT_DB_ALIAS]
    held = [
        field.get_db_prep_value(value, here)
        for field, value in zip(guards, expected.values(), strict=True)
    ]
    key = type(row)._meta.pk.get_db_prep_value(row.pk, here)
    with here.cursor() as cursor:
        cursor.execute(statement, [*_values(row, fields, here, add=False), key, *held])
        return cursor.rowcount == 1


def selected(model, alias: str) -> str:
    """The columns of a model as `read` expects them, for a statement that calls it `alias`."""
    return ", ".join(f"{alias}.{_quoted(field)}" for field in model._meta.concrete_fields)


def read(model: type[Row], statement: str, parameters: list) -> Row | None:
    """The first row that a statement selects, as an instance; None when there is none."""
    here = connections[DEFAULT_DB_ALIAS]
    with here.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for place, field, converters in _conversions(model):
        for convert in converters:
            values[place] = convert(values[place], field, here)
    return model.from_db(DEFAULT_DB_ALIAS, _columns(model), values)


def snapshot(row: models.Model) -> dict:
    """The stored values of a row as they are now, to find later what was changed."""
    held = row.__dict__
    return {name: held[name] for name in _columns(type(row)) if name in held}


def changed_since(row: models.Model, before: dict) -> tuple[str, ...]:
    """The attributes whose value is no longer the one of the snapshot."""
    return tuple(name for name, value in snapshot(row).items() if before.get(name) != value)


def _left_to_the_database(row):
    """The names of the columns that this row leaves to the database."""
    held = row.__dict__
    return tuple(
        field.attname
        for field in type(row)._meta.db_returning_fields
        if field.generated or isinstance(held[field.attname], DatabaseDefault | None)
    )


@functools.cache
def _columns(model):
    return tuple(field.attname for field in model._meta.concrete_fields)


@functools.cache
def _conversions(model):
    """Where a stored value and the value of an attribute differ: (place, column, functions)."""
    found, here = [], connections[DEFAULT_DB_ALIAS]
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.cached_col
        converters = [*here.ops.get_db_converters(column), *column.get_db_converters(here)]
        if converters:
            found.append((place, column, converters))
    return tuple(found)


@functools.cache
def _insertion(model, left, *, reads=True):
    """The INSERT of a model, the fields it takes, and the names it gives back."""
    columns = model._meta.local_concrete_fields
    given = [field for field in columns if field.attname in left]
    fields = [field for field in columns if field.attname not in left]
    names = ", ".join(_quoted(field) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = _name(model._meta.db_table)
    statement = f"insert into {table} ({names}) values ({marks})"  # noqa: S608 -- our own names
    if reads and given:
        statement += " returning " + ", ".join(_quoted(field) for field in given)
    return statement, fields, tuple(field.attname for field in given)


@functools.cache
def _bulk_insertion(model, left, reads, skip_conflicts):
    """The INSERT of many rows from one text for each column, cut where it was joined."""
    here = connections[DEFAULT_DB_ALIAS]
    fields = [field for field in model._meta.local_concrete_fields if field.attname not in left]
    names = ", ".join(_quoted(field) for field in fields)
    values = ", ".join(f"c{at}::{field.db_type(here)}" for at, field in enumerate(fields))
    # the last part is cut off: joined with it, not even one empty text is taken for nothing
    marks = ", ".join("(string_to_array(%s, chr(31), chr(30)))[1:%s]" for _field in fields)
    aliases = ", ".join(f"c{at}" for at, _field in enumerate(fields))
    statement = (
        f"insert into {_name(model._meta.db_table)} ({names}) select {values}"  # noqa: S608 -- our own names
        f" from unnest({marks}) as given ({aliases})"
    )
    if skip_conflicts:
        statement += " on conflict do nothing"
    if reads:
        statement += f" returning {_quoted(model._meta.pk)}"
    return statement, fields


_BETWEEN, _NULL = "\x1f", "\x1e"


def _joined(field, many, here):
    """The values of one column in one text: an array of PostgreSQL costs more to write out."""
    texts = [_text(field, field.pre_save(row, True), here) for row in many]
    joined = _BETWEEN.join([_NULL if text is None else text for text in texts])
    if joined.count(_BETWEEN) != len(texts) - 1 or joined.count(_NULL) != texts.count(None):
        raise ValueError(f"{field} holds a sign that separates columns")
    return joined + _BETWEEN


def _text(field, value, here):
    """A value as PostgreSQL reads it from a text."""
    if value is None or type(value) is str:
        return value
    if type(value) in {int, UUID}:
        return str(value)
    if isinstance(field, models.JSONField):
        return json.dumps(value, cls=field.encoder, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Range):
        return f"[{value.lower.isoformat()},{value.upper.isoformat()})"
    return str(field.get_db_prep_save(value, here))


@functools.cache
def _change(model, names, expected):
    """The UPDATE of some columns of a model, guarded by the present value of others."""
    by_name = {field.attname: field for field in model._meta.local_concrete_fields}
    fields, guards = [by_name[name] for name in names], [by_name[name] for name in expected]
    new = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    held = "".join(f" and {_quoted(field)} = %s" for field in guards)
    table = _name(model._meta.db_table)
    key = _quoted(model._meta.pk)
    return f"update {table} set {new} where {key} = %s{held}", fields, guards  # noqa: S608


def _quoted(field):
    return _name(field.column)


def _name(name):
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


def _values(row, fields, here, *, add):
    return [_stored(field, field.pre_save(row, add), here) for field in fields]


def _stored(field, value, here):
    """What PostgreSQL is sent: these types go as they are, any other as its field says."""
    return value if type(value) in _AS_THEY_ARE else field.get_db_prep_save(value, here)


_AS_THEY_ARE = frozenset({type(None), str, int, bool, UUID})
