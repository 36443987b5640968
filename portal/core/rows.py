"""One row, read or written with a statement that is composed once for each model.

Django composes the SQL of every `get()`, `create()` and `save()` anew, which costs more than the
database does to run it. The hot acts (a move, its journal line, its timeline line) go through
here. No signal is sent. Everything else uses the ORM.
"""

import functools
from typing import TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
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
