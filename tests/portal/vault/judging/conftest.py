"""Whose files are judged."""

import pytest

from tests.factories.accounts import UserFactory


@pytest.fixture
def applicant():
    return UserFactory()
