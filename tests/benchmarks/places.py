"""Where a benchmark runs: a fresh clone of the migrated template, or a database that stays."""

import contextlib

from django.db import connections

from tests import database


@contextlib.contextmanager
def fresh_clone():
    """Enter a database of this run's own, dropped at the end; yields its name."""
    name = database.own_name()
    database.clone(name)
    try:
        yield name
    finally:
        connections.close_all()
        database.drop(name)


@contextlib.contextmanager
def existing(name: str):
    """Enter a database that another run filled and kept; it stays."""
    enter(name)
    try:
        yield name
    finally:
        leave()


def enter(name: str) -> None:
    """From now on Django speaks to this database."""
    database.close_connections()
    for connection in connections.all(initialized_only=False):
        connection.settings_dict["NAME"] = name


def leave() -> None:
    connections.close_all()


def owner_of(name: str):
    """An owner's connection that row-level security lets through, as it does a migration."""
    return database.cluster().connect("owner", name, options="-c portal.migrating=on")
