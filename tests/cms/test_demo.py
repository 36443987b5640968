"""Loading the first pages: whole, repeatable, and never over an editor's work."""

import pytest
from wagtail.models import GroupPagePermission, Locale, Page, Site, Workflow

from cms import demo
from cms.models import GroupReviewTask, GuidancePage, HomePage


@pytest.fixture
def editing(as_role):
    with as_role("editing"):
        yield


def test_load_publishes_the_same_pages_in_every_language(editing):
    created = demo.load()

    by_language = {
        locale.language_code: {page.translation_key for page in created if page.locale == locale}
        for locale in Locale.objects.order_by("pk")
    }
    assert set(by_language) == {"fr", "en", "ar"}
    assert by_language["fr"] == by_language["en"] == by_language["ar"]
    assert {(page.live, page.has_unpublished_changes) for page in created} == {(True, False)}
    assert Site.objects.get().root_page.specific == HomePage.objects.get(locale__language_code="fr")


def test_load_twice_creates_nothing_more(editing):
    demo.load(["fr"])
    before = set(Page.objects.values_list("pk", "latest_revision"))

    assert demo.load(["fr"]) == []
    assert set(Page.objects.values_list("pk", "latest_revision")) == before


def test_load_leaves_what_editors_wrote_and_what_they_removed(editing):
    demo.load(["fr"])
    kept, removed = GuidancePage.objects.order_by("path")[:2]
    kept.title = "Écrit par une rédactrice"
    kept.save_revision().publish()
    removed.delete()

    demo.load(["fr"])

    assert GuidancePage.objects.get(pk=kept.pk).title == "Écrit par une rédactrice"
    assert not GuidancePage.objects.filter(title=removed.title).exists()


def test_load_leaves_nobody_able_to_publish_alone(editing):
    demo.load(["fr"])

    assert not GroupPagePermission.objects.filter(permission__codename="publish_page").exists()
    workflow = HomePage.objects.get().get_workflow()
    assert [task.specific for task in workflow.tasks] == [GroupReviewTask.objects.get()]
    assert Workflow.objects.filter(active=True).get() == workflow
