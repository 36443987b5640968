"""A session: a new key at each sign-in, one row, and never somebody else's."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.sessions import SessionStore
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN_STATEMENTS = 28
OF_A_TEST = 4  # its savepoint, and the settings of row security read, then put back


def sign_in(client, person):
    answer = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client.cookies["portal_session"].value


def test_signing_in_again_takes_another_key_and_ends_the_former_session(client):
    person = UserFactory()

    first = sign_in(client, person)
    client.post(reverse("account_logout"))
    second = sign_in(client, person)

    assert first != second
    assert list(Session.objects.values_list("session_key", flat=True)) == [second]


def test_a_key_that_a_browser_invents_is_not_the_key_of_its_session(client):
    client.cookies["portal_session"] = "chosenbyathief000000000000000000"

    assert sign_in(client, UserFactory()) != "chosenbyathief000000000000000000"


def test_a_new_session_never_writes_over_somebodys():
    theirs = SessionStore()
    theirs["who"] = "them"
    theirs.save()
    ours = SessionStore()
    ours.create()
    ours._session_key = theirs.session_key

    with pytest.raises(UpdateError):
        ours.save()

    assert SessionStore(theirs.session_key)["who"] == "them"


def test_a_session_that_was_ended_elsewhere_is_not_begun_again():
    here = SessionStore()
    here["who"] = "me"
    here.save()
    there = SessionStore(here.session_key)
    there.flush()

    here["who"] = "me again"
    with pytest.raises(UpdateError):
        here.save()

    assert not Session.objects.exists()


def test_a_session_over_its_time_is_empty():
    late = SessionStore()
    late["who"] = "me"
    late.set_expiry(-1)
    late.save()

    assert SessionStore(late.session_key).load() == {}


def test_signing_in_keeps_to_its_statements(client):
    person = UserFactory()
    sign_in(client, person)
    client.cookies.clear()

    with CaptureQueriesContext(connection) as sent:
        sign_in(client, person)

    assert len(sent) <= SIGN_IN_STATEMENTS + OF_A_TEST, [query["sql"][:100] for query in sent]
