"""The person's page: their appointment and nobody else's, and never a free slot."""

import datetime as dt

import pytest
from django.conf import settings
from django.urls import get_resolver, reverse
from icalendar import Calendar

from appointments.enums import AppointmentState
from appointments.models import UndeliveredNotice
from appointments.services import checking_in, missing, visiting
from portal.core.door import acting, acting_for
from portal.correspondence.models import OutgoingMail
from tests.factories import appointments as factory

PAGES = ("show", "ics", "notice", "cannot_come")


def url(name, life):
    return reverse(f"appointments:{name}", args=[life.dossier.pk])


@pytest.fixture
def enter(client):
    """Sign in at the public door, whose cookie has its own name."""

    def as_person(user):
        client.force_login(user, backend="portal.accounts.sign_in.DoorBackend")
        client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    return as_person


def test_the_page_says_when_where_and_what_to_bring(places, enter):
    life = factory.appointed()

    page = enter(life.applicant).get(url("show", life)).text

    assert life.appointment.site.name in page
    assert f"{life.appointment.code[:4]} {life.appointment.code[4:]}" in page
    assert "Votre titre de séjour actuel" in page
    assert url("cannot_come", life) in page


def test_the_page_before_the_run_says_that_nothing_is_to_book(places, enter):
    life = factory.cleared()

    page = enter(life.applicant).get(url("show", life)).text

    assert "automatiquement" in page
    assert '<form method="post" action="/mon-espace' not in page


def test_without_a_right_to_a_visit_there_is_nothing_to_do(places, enter):
    life = factory.Life()

    assert "Aucun rendez-vous" in enter(life.applicant).get(url("show", life)).text


@pytest.mark.parametrize("name", PAGES)
def test_anothers_appointment_does_not_exist(places, enter, name):
    life = factory.appointed()

    assert enter(factory.workflows.applicant()).get(url(name, life)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_is_shown_the_way_in_and_an_agent_is_refused(places, client, name):
    life = factory.appointed()

    assert client.get(url(name, life)).status_code == 302


def test_the_calendar_file_holds_the_moment_and_no_personal_value(places, enter):
    life = factory.appointed()

    answer = enter(life.applicant).get(url("ics", life))
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]

    assert event.decoded("dtstart") == life.appointment.starts_at
    assert event["status"] == "CONFIRMED"
    assert len(event.walk("VALARM")) == 2
    assert "Exemple" not in answer.text.replace(life.appointment.site.name, "")
    assert life.dossier.number not in answer.text


def test_what_was_given_back_is_taken_out_of_the_calendar(places, enter):
    life = factory.appointed()
    client = enter(life.applicant)
    before = Calendar.from_ical(client.get(url("ics", life)).content)
    client.post(url("cannot_come", life), {"reason": "exam", "sure": "on"})

    after = Calendar.from_ical(client.get(url("ics", life)).content)

    [old], [new] = before.walk("VEVENT"), after.walk("VEVENT")
    assert (before["method"], after["method"]) == ("PUBLISH", "CANCEL")
    assert old["uid"] == new["uid"]
    assert new["sequence"] > old["sequence"]
    assert new["status"] == "CANCELLED"
    assert not new.walk("VALARM")
    assert "Retirer l’ancien rendez-vous" in client.get(url("show", life)).text


def test_giving_it_back_once_keeps_the_rank_and_another_comes(places, enter):
    life = factory.appointed()
    client = enter(life.applicant)

    answer = client.post(url("cannot_come", life), {"reason": "exam", "sure": "on"})
    assert (answer.status_code, answer["Location"]) == (302, url("show", life))
    assert factory.appointment_of(life).state == AppointmentState.CANCELLED
    factory.run()
    again = factory.appointment_of(life)

    assert (again.state, again.attempt, again.user_changes) == (AppointmentState.ISSUED, 2, 1)
    assert again.starts_at.date() != life.appointment.starts_at.date()
    assert "Je ne peux pas venir" not in client.get(url("show", life)).text
    refused = client.post(url("cannot_come", life), {"reason": "exam", "sure": "on"})
    assert (refused.status_code, "Écrivez à la préfecture" in refused.text) == (200, True)
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_giving_back_needs_a_reason_and_certainty(places, enter):
    life = factory.appointed()

    answer = enter(life.applicant).post(url("cannot_come", life), {"reason": "caprice"})

    assert answer.status_code == 200
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_giving_it_back_tells_the_person(places, enter):
    life = factory.appointed()
    client = enter(life.applicant)
    client.post(url("cannot_come", life), {"reason": "work", "sure": "on"})

    with factory.acting(life.applicant.pk):
        subjects = OutgoingMail.objects.filter(recipient=life.applicant).values_list(
            "subject", flat=True
        )
        assert "Vous avez rendu votre rendez-vous" in subjects
    assert "Vous gardez votre rang" in client.get(url("show", life)).text


