"""A browser at the desk."""

import contextlib

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

FRAME = ("SAVEPOINT", "RELEASE", "select set_", "select current_")


@pytest.fixture
def at_desk():
    """Sign an agent in at the desk: `at_desk(agent).get(...)`."""

    def enter(user):
        client = Client()
        client.force_login(user, backend="portal.accounts.sign_in.DoorBackend")
        client.cookies["desk_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    return enter


@pytest.fixture
def statements():
    """Count what a page asks of the database, without the door and the test's savepoints."""

    @contextlib.contextmanager
    def at_most(number):
        with CaptureQueriesContext(connection) as captured:
            yield
        asked = [
            query["sql"]
            for query in captured.captured_queries
            if not query["sql"].startswith(
                ("SAVEPOINT", "RELEASE", "select set_", "select current_")
            )
        ]
        assert len(asked) <= number, "\n".join(sql[:90] for sql in asked)

    return at_most
