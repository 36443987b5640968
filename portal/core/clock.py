"""The one clock: SQL `portal_now()`, which only a demonstration or a test can move."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from portal.core import door

PARIS = ZoneInfo("Europe/Paris")

_MOVABLE = """
create table if not exists clock_offset (
    id boolean primary key default true check (id),
    value interval not null default interval '0');
insert into clock_offset default values on conflict do nothing;
create or replace function portal_now() returns timestamptz language sql stable
    as 'select now() + (select value from clock_offset)';
"""


def now() -> datetime:
    """The present moment, the same throughout one transaction."""
    act = door.current()
    if act is not None:
        return act.now
    with connection.cursor() as cursor:
        cursor.execute("select portal_now()")
        return cursor.fetchone()[0]


def today() -> date:
    """The legal day: the date in Europe/Paris, wherever the person is."""
    return legal_day(now())


def legal_day(moment: datetime) -> date:
    """The date in Europe/Paris of a moment."""
    return moment.astimezone(PARIS).date()


def move(by: timedelta) -> datetime:
    """Move the clock of a demonstration or a test; needs the owner's role.

    Raises RuntimeError where the clock cannot be moved.
    """
    if not settings.MOVABLE_CLOCK:
        raise RuntimeError("This installation's clock cannot be moved.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update clock_offset set value = value + %s", [by])
        cursor.execute("select portal_now()")
        return cursor.fetchone()[0]


def is_movable() -> bool:
    """Whether this database holds a clock that can be moved: production refuses to start."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('clock_offset') is not null")
        return cursor.fetchone()[0]


def refuse_a_clock_that_moves() -> None:
    """Stop a server whose settings are real and whose database's clock is not.

    Raises ImproperlyConfigured.
    """
    if not settings.MOVABLE_CLOCK and is_movable():
        raise ImproperlyConfigured("This database's clock can be moved: it is a demonstration's.")


def install_after_migration(*, using, **_):
    """Give demonstration and test databases their movable clock."""
    if settings.MOVABLE_CLOCK and using == "default":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_MOVABLE)
