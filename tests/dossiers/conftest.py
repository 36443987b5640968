"""What every test of the applicant's room needs."""

import pytest
from django.conf import settings

from dossiers.models.procedure import published, reads_by_the_day
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


def enter(client, person):
    """Sign in at the public door, whose cookie has its own name."""
    client.force_login(person)
    client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
