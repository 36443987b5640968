"""What the person reads at each stage of a review."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from dossiers.models.procedure import published
from portal.space import words
from tests.factories.accounts import UserFactory
from tests.factories.workflows import Life
from workflows.api import CaseState, NextActor


@pytest.fixture(autouse=True)
def fresh_versions():
    published.cache_clear()


@pytest.fixture
def person(db):
    return UserFactory()


@pytest.fixture
def life(person):
    return Life(owner=person)


@pytest.fixture
def browser(client, person):
    client.force_login(person)
    client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def only_card(browser):
    (card,) = browser.get(reverse("space:home")).context["filed"]
    return card


def followed(browser, life):
    return browser.get(reverse("space:dossier", args=[life.dossier.pk]))


def test_completion_asked_is_the_first_thing_read(browser, life):
    life.completion_asked()

    card, page = only_card(browser), followed(browser, life)

    address = reverse("dossiers:completion", args=[life.dossier.pk])
    assert (card.badge, card.tone, card.who_is_next) == ("Nous vous attendons", "warning", "Vous")
    assert card.action.href == address
    assert card.due == words.in_full(page.context["asked"].due_on)
    assert f'href="{address}"' in page.text


def test_what_does_not_stop_the_review_is_said_so(browser, life):
    life.acknowledged().supply_asked()

    card, page = only_card(browser), followed(browser, life)

    assert card.action.words == "Envoyer ce qui est demandé"
    assert card.who_is_next == "La préfecture"
    assert "Vous pouvez continuer d’attendre" in page.text
    asked = browser.get(reverse("dossiers:completion", args=[life.dossier.pk])).text
    assert "l’examen de votre demande ne s’arrête pas" in asked
    assert "est arrêté jusqu’à ce jour" not in asked


def test_a_grant_that_waits_promises_no_title_yet(browser, life):
    life.acknowledged().supply_asked().proposed("grant").signed()

    card, page = only_card(browser), followed(browser, life)

    assert "ne prend effet que" in card.cover
    assert "prendra effet quand la préfecture aura reçu" in page.text
    assert card.action.words == "Envoyer ce qui est demandé"
    page = browser.get(reverse("dossiers:completion", args=[life.dossier.pk]))
    assert page.status_code == 200


def test_review_asks_nothing_of_the_person_and_names_the_legal_delay(browser, life):
    life.acknowledged()

    page = followed(browser, life)

    assert page.context["action"] is None
    assert page.context["awaits_answer"] is True
    assert page.context["case"].implicit_refusal_article in page.text


def test_consulted_service_is_told_without_its_name(browser, life):
    life.acknowledged().opinion_asked()

    assert only_card(browser).who_is_next == "Un service consulté par la préfecture"


def test_refusal_is_said_plainly_and_stops_the_clock(browser, life):
    life.acknowledged().proposed("refuse").signed()

    page = followed(browser, life)

    assert only_card(browser).tone == "danger"
    assert page.context["callout_tone"] == "quiet"
    assert page.context["awaits_answer"] is False


def test_grant_names_the_dates_of_the_title(browser, life):
    life.granted()

    card, page = only_card(browser), followed(browser, life)

    assert card.tone == "success"
    assert words.in_full(life.case.title_ends_on) in card.cover
    assert page.context["awaits_answer"] is False


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_every_next_actor_has_words(language):
    with translation.override(language):
        assert all(str(words.WHO_IS_NEXT[actor]) for actor in NextActor)


def test_every_state_has_a_colour():
    known = words.BAD_NEWS | words.GOOD_NEWS | words.ENDED_WITHOUT_ANSWER

    assert known < set(CaseState)
