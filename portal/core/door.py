"""The one door to the database: who acts, for which prefectures, in one transaction.

Row-level security reads these settings; without them no personal row is visible. A request,
a job and a test all come through here, so that nobody can forget.
"""

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.urls import Resolver404, resolve

_SET = (
    "select set_config('portal.actor', %s, true), set_config('portal.prefectures', %s, true),"
    " set_config('portal.scope', %s, true), portal_now()"
)
_GET = (
    "select current_setting('portal.actor', true), current_setting('portal.prefectures', true),"
    " current_setting('portal.scope', true)"
)


@dataclass(frozen=True)
class Behalf:
    """For whom somebody else acts, by which mandate, and the two names that sign.

    It names and opens nothing: row security alone decides what the mandate lets through.
    """

    mandate_id: UUID
    person_id: int
    person: str
    helper: str
    level: str
    until: datetime


@dataclass(frozen=True)
class Act:
    """Who acts in the present transaction. `actor_id` None is nobody or the system."""

    actor_id: int | None
    prefectures: tuple[str, ...]
    scope: str
    now: datetime
    behalf: Behalf | None = None


_current: ContextVar[Act | None] = ContextVar("portal_act", default=None)


def current() -> Act | None:
    """The present act, or None outside the door."""
    return _current.get()


@contextlib.contextmanager
def acting(
    actor_id: int | None,
    *,
    prefectures: Iterable[str] = (),
    scope: str = "",
    behalf: Behalf | None = None,
) -> Iterator[Act]:
    """Open a transaction (or a savepoint in one) in which this person acts."""
    prefectures = tuple(prefectures)
    nested = connection.in_atomic_block
    before = ["", "", ""]
    with transaction.atomic():
        with connection.cursor() as cursor:
            if nested:
                cursor.execute(_GET)
                before = [value or "" for value in cursor.fetchone()]
            cursor.execute(
                _SET,
                [
                    "" if actor_id is None else str(actor_id),
                    "{" + ",".join(prefectures) + "}",
                    scope,
                ],
            )
            now = cursor.fetchone()[3]
        token = _current.set(Act(actor_id, prefectures, scope, now, behalf))
        try:
            yield _current.get()
        finally:
            _current.reset(token)
        if nested and not connection.needs_rollback:
            # a released savepoint keeps its settings: the caller's must come back
            with connection.cursor() as cursor:
                cursor.execute(_SET, before)


@contextlib.contextmanager
def also(*prefectures: str | None, scope: str | None = None) -> Iterator[Act]:
    """Widen the present act to other prefectures, or to a named scope, for a few statements."""
    act = current()
    if act is None:
        raise RuntimeError("Only an act that has begun can be widened.")
    wider = dict.fromkeys([*act.prefectures, *(code for code in prefectures if code)])
    with acting(
        act.actor_id,
        prefectures=wider,
        scope=act.scope if scope is None else scope,
        behalf=act.behalf,
    ) as widened:
        yield widened


def acting_for(user, *, scope: str = "", behalf: Behalf | None = None):
    """The door for a user: their own rows, and their posts' prefectures today."""
    if user is None or not user.is_authenticated:
        return acting(None, scope=scope)
    return acting(user.pk, prefectures=user.prefectures, scope=scope, behalf=behalf)


def acting_for_id(user_id: int | None, *, scope: str = ""):
    """The same from an identifier, reading the posts again: a job's arguments prove nothing."""
    if user_id is None:
        return acting(None, scope=scope)
    return acting_for(get_user_model().objects.get(pk=user_id), scope=scope)


class Door:
    """One transaction a request; views marked non-atomic open the door themselves.

    A refusal rolls the view's savepoint back and leaves its line in the outer transaction.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Open the door around the whole answer, template rendering included."""
        try:
            view = resolve(request.path_info).func
        except Resolver404:
            view = None
        if "default" in getattr(view, "_non_atomic_requests", ()):
            return self.get_response(request)
        with acting_for(request.user):
            return self.get_response(request)

    def process_exception(self, request, exception):
        """Write the line of a refused act; Django answers 403 as usual."""
        if isinstance(exception, PermissionDenied):
            from portal.core import journal  # noqa: PLC0415 -- journal imports the door

            journal.record_refusal(request)
