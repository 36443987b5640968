"""The supervisor's page: hours and closures of their own prefecture, and never a free seat."""

import datetime as dt

import pytest
from django.urls import reverse

from appointments.enums import AppointmentState
from appointments.models import Closure, OpeningPattern
from portal.core import clock
from tests.factories import appointments as factory
from tests.factories.accounts import PASSWORD, UserFactory


@pytest.fixture
def desk(client):
    """Sign an agent in at the desk."""

    def enter(*, prefecture="75", **roles):
        agent = UserFactory(prefecture=prefecture, **roles or {"supervisor": True})
        client.post(reverse("desk:sign_in"), {"email": agent.email, "password": PASSWORD})
        return client

    return enter


def parts(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def hours(place, **facts):
    day = clock.today() + dt.timedelta(days=14)
    said = {
        "counter": place.counters[0],
        "service": "collection",
        "weekday": day.isoweekday(),
        "starts": "09:00",
        "ends": "09:20",
        "seats": 1,
    }
    return said | parts("first_day", clock.today()) | facts


def test_hours_are_added_and_the_next_run_uses_them(shut_places, desk):
    client, life = desk(), factory.cleared()

    assert client.post(reverse("desk:open_counter"), hours(shut_places.here)).status_code == 302
    page = client.get(reverse("desk:counters")).text
    assert "09:00–09:20" in page
    assert "Guichets" in page
    factory.run()

    given = factory.appointment_of(life).starts_at.astimezone(clock.PARIS)
    assert f"{given:%H:%M}" in {"09:00", "09:10"}


@pytest.mark.parametrize(
    ("lie", "sentence"),
    [
        ({"ends": "09:05"}, "trop courtes"),
        ({"ends": "08:00"}, "trop courtes"),
        ({"seats": 21}, "20"),
        ({"weekday": 9}, "choix"),
    ],
)
def test_impossible_hours_are_refused_with_the_reason(shut_places, desk, lie, sentence):
    answer = desk().post(reverse("desk:open_counter"), hours(shut_places.here, **lie))

    assert (answer.status_code, OpeningPattern.objects.exists()) == (200, False)
    assert sentence in answer.text


def test_a_counter_is_not_opened_twice_at_the_same_hours(shut_places, desk):
    client = desk()
    client.post(reverse("desk:open_counter"), hours(shut_places.here))

    answer = client.post(reverse("desk:open_counter"), hours(shut_places.here, ends="10:00"))

    assert "déjà ouvert" in answer.text


def test_hours_end_tonight_and_what_was_given_stays(shut_places, desk):
    client = desk()
    opening = factory.open_once(shut_places.here, seats=1)
    opening.valid = type(opening.valid)(clock.today(), None, "[)")
    opening.save()
    life = factory.appointed()

    client.post(reverse("desk:end_opening", args=[opening.pk]))
    factory.run()

    assert factory.slots() == [] or factory.slots()[0].pk == life.appointment.slot_id
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_a_site_is_closed_and_each_person_is_told(places, desk):
    life = factory.appointed()
    client, day = desk(), clock.legal_day(life.appointment.starts_at)
    said = {"site": places.here.site, "reason": "Travaux"}

    answer = client.post(
        reverse("desk:close_site"), said | parts("first_day", day) | parts("last_day", day)
    )

    assert answer.status_code == 302
    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    page = client.get(reverse("desk:counters")).text
    assert "1 personne est prévenue" in page
    assert "Travaux" in page


def test_the_days_of_a_closure_are_in_order(places, desk):
    day = clock.today() + dt.timedelta(days=20)
    said = {"site": places.here.site, "reason": "Travaux"}
    said |= parts("first_day", day) | parts("last_day", day - dt.timedelta(days=1))

    assert "avant le premier" in desk().post(reverse("desk:close_site"), said).text
    assert not Closure.objects.exists()


def test_another_prefectures_counters_cannot_be_touched(places, desk):
    client = desk(prefecture="34")
    opening = OpeningPattern.objects.order_by("pk").first()
    day = clock.today() + dt.timedelta(days=20)

    assert client.post(reverse("desk:end_opening", args=[opening.pk])).status_code == 404
    refused = client.post(reverse("desk:open_counter"), hours(places.here))
    closed = client.post(
        reverse("desk:close_site"),
        {"site": places.here.site, "reason": "x"}
        | parts("first_day", day)
        | parts("last_day", day),
    )
    assert (refused.status_code, closed.status_code) == (200, 200)
    assert not Closure.objects.exists()
    assert "Site inventé 75" not in client.get(reverse("desk:counters")).text


def test_who_missed_twice_is_listed_and_put_back_in_the_queue_once(places, desk, move_clock):
    life = factory.appointed()
    for _time in range(2):
        move_clock(factory.appointment_of(life).ends_at - clock.now() + dt.timedelta(hours=3))
        factory.run()
    client, back = desk(), reverse("desk:readmit", args=[life.clearance.pk])
    assert life.dossier.number in client.get(reverse("desk:counters")).text

    assert client.post(back).status_code == 302
    assert life.dossier.number not in client.get(reverse("desk:counters")).text
    client.post(back)
    with life.desk():
        assert life.clearance.readmissions.count() == 1
    factory.run()
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_another_prefecture_puts_nobody_back(places, desk):
    life = factory.appointed()

    back = desk(prefecture="34").post(reverse("desk:readmit", args=[life.clearance.pk]))

    assert back.status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "signatory"])
def test_only_supervisors_open_these_pages(places, desk, role):
    client = desk(**{role: True})

    for name in ("counters", "close_site", "open_counter"):
        assert client.get(reverse(f"desk:{name}")).status_code == 403