def test_confirming_is_noted_once(places, enter):
    life = factory.appointed()
    client = enter(life.applicant)

    for _time in range(2):
        assert client.post(url("confirm", life)).status_code == 302
    assert factory.appointment_of(life).state == AppointmentState.CONFIRMED
    assert "Vous avez confirmé" in client.get(url("show", life)).text


def test_once_the_moment_has_come_nothing_can_be_given_back(places, enter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment, minutes=1)

    answer = enter(life.applicant).post(url("cannot_come", life), {"reason": "work", "sure": "on"})

    assert answer.status_code == 200
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_no_address_lists_free_slots(db):
    names = {
        name
        for namespace in ("appointments", "counter")
        for name in get_resolver().namespace_dict[namespace][1].reverse_dict
        if isinstance(name, str)
    }

    assert {name for name in names if "slot" in name or "seat" in name} == set()
    assert dt.timedelta(days=10) == factory.NOTICE


def arrived(life, at_the_visit):
    at_the_visit(life.appointment)
    with acting_for(life.counter) as act:
        given = factory.appointment_of(life)
        checking_in.arrive(given, counter=given.counter, user=life.counter, at=act.now)
        return given


def ended(life, given, outcome, reason):
    with acting_for(life.counter):
        visiting.leave_unfulfilled(given, outcome=outcome, reason=reason, user=life.counter)


def test_somebody_in_the_waiting_room_reads_their_number_and_not_that_they_were_received(
    places, enter, at_the_visit
):
    life = factory.appointed()
    arrived(life, at_the_visit)

    page = enter(life.applicant).get(url("show", life)).text

    assert "Votre numéro est le 1" in page
    assert "Vous avez été reçu" not in page


def test_whom_nobody_recognised_is_not_told_that_they_were_received(places, enter, at_the_visit):
    life = factory.appointed()
    ended(life, arrived(life, at_the_visit), "unidentified", "other_face")
    browser = enter(life.applicant)

    page = browser.get(url("show", life)).text
    followed = browser.get(reverse("space:dossier", args=[life.dossier.pk])).text

    assert "n’a pas pu vérifier votre identité" in page
    for said in (page, followed):
        assert "Vous avez été reçu" not in said
    assert "Votre arrivée au guichet est notée" in followed


def test_a_visit_cut_short_says_so_while_the_next_is_waited_for(places, enter, at_the_visit):
    life = factory.appointed()
    ended(life, arrived(life, at_the_visit), "incomplete", "broken_machine")

    page = enter(life.applicant).get(url("show", life)).text

    assert "Votre visite n’a pas pu aller jusqu’au bout" in page
    assert "Vous avez été reçu" not in page


def test_whose_card_was_given_reads_that_they_were_received(places, enter, at_the_visit):
    life = factory.appointed()
    given = arrived(life, at_the_visit)
    with acting_for(life.counter) as act:
        visiting.fulfil(given, case_id=life.id, user=life.counter, at=act.now, old_card="none")

    assert "Vous avez été reçu" in enter(life.applicant).get(url("show", life)).text


def test_who_was_never_told_reads_that_it_is_no_absence(places, enter, at_the_visit):
    life = factory.appointed()
    with acting(None, scope="system"), factory.role("worker"):
        given = life.appointment
        UndeliveredNotice.objects.create(
            appointment=given,
            dossier_id=given.dossier_id,
            applicant_id=given.applicant_id,
            prefecture_code=given.prefecture_code,
            site_id=given.site_id,
            found_at=given.issued_at,
        )
    at_the_visit(life.appointment, hours=5)
    with factory.issuer() as act:
        missing.mark_missed("75", at=act.now)

    page = enter(life.applicant).get(url("show", life)).text

    assert "cela ne compte pas comme une absence" in page
    assert "Vous n’êtes pas venu" not in page
