"""What every test of the applicant's room needs."""

import threading

import pytest
from django.conf import settings as configured

from dossiers.models.procedure import published, reads_by_the_day
from portal.local.register import make_server
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def fresh_versions():
    """A cloned database gives its numbers again: forget the procedures read before."""
    for cached in (published, reads_by_the_day):
        cached.cache_clear()


@pytest.fixture
def applicant(db):
    """Somebody who asks."""
    return UserFactory()


@pytest.fixture
def signed_in(client, applicant):
    """Their browser."""
    enter(client, applicant)
    return client


@pytest.fixture
def register(settings):
    """The invented register, answering over HTTP."""
    server = make_server(0, "test-token-of-the-register")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.REGISTER_URL = f"http://127.0.0.1:{server.server_address[1]}/"
    settings.REGISTER_TOKEN = "test-token-of-the-register"
    yield server
    server.shutdown()
    server.server_close()


def enter(client, person):
    """Sign in at the public door, whose cookie has its own name."""
    client.force_login(person)
    client.cookies["portal_session"] = client.cookies[configured.SESSION_COOKIE_NAME].value
