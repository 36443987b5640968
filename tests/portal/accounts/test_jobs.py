"""What the worker forgets of the accounts."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session

from portal.accounts import jobs
from portal.core import clock

pytestmark = pytest.mark.django_db


def test_sessions_that_ended_are_forgotten_with_what_they_kept(as_role):
    now = clock.now()
    for key, end in (("ended", now - dt.timedelta(days=1)), ("open", now + dt.timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="kept_form", expire_date=end)

    with as_role("worker"):
        jobs.forget_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
