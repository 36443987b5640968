"""The screen of the waiting room: numbers and counters, to who has its address, and no more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from appointments.models import Visit, WaitingScreen
from appointments.services import screens, visiting
from portal.core.door import acting_for
from portal.core.errors import DomainRefusal
from tests.factories import appointments as factory
from tests.factories.workflows import agent


@pytest.fixture
def called(places, at_the_visit):
    """Somebody whose number is called; adds the site and the address of its screen."""
    life = factory.appointed()
    at_the_visit(life.appointment)
    life.site = factory.site(places.here)
    with acting_for(life.counter):
        factory.check_in(life).save(force_insert=True)
        visit = Visit.objects.get()
        visiting.call(visit, counter=life.appointment.counter, user=life.counter)
        life.token = screens.open_screen(life.site, user=life.counter)
    return life


def page(client, token):
    return client.get(reverse("screen:waiting", args=[token]))


def test_the_screen_shows_the_number_and_the_counter_and_nobody(called, client):
    answer = page(client, called.token)

    assert "<td>1</td><td>Guichet A</td>" in answer.text
    assert '<meta http-equiv="refresh" content="10">' in answer.text
    assert answer["Cache-Control"] == "no-store"
    for secret in (*called.clearance.holder_name.split(), called.appointment.code):
        assert secret not in answer.text
    assert set(screens.shown_to(called.token)) == {"site", "called"}
    assert screens.shown_to(called.token)["called"] == [
        {"number": 1, "counter": "Guichet A", "now": True}
    ]


def test_an_address_that_nobody_opened_or_that_was_closed_shows_nothing(called, client):
    assert page(client, "x" * 43).status_code == 404
    with acting_for(called.counter):
        assert screens.close_screens(called.site, user=called.counter) == 1

    assert page(client, called.token).status_code == 404


def test_a_screen_serves_a_month(called, client, move_clock):
    move_clock(timedelta(days=32))

    assert page(client, called.token).status_code == 404


def test_yesterdays_numbers_are_gone(called, client, move_clock):
    move_clock(timedelta(days=1))

    assert "Votre numéro s’affichera ici" in page(client, called.token).text


def test_the_address_itself_is_kept_nowhere(called):
    with acting_for(called.counter):
        kept = WaitingScreen.objects.get()

    assert called.token not in str(vars(kept))


def test_an_agent_of_another_office_opens_no_screen_here(called):
    away = agent("counter_agent", office="34")

    with acting_for(away), pytest.raises(DomainRefusal):
        screens.open_screen(called.site, user=away)


def test_nobody_reads_visits_through_the_door_of_the_screen(called):
    screens.shown_to(called.token)

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from appointments_visit")
        assert cursor.fetchone() == (0,)
