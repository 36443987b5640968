"""The page of a near place: its one person reads it, answers once, and reads what became of it."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from procrastinate.contrib.django.models import ProcrastinateJob

from appointments.enums import OfferState
from appointments.models import Preference, ShortNoticeOffer
from portal.core import clock
from portal.core.door import acting_for
from tests.factories import appointments as factory

QUERIES_OF_AN_OFFER = 13
ONE = "une place proche vous est proposée</a>"


@pytest.fixture
def enter(client):
    def as_person(user):
        client.force_login(user, backend="portal.accounts.sign_in.DoorBackend")
        client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    return as_person


@pytest.fixture
def life(shut_places):
    return factory.offered(shut_places.here)


def page(life, name="show"):
    return reverse(f"appointments:{name}", args=[life.dossier.pk])


def offer_page(life, offer_id=None):
    return reverse("appointments:offer", args=[life.dossier.pk, offer_id or life.offer.pk])


def in_words(moment):
    return date_format(moment.astimezone(clock.PARIS), "l j F Y")


def state_of(life):
    return factory.offer_of(life).state


def test_the_page_says_what_is_offered_until_when_and_what_follows(life, enter):
    text = enter(life.applicant).get(offer_page(life)).text

    for said in (
        in_words(life.offer.starts_at),
        in_words(life.offer.expires_at),
        life.offer.site.name,
        "Vous acceptez",
        "Vous refusez",
        "Vous ne répondez pas",
        "Personne d’autre ne la voit",
        "Votre passeport",
        'name="answer" value="accept"',
        'name="answer" value="decline"',
    ):
        assert said in text, said


def test_a_yes_on_the_page_leads_to_the_appointment(life, enter):
    client = enter(life.applicant)
    answer = client.post(offer_page(life), {"answer": "accept"}, follow=True)

    assert answer.redirect_chain == [(page(life), 302)]
    assert "le rendez-vous est à vous" in answer.text
    assert "Rechargez cette page dans une minute" in answer.text
    assert "Votre convocation arrive" in client.get(offer_page(life)).text
    with factory.role("issuer"):
        (job,) = ProcrastinateJob.objects.filter(task_name="appointments.issue_near")
    assert job.args == {"_act": {"actor": None}, "prefecture_code": "75"}

    factory.run_near()
    given = factory.appointment_of(life)
    shown = client.get(page(life)).text
    assert in_words(given.starts_at) in shown
    assert "Rechargez cette page" not in shown


def test_a_no_on_the_page_keeps_the_rank(life, enter):
    client = enter(life.applicant)
    answer = client.post(offer_page(life), {"answer": "decline"}, follow=True)

    assert "Vous gardez votre rang" in answer.text
    assert state_of(life) == OfferState.DECLINED
    again = client.get(offer_page(life)).text
    assert "Vous avez refusé cette place" in again
    assert 'name="answer"' not in again


def test_two_tabs_say_it_once_and_the_second_one_reads_so(life, enter):
    client = enter(life.applicant)
    for _tab in range(2):
        answer = client.post(offer_page(life), {"answer": "accept"}, follow=True)
        assert "le rendez-vous est à vous" in answer.text
    contrary = client.post(offer_page(life), {"answer": "decline"}, follow=True)

    assert contrary.redirect_chain == [(offer_page(life), 302)]
    assert "Vous avez déjà accepté cette place" in contrary.text
    assert state_of(life) == OfferState.ACCEPTED


def test_a_late_yes_reads_one_clear_sentence(life, enter, move_clock):
    client = enter(life.applicant)
    move_clock(timedelta(hours=24))
    answer = client.post(offer_page(life), {"answer": "accept"}, follow=True)

    assert answer.redirect_chain == [(offer_page(life), 302)]
    assert "cette place va à une autre personne. Vous gardez votre rang" in answer.text
    assert 'name="answer"' not in answer.text
    assert in_words(life.offer.starts_at) not in answer.text


def test_what_the_office_ended_is_said_with_its_reason(life, enter):
    with acting_for(life.applicant):
        Preference.objects.update(short_notice=False)
    answer = enter(life.applicant).post(offer_page(life), {"answer": "accept"}, follow=True)

    assert "Cette place n’est plus disponible. Vous gardez votre rang." in answer.text
    assert "Vous ne souhaitez plus de place proche" in answer.text


@pytest.mark.parametrize("said", [{}, {"answer": "maybe"}, {"answer": ""}])
def test_no_answer_is_asked_again_in_one_sentence(life, enter, said):
    answer = enter(life.applicant).post(offer_page(life), said)

    assert answer.status_code == 200
    assert answer.text.count("Acceptez ou refusez cette place.") >= 1
    assert state_of(life) == OfferState.OPEN


def test_the_offer_exists_for_its_person_alone(life, enter, at_desk):
    other = factory.volunteer()
    theirs = reverse("appointments:offer", args=[other.dossier.pk, life.offer.pk])

    for person, address in (
        (other.applicant, offer_page(life)),
        (other.applicant, theirs),
        (life.applicant, offer_page(life, uuid.uuid4())),
        (factory.workflows.applicant(), offer_page(life)),
    ):
        for method in ("get", "post"):
            answer = getattr(enter(person), method)(address, {"answer": "accept"})
            assert answer.status_code == 404
    assert at_desk(life.supervisor).get(offer_page(life)).status_code in {302, 403, 404}
    assert state_of(life) == OfferState.OPEN


def test_a_tab_left_open_answers_the_offer_that_it_shows(shut_places, life, enter):
    client = enter(life.applicant)
    client.post(offer_page(life), {"answer": "decline"})
    factory.open_once(shut_places.here, seats=1, in_days=7)
    factory.open_calendar()
    factory.run_near()
    second = factory.offer_of(life)
    assert second.pk != life.offer.pk

    answer = client.post(offer_page(life), {"answer": "accept"}, follow=True)
    assert "Vous avez déjà refusé cette place" in answer.text
    with acting_for(life.applicant):
        assert ShortNoticeOffer.objects.get(pk=second.pk).state == OfferState.OPEN


def test_the_space_says_what_to_do_and_by_when(life, enter):
    client = enter(life.applicant)
    home, dossier = (
        client.get(reverse("space:home")).text,
        client.get(reverse("space:dossier", args=[life.dossier.pk])).text,
    )
    shown = client.get(page(life)).text

    for text in (home, dossier):
        assert ONE in text
        assert offer_page(life) in text
        assert in_words(life.offer.starts_at) not in text
    assert in_words(life.offer.expires_at) in dossier
    assert offer_page(life) in shown
    client.post(offer_page(life), {"answer": "decline"})
    assert ONE not in client.get(reverse("space:home")).text


def test_the_wish_is_said_and_taken_back_on_the_page_of_preferences(life, enter):
    client = enter(life.applicant)
    before = client.get(page(life, "preferences")).text
    assert "Une place proche peut m’être proposée" in before
    assert "Refuser, ou ne pas répondre, ne change rien à votre rang." in before
    assert "Vous avez dit pouvoir venir vite" in client.get(page(life)).text

    client.post(page(life, "preferences"), {"short_notice": "on", "step_free": "on"})
    assert state_of(life) == OfferState.OPEN
    client.post(page(life, "preferences"), {"step_free": "on"})
    assert state_of(life) == OfferState.WITHDRAWN
    assert "Vous avez dit pouvoir venir vite" not in client.get(page(life)).text
    client.post(page(life, "preferences"), {"short_notice": "on"})
    with acting_for(life.applicant):
        assert Preference.objects.get().short_notice is True


def test_the_page_costs_so_many_queries(life, enter):
    client = enter(life.applicant)
    client.get(offer_page(life))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(offer_page(life))
    assert len(asked) == QUERIES_OF_AN_OFFER, [one["sql"][:90] for one in asked]


def test_a_reader_of_arabic_reads_from_right_to_left(life, enter):
    client = enter(life.applicant)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    text = client.get(offer_page(life)).text

    assert 'dir="rtl"' in text
