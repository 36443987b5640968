"""The person's space: their dossiers, nobody else's, in few questions to the database."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models.procedure import published
from portal.core.door import acting
from portal.correspondence import api as correspondence
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, filed
from tests.factories.workflows import filed_dossier

TABS = ["space:dossier", "space:answers", "space:documents"]
FRAMING = ("SAVEPOINT", "RELEASE")


@pytest.fixture(autouse=True)
def fresh_versions():
    published.cache_clear()


@pytest.fixture
def person(db):
    return UserFactory()


@pytest.fixture
def browser(client, person):
    client.force_login(person)
    client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def statements(client, address):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    return [query["sql"] for query in queries if not query["sql"].startswith(FRAMING)]


def test_visitor_is_shown_the_way_in(client, db):
    answer = client.get(reverse("space:home"))

    assert (answer.status_code, answer["Location"].split("?")[0]) == (
        302,
        reverse("account_login"),
    )


def test_empty_space_says_what_to_do_first(browser):
    answer = browser.get(reverse("space:home"))

    assert answer.status_code == 200
    assert "po-nothing" in answer.text


def test_draft_can_be_continued(browser, person):
    dossier = draft(person)

    answer = browser.get(reverse("space:home"))

    assert reverse("dossiers:tasks", args=[dossier.pk]) in answer.text
    assert answer.context["filed"] == []


def test_each_card_for_a_child_says_which_child(browser, person):
    filed(person, "minor-travel-document", given_names="Nour")
    draft(person, "minor-travel-document", given_names="Sami")

    answer = browser.get(reverse("space:home"))

    assert "– Nour EXEMPLE" in answer.text
    assert "– Sami EXEMPLE" in answer.text


def test_card_of_a_filed_dossier_says_where_it_stands_and_who_is_next(browser, person):
    dossier = filed_dossier(person)

    answer = browser.get(reverse("space:home"))

    (card,) = answer.context["filed"]
    assert card.number == dossier.number
    assert card.sentence in answer.text
    assert card.who_is_next == "La préfecture"
    assert reverse("space:dossier", args=[dossier.pk]) in answer.text


@pytest.mark.parametrize("name", TABS)
def test_another_persons_dossier_does_not_exist(browser, name):
    dossier = filed_dossier(UserFactory())

    assert browser.get(reverse(name, args=[dossier.pk])).status_code == 404


@pytest.mark.parametrize("name", TABS)
def test_own_dossier_shows_its_number(browser, person, name):
    dossier = filed_dossier(person)

    answer = browser.get(reverse(name, args=[dossier.pk]))

    assert answer.status_code == 200
    assert dossier.number in answer.text


def test_draft_is_continued_rather_than_followed(browser, person):
    dossier = draft(person)

    answer = browser.get(reverse("space:dossier", args=[dossier.pk]))

    assert answer["Location"] == reverse("dossiers:tasks", args=[dossier.pk])


def test_timeline_is_told_from_the_newest_line(browser, person):
    dossier = filed_dossier(person)
    with acting(person.pk):
        lines = [line.title for line in correspondence.timeline(dossier.pk)]

    answer = browser.get(reverse("space:dossier", args=[dossier.pk]))

    assert lines != []
    assert [line.title for line in answer.context["lines"]] == lines


def test_answers_are_shown_as_they_were_filed(browser, person):
    dossier = filed_dossier(person)

    answer = browser.get(reverse("space:answers", args=[dossier.pk]))

    assert "Ville-Test" in answer.text
    assert [filing.number for filing in answer.context["filings"]] == [1]


def test_home_asks_as_much_for_three_dossiers_as_for_one(browser, person):
    filed_dossier(person)
    browser.get(reverse("space:home"))
    one = statements(browser, reverse("space:home"))
    filed_dossier(person)
    filed_dossier(person)

    three = statements(browser, reverse("space:home"))

    assert len(three) == len(one), "\n".join(three)
    assert len(three) <= 12, "\n".join(three)


@pytest.mark.parametrize("name", TABS)
def test_pages_of_a_dossier_ask_little(browser, person, name):
    dossier = filed_dossier(person)
    address = reverse(name, args=[dossier.pk])
    browser.get(address)

    asked = statements(browser, address)

    assert len(asked) <= 12, "\n".join(asked)
