"""What makes silence impossible: each guard turns a quiet mistake of ours into a failed test.

A guard looks only at what our own files do; the packages that we use live by their own rules.
"""

import datetime
import ipaddress
import socket
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import DateField, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import (
    SQLAggregateCompiler,
    SQLCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django.template import Engine, Node, engines
from django.test import Client
from django.utils import timezone

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = str(Path(sys.prefix).resolve())
CLOCK = str(ROOT / "portal" / "core" / "clock.py")
WRITERS = (SQLAggregateCompiler, SQLDeleteCompiler, SQLInsertCompiler, SQLUpdateCompiler)
EDITING = ("/edit/", "/edition/")


def is_ours(path: str) -> bool:
    """Whether a file belongs to this repository and not to an installed package."""
    return path.startswith(str(ROOT)) and not path.startswith(LIBRARIES)


class UndefinedVariable(str):
    """Stands for `string_if_invalid`; Django formats it with the name of an unknown variable."""

    __slots__ = ()

    def __contains__(self, part):
        return part == "%s"

    def __mod__(self, name):
        template = _rendering_template()
        if template and is_ours(template):
            pytest.fail(f"Undefined template variable {name!s} in {template}", pytrace=False)
        return ""


def _rendering_template() -> str:
    """The file of the template node being rendered, found among the callers."""
    frame = sys._getframe(2)
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return str(node.origin.name)
        frame = frame.f_back
    return ""


def forbid_undefined_variables(patch):
    """On every engine, those made anew when a test changes a setting included."""
    original = Engine.__init__

    def __init__(engine, *arguments, **options):
        original(engine, *arguments, **options)
        engine.string_if_invalid = UndefinedVariable("undefined")

    patch.setattr(Engine, "__init__", __init__)
    for engine in engines.all():
        if hasattr(engine, "engine"):
            patch.setattr(engine.engine, "string_if_invalid", UndefinedVariable("undefined"))


def shuffle_unordered(patch):
    """Return rows of an unordered query of our models in random order, as PostgreSQL may."""
    original = SQLCompiler.get_order_by
    ours = {app.label for app in apps.get_app_configs() if is_ours(str(Path(app.path).resolve()))}

    def get_order_by(compiler):
        order = original(compiler)
        query = compiler.query
        plain = (
            not isinstance(compiler, WRITERS)
            and not order
            and query.model is not None
            and query.model._meta.app_label in ours
            and (query.default_cols or query.values_select)
            and not (query.subquery or query.distinct or query.combinator)
            and query.group_by is None
        )
        if not plain:
            return order
        by_chance = OrderBy(Random())
        return [(by_chance, (*compiler.compile(by_chance), False))]

    patch.setattr(SQLCompiler, "get_order_by", get_order_by)


def forbid_vague_locks(patch):
    """Refuse `select_for_update()` without `of`: it would also lock every joined row."""
    original = QuerySet.select_for_update

    def select_for_update(queryset, *args, of=(), **options):
        if not of and is_ours(_caller_outside("django/db/models")):
            pytest.fail("select_for_update() without of=: say which rows are locked")
        return original(queryset, *args, of=of, **options)

    patch.setattr(QuerySet, "select_for_update", select_for_update)


def forbid_datetimes_in_dates(patch):
    """Refuse a moment saved as a day: the day depends on a time zone that nobody chose."""
    original = DateField.pre_save

    def pre_save(field, instance, add):
        value = getattr(instance, field.attname)
        if type(field) is DateField and isinstance(value, datetime.datetime):
            pytest.fail(f"{field} is a day and was given the moment {value}")
        return original(field, instance, add)

    patch.setattr(DateField, "pre_save", pre_save)


def forbid_other_clocks(patch):
    """Refuse `timezone.now()` in our code: only portal.core.clock tells the time."""
    original = timezone.now  # noqa: TID251 -- the guard itself

    def now():
        caller = sys._getframe(1).f_code.co_filename
        if is_ours(caller) and caller != CLOCK:
            pytest.fail(f"{caller} calls timezone.now(): use portal.core.clock")
        return original()

    patch.setattr(timezone, "now", now)


def forbid_network(patch):
    """Refuse every connection that leaves the machine."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            pytest.fail(f"A test tried to reach {address[0]}")
        return connect(self, address)

    def guarded_getaddrinfo(host, *args, **options):
        if host is not None and not _is_loopback(host):
            pytest.fail(f"A test tried to resolve {host}")
        return getaddrinfo(host, *args, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _is_loopback(host) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"localhost", "", "localhost.localdomain"}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class InlineCode(HTMLParser):
    """Collects what our content security policy would block in a page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}=…>")
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value}>")


def forbid_inline_code(patch):
    """Refuse inline scripts, handlers and styles in every page that the test client receives."""
    original = Client.request

    def request(client, **environment):
        response = original(client, **environment)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        path = environment.get("PATH_INFO", "")
        if is_page and not response.streaming and not path.startswith(EDITING):
            page = InlineCode()
            page.feed(response.text)
            if page.found:
                pytest.fail(f"{path} holds inline code: {', '.join(page.found)}", pytrace=False)
        return response

    patch.setattr(Client, "request", request)


def _caller_outside(folder: str) -> str:
    frame = sys._getframe(2)
    while frame and folder in frame.f_code.co_filename:
        frame = frame.f_back
    return frame.f_code.co_filename if frame else ""


@pytest.fixture(scope="session", autouse=True)
def guards():
    """Every guard, for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        forbid_undefined_variables(patch)
        shuffle_unordered(patch)
        forbid_vague_locks(patch)
        forbid_datetimes_in_dates(patch)
        forbid_other_clocks(patch)
        forbid_network(patch)
        forbid_inline_code(patch)
        yield
