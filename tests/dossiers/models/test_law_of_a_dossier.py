"""A dossier has the law of the day it was filed; a draft, that of today."""

import datetime as dt

import pytest

from dossiers.models import Dossier, ProcedureVersion
from portal.core import clock

pytestmark = pytest.mark.django_db
LAST_MOMENT_OF_2025 = dt.datetime(2025, 12, 31, 23, 59, tzinfo=clock.PARIS)


def asked(filed_at):
    version = ProcedureVersion.objects.latest_of("employee-renewal").first()
    dossier = Dossier(version=version, filed_at=filed_at)
    return {rule.code for rule in dossier.procedure.evidence}


@pytest.mark.parametrize(
    ("filed_at", "is_asked"),
    [
        (LAST_MOMENT_OF_2025, False),
        (LAST_MOMENT_OF_2025 + dt.timedelta(minutes=1), True),
        (None, True),
    ],
)
def test_what_is_asked_is_what_the_law_asked_on_the_day_of_filing(filed_at, is_asked):
    assert ("civic-exam" in asked(filed_at)) is is_asked
    assert "passport" in asked(filed_at)
