"""What every test of the applicant's room needs."""

import pytest

from dossiers.models.procedure import published
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def fresh_versions():
    """A cloned database gives its numbers again: forget the procedures read before."""
    published.cache_clear()


@pytest.fixture
def applicant(db):
    """Somebody who asks."""
    return UserFactory()


@pytest.fixture
def signed_in(client, applicant):
    """Their browser."""
    client.force_login(applicant)
    return client
