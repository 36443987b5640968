"""What a page of the desk may cost."""

import contextlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

FRAME = ("SAVEPOINT", "RELEASE", "select set_", "select current_")


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
            if not query["sql"].startswith(FRAME)
        ]
        assert len(asked) <= number, "\n".join(sql[:90] for sql in asked)

    return at_most
