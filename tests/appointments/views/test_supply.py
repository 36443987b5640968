"""The supervisor's page: hours and closures of their own prefecture, and never a free seat."""

import datetime as dt

import pytest
from django.urls import reverse

from appointments.enums import AppointmentState
from appointments.models import Closure, CounterOutage, OpenDay, OpeningPattern
from portal.core import clock
from portal.core.door import acting_for
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


def confirm(client, url, said):
    """See the effect of an edit, then confirm exactly that."""
    preview = client.post(url, said)
    assert preview.status_code == 200
    return client.post(url, said | {"shown": preview.context["effect"].version})


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

    answer = confirm(client, reverse("desk:open_counter"), hours(shut_places.here))
    assert answer.status_code == 302
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
    confirm(client, reverse("desk:open_counter"), hours(shut_places.here))

    answer = client.post(reverse("desk:open_counter"), hours(shut_places.here, ends="10:00"))

    assert "déjà ouvert" in answer.text


def test_hours_end_tonight_and_what_was_given_stays(places, desk):
    client, life = desk(), factory.appointed()
    given = life.appointment
    here = OpeningPattern.objects.filter(
        counter=given.counter_id, weekday=clock.legal_day(given.starts_at).isoweekday()
    )
    opening = next(one for one in here.order_by("minutes") if is_in(given, one))

    url = reverse("desk:end_opening", args=[opening.pk])
    preview = client.post(url, parts("last_day", clock.today()))
    assert preview.context["effect"].people_kept == 1
    assert "garde un rendez-vous" in preview.text
    confirm(client, url, parts("last_day", clock.today()))
    factory.run()

    left = [slot.pk for slot in factory.slots() if is_in(slot, opening)]
    assert left == [given.slot_id]
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def is_in(one, opening):
    starts = one.period.lower.astimezone(clock.PARIS)
    minute = starts.hour * 60 + starts.minute
    return starts.isoweekday() == opening.weekday and minute in opening.minutes


def test_hours_change_from_a_day_on_and_the_past_stays(places, desk):
    client, opening = desk(), OpeningPattern.objects.order_by("pk").first()
    day = clock.today() + dt.timedelta(days=7)
    url = reverse("desk:change_opening", args=[opening.pk])
    said = hours(
        places.here, weekday=opening.weekday, starts="08:30", ends="11:30", seats=2, reserve=1
    )
    assert "09:00" in client.get(url).text

    answer = confirm(client, url, said | parts("first_day", day) | {"interpreters": ["ar", "pt"]})

    assert answer.status_code == 302
    old = OpeningPattern.objects.get(pk=opening.pk)
    new = OpeningPattern.objects.latest("pk")
    assert (old.valid.upper, new.valid.lower, old.minutes.lower) == (day, day, 540)
    assert (new.minutes.lower, new.seats, new.reserve) == (510, 2, 1)
    assert new.interpreters == ["ar", "pt"]


def test_what_is_confirmed_is_what_was_shown(places, desk):
    life, client = factory.appointed(), desk()
    day = clock.legal_day(life.appointment.starts_at)
    said = {"site": places.here.site, "reason": "Travaux"}
    said |= parts("first_day", day) | parts("last_day", day)
    shown = client.post(reverse("desk:close_site"), said).context["effect"]
    assert shown.moved == ((day, 1),)
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)

    answer = client.post(reverse("desk:close_site"), said | {"shown": shown.version})

    assert (answer.status_code, Closure.objects.exists()) == (200, False)
    assert "a changé depuis l’aperçu" in answer.text
    assert answer.context["effect"].moved == ()
    other = client.post(
        reverse("desk:close_site"), said | {"shown": shown.version, "reason": "Autre"}
    )
    assert (other.status_code, Closure.objects.exists()) == (200, False)


def test_an_absent_agent_takes_the_counter_out_and_says_whom_to_call(
    places, desk, at_desk, move_clock
):
    life = factory.appointed()
    day = clock.legal_day(life.appointment.starts_at)
    move_clock(life.appointment.starts_at - clock.now() - dt.timedelta(hours=1))
    client = desk()
    said = {"counter": life.appointment.counter_id, "kind": "agent_absent"}
    said |= parts("first_day", day) | parts("last_day", day)

    answer = confirm(client, reverse("desk:take_out_counter"), said)

    assert answer.url == reverse("desk:to_call")
    page = client.get(answer.url).text
    assert life.dossier.number in page
    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    assert "1 personne dont" in client.get(reverse("desk:counters")).text
    elsewhere = at_desk(UserFactory(prefecture="34", supervisor=True))
    assert life.dossier.number not in elsewhere.get(answer.url).text


