"""The editors' process, with the rights of its own database role."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.api import admit_editor
from cms.models import GuidancePage, ProcedurePage
from dossiers import api as dossiers
from portal.accounts.door_sessions import COOKIES
from tests.factories.accounts import UserFactory
from tests.factories.cms import first_pages

pytestmark = pytest.mark.urls("tests.cms.editing_urls")


@pytest.fixture
def editors(as_role, settings):
    settings.SESSION_ENGINE = settings.EDITING_SESSION_ENGINE
    people = [UserFactory(editor=True), UserFactory(editor=True)]
    with as_role("worker"):
        for person in people:
            admit_editor(person)
    with as_role("editing"):
        first_pages()
        yield people


@pytest.fixture
def editor(editors):
    return editors[0]


@pytest.fixture
def browser(client, editor, settings):
    settings.IS_EDITING_PROCESS = True
    return enter(client, editor)


def enter(client, person):
    client.force_login(person)
    client.cookies[COOKIES["edit"].name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def test_visitor_is_sent_to_the_editors_sign_in(client, editor):
    answer = client.get(reverse("wagtailadmin_home"))

    assert (answer.status_code, answer["Location"].split("?")[0]) == (
        302,
        reverse("wagtailadmin_login"),
    )


def test_editor_reaches_the_pages(browser):
    assert browser.get(reverse("wagtailadmin_home")).status_code == 200


def test_editor_opens_a_page_and_may_submit_but_not_publish(browser):
    page = GuidancePage.objects.order_by("path").first()

    answer = browser.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert answer.status_code == 200
    assert 'name="action-submit"' in answer.text
    assert 'name="action-publish"' not in answer.text


def test_preview_shows_the_facts_of_the_catalogue(browser):
    page = ProcedurePage.objects.get(procedure_code="duplicate")

    answer = browser.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert answer.status_code == 200
    assert dossiers.procedure("duplicate", "fr").evidence[0].label in answer.text
    assert "'unsafe-inline'" in answer["Content-Security-Policy"]


def test_draft_saved_in_the_editor_is_kept_and_not_on_line(browser):
    page = GuidancePage.objects.order_by("path").first()
    shown = page.title
    question = {"question": "Pourquoi ?", "answer": rich_text("<p>Parce que.</p>")}
    posted = nested_form_data(
        {
            "title": "Titre en projet",
            "slug": page.slug,
            "summary": page.summary,
            "seo_title": "",
            "search_description": "",
            "body": streamfield([("question", question)]),
            "comments": {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"},
        }
    )

    browser.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), posted)

    page.refresh_from_db()
    assert (page.title, page.live) == (shown, True)
    assert page.get_latest_revision_as_object().title == "Titre en projet"


def test_page_goes_on_line_when_a_colleague_approves_it_and_not_before(browser, editors):
    editor, colleague = editors
    page = GuidancePage.objects.order_by("path").first()
    page.title = "Titre relu"
    page.save_revision(user=editor)
    task = page.get_workflow().start(page, editor).current_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])

    browser.post(address)
    page.refresh_from_db()
    assert page.title != "Titre relu"

    enter(Client(), colleague).post(address)
    page.refresh_from_db()
    assert (page.title, page.live) == ("Titre relu", True)


def test_editors_see_no_library_of_files(browser):
    answer = browser.get(reverse("wagtailadmin_home"))

    assert reverse("wagtailimages:index") not in answer.text
