"""A person's own dossier by a statement composed once: the row of the ORM, and nobody else's."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Dossier
from dossiers.queries.owned import owned
from portal.core import rows
from portal.core.door import acting_for
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft

pytestmark = pytest.mark.django_db


def test_it_is_the_row_of_the_orm_and_is_locked_when_asked():
    mine = draft(UserFactory())

    with acting_for(mine.applicant), CaptureQueriesContext(connection) as sent:
        found = owned(mine.applicant, mine.pk, locked=True)

        stored = Dossier.objects.of_applicant(mine.applicant).get(pk=mine.pk)
        assert rows.snapshot(found) == rows.snapshot(stored)
        assert rows.snapshot(owned(mine.applicant, mine.pk)) == rows.snapshot(stored)
    locking = [query["sql"] for query in sent if "for update" in query["sql"]]
    assert len(locking) == 1


def test_that_of_another_does_not_exist():
    mine, other = draft(UserFactory()), UserFactory()

    with acting_for(mine.applicant):  # its rows are visible here: the statement alone decides
        assert owned(other, mine.pk) is None
        assert owned(mine.applicant, uuid.uuid4()) is None
