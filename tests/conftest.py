"""Fixtures of every test: a cloned database, roles, the clock, files, a browser and the stack."""

import contextlib
import itertools
import os
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from django.utils import translation

from portal.core import storage
from portal.local import postgres, s3
from portal.local.processes import free_port
from tests import database

TIDIED_EVERY = 8
_with_database = itertools.count(1)

pytest_plugins = ["tests.guards", "tests.browser", "tests.antivirus"]


def pytest_configure(config):
    if os.environ.get("PORTAL_DB_HOST"):
        pytest.exit("Tests use the embedded PostgreSQL only: unset PORTAL_DB_HOST.", returncode=2)


def pytest_unconfigure(config):
    if project.configured:
        postgres.stop_if_unused(project.VAR / "postgres")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """Every few tests with the database, what they rolled back is taken away."""
    yield
    if "django_db" in item.keywords and next(_with_database) % TIDIED_EVERY == 0:
        database.tidy(database.own_name())


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A clone of the migrated template for this process, entered as web."""
    name = database.own_name()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        database.forget_dead_runs()
        database.clone_for_tests(name)
        # Not TRUNCATE, which no role of ours may do, and which would take reference rows too.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: database.give_back(name))
        yield
        database.drop(name)


@pytest.fixture
def as_role(db):
    """Take another role inside the test's transaction: `with as_role("issuer"): ...`."""

    @contextlib.contextmanager
    def take(role):
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('role')")
            (before,) = cursor.fetchone()
            cursor.execute(f"set local role portal_{role}")
            yield
            if not connection.needs_rollback:
                cursor.execute(f"set local role {before}")

    return take


@pytest.fixture
def owner(db):
    """A connection of the owner to the test's database; what it commits stays for later tests."""
    name = connections["default"].settings_dict["NAME"]
    with database.cluster().connect("owner", name, options="-c portal.migrating=on") as login:
        yield login


@pytest.fixture
def move_clock(owner):
    """Move the one clock forward (a timedelta); it is back when the test ends."""

    def move(by):
        owner.execute("update clock_offset set value = value + %s", [by])

    yield move
    owner.execute("update clock_offset set value = interval '0'")


@pytest.fixture(autouse=True)
def language_ends_with_the_test():
    """A page in English leaves English active in the thread, and the next test would read it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def files_of_the_run(tmp_path_factory):
    """Keep what tests store out of the state directory."""
    for alias, kept in project.STORAGES.items():
        if "location" in kept.get("OPTIONS", {}):
            kept["OPTIONS"]["location"] = str(tmp_path_factory.mktemp(alias))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    """A real S3 server with our buckets: ours, or the one that `script/test-s3` names."""
    if url := os.environ.get("TESTED_S3_ENDPOINT"):
        key, secret = os.environ["TESTED_S3_KEY"], os.environ["TESTED_S3_SECRET"]
        s3.make_buckets(url, key, secret)
        yield SimpleNamespace(url=url, key=key, secret=secret, client=s3.client(url, key, secret))
        return
    port, key, secret = free_port(), "tests-key-0001", "tests-secret-0001"
    folder = tmp_path_factory.mktemp("s3-server")
    process = s3.start(folder=folder, port=port, key=key, secret=secret)
    url = s3.endpoint(port)
    yield SimpleNamespace(url=url, key=key, secret=secret, client=s3.client(url, key, secret))
    process.stop()


@pytest.fixture
def s3_storages(s3_server, settings, monkeypatch):
    """Every storage of the project kept in the S3 server, as in production."""
    monkeypatch.setattr(storage, "_fuses", {})
    options = {
        "endpoint_url": s3_server.url,
        "access_key": s3_server.key,
        "secret_key": s3_server.secret,
        "region_name": s3.REGION,
        "file_overwrite": False,
        "default_acl": None,
        "addressing_style": "path",
        "signature_version": "s3v4",
    }
    buckets = {
        "evidence": "portal-evidence",
        "letters": "portal-letters",
        "keys": "portal-keys",
        "default": "portal-media",
    }
    settings.STORAGES = project.STORAGES | {
        alias: {
            "BACKEND": "portal.core.storage.ObjectStorage",
            "OPTIONS": options | {"bucket_name": bucket},
        }
        for alias, bucket in buckets.items()
    }
    return s3_server


@pytest.fixture
def at_desk():
    """Sign an agent in at the desk: `at_desk(agent).get(...)`."""

    def enter(user):
        client = Client()
        client.force_login(user, backend="portal.accounts.sign_in.DoorBackend")
        client.cookies["desk_session"] = client.cookies[project.SESSION_COOKIE_NAME].value
        return client

    return enter