def test_a_site_opens_on_a_holiday_once(shut_places, desk):
    client, day = desk(), dt.date(clock.today().year, 12, 25)
    said = {"site": shut_places.here.site} | parts("day", day)

    assert confirm(client, reverse("desk:open_day"), said).status_code == 302
    assert OpenDay.objects.get().day == day
    assert "déjà ouvert" in confirm(client, reverse("desk:open_day"), said).text


def test_a_site_is_closed_and_each_person_is_told(places, desk):
    life = factory.appointed()
    client, day = desk(), clock.legal_day(life.appointment.starts_at)
    said = {"site": places.here.site, "reason": "Travaux"}

    answer = confirm(
        client,
        reverse("desk:close_site"),
        said | parts("first_day", day) | parts("last_day", day),
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

    for name in (
        "counters",
        "close_site",
        "open_counter",
        "open_day",
        "take_out_counter",
        "calendar",
        "to_call",
    ):
        assert client.get(reverse(f"desk:{name}")).status_code == 403


def closed(client, place, day, *, days=3):
    """A closure of some days, made by the page."""
    said = {"site": place.site, "reason": "Travaux"} | parts("first_day", day)
    confirm(
        client, reverse("desk:close_site"), said | parts("last_day", day + dt.timedelta(days=days))
    )
    return Closure.objects.get()


def test_a_closure_is_shortened_then_given_up_after_a_preview(places, desk):
    client, day = desk(), clock.today() + dt.timedelta(days=14)
    found = closed(client, places.here, day)
    url = reverse("desk:open_site_sooner", args=[found.pk])
    assert url in client.get(reverse("desk:counters")).text
    last = parts("last_day", day + dt.timedelta(days=1))

    preview = client.post(url, {"how": "shorten"} | last)
    assert "Aucun rendez-vous déjà donné n’est touché" in preview.text
    assert Closure.objects.get().period == found.period
    shortened = confirm(client, url, {"how": "shorten"} | last)

    assert shortened.url == reverse("desk:counters")
    ends_at = Closure.objects.get().period.upper.astimezone(clock.PARIS)
    assert (ends_at.date(), ends_at.hour) == (day + dt.timedelta(days=2), 0)
    confirm(client, url, {"how": "give_up"})
    assert Closure.objects.get().period.isempty
    assert client.get(url).status_code == 404
    assert "Aucune fermeture" in client.get(reverse("desk:counters")).text


def test_an_absence_that_ends_early_gives_the_counter_back(places, desk):
    client, day = desk(), clock.today() + dt.timedelta(days=14)
    said = {"counter": places.here.counters[0], "kind": "agent_absent"}
    said |= parts("first_day", day) | parts("last_day", day + dt.timedelta(days=3))
    confirm(client, reverse("desk:take_out_counter"), said)
    url = reverse("desk:take_counter_back", args=[CounterOutage.objects.get().pk])

    assert url in client.get(reverse("desk:counters")).text
    assert confirm(client, url, {"how": "give_up"}).status_code == 302
    assert CounterOutage.objects.get().period.isempty


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Choisissez ce que vous voulez faire"),
        ({"how": "shorten"}, "Dites le dernier jour"),
        ({"how": "other"}, "choix"),
        ({"how": "shorten", "days": 3}, "avant sa fin actuelle"),
        ({"how": "shorten", "days": -2}, "après le début"),
    ],
)
def test_a_closure_is_not_opened_sooner_without_a_day_that_does_it(places, desk, said, sentence):
    client, day = desk(), clock.today() + dt.timedelta(days=14)
    found = closed(client, places.here, day)
    if "days" in said:
        said = {"how": said["how"]} | parts("last_day", day + dt.timedelta(days=said["days"]))

    answer = client.post(reverse("desk:open_site_sooner", args=[found.pk]), said)

    assert (answer.status_code, Closure.objects.get().period) == (200, found.period)
    assert sentence in answer.text


def test_what_a_colleague_changed_meanwhile_is_shown_again(places, desk):
    client, day = desk(), clock.today() + dt.timedelta(days=14)
    found = closed(client, places.here, day)
    url = reverse("desk:open_site_sooner", args=[found.pk])
    shown = client.post(url, {"how": "give_up"}).context["effect"]
    confirm(client, url, {"how": "shorten"} | parts("last_day", day))

    answer = client.post(url, {"how": "give_up", "shown": shown.version})

    assert (answer.status_code, Closure.objects.get().period.isempty) == (200, False)
    assert "a changé depuis l’aperçu" in answer.text


def test_a_supervisor_of_another_office_finds_no_such_closure(places, desk, at_desk):
    found = closed(desk(), places.here, clock.today() + dt.timedelta(days=14))
    elsewhere = at_desk(UserFactory(prefecture="34", supervisor=True))

    answer = elsewhere.get(reverse("desk:open_site_sooner", args=[found.pk]))

    assert answer.status_code == 404
