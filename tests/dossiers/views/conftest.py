"""Drafts that several tests of pages begin with."""

import pytest

from dossiers.models import Dossier
from portal.core.door import acting
from tests.factories.procedures import CODE, loaded, publish, typed_text


@pytest.fixture
def typed(owner, applicant):
    """An empty draft of the procedure with a question of every kind."""
    version = publish(owner, loaded(typed_text()))
    with acting(applicant.pk) as act:
        return Dossier.objects.create(
            applicant=applicant, procedure_code=CODE, version_id=version, updated_at=act.now
        )
