"""Two people publish a page: the one who wrote last cannot approve it."""

import pytest
from django.core.exceptions import PermissionDenied

from cms.api import admit_editor
from cms.models import GroupReviewTask, GuidancePage
from tests.factories.accounts import UserFactory
from tests.factories.cms import first_pages


@pytest.fixture
def page(as_role):
    with as_role("editing"):
        first_pages()
    return GuidancePage.objects.order_by("path").first()


@pytest.fixture
def editors(as_role):
    people = [UserFactory(editor=True), UserFactory(editor=True)]
    with as_role("worker"):
        for person in people:
            admit_editor(person)
    return people


def approvals(page, user):
    task = GroupReviewTask.objects.get()
    return [name for name, _label, _comment in task.get_actions(page, user) if name == "approve"]


def submit(page, user):
    page.title = "Nouveau titre"
    page.save_revision(user=user)
    return page.get_workflow().start(page, user)


def test_the_last_author_has_no_way_to_approve(page, editors, as_role):
    author, colleague = editors
    with as_role("editing"):
        submit(page, author)

    assert approvals(page, author) == []
    assert approvals(page, colleague) != []


def test_correcting_the_page_makes_the_reviewer_its_author(page, editors, as_role):
    author, colleague = editors
    with as_role("editing"):
        submit(page, author)
        page.save_revision(user=colleague)

    assert approvals(page, colleague) == []
    assert approvals(page, author) != []


def test_someone_outside_the_group_approves_nothing(page, editors, as_role):
    stranger = UserFactory(editor=True)
    with as_role("editing"):
        submit(page, editors[0])

    assert approvals(page, stranger) == []


def test_approval_by_a_second_person_puts_the_page_on_line(page, editors, as_role):
    author, colleague = editors
    with as_role("editing"):
        state = submit(page, author)
        task = state.current_task_state
        task.task.specific.on_action(task, user=colleague, action_name="approve")

    page.refresh_from_db()
    assert (page.title, page.live, page.has_unpublished_changes) == ("Nouveau titre", True, False)


def test_an_author_cannot_approve_even_by_a_forged_request(page, editors, as_role):
    author = editors[0]
    with as_role("editing"):
        task = submit(page, author).current_task_state

        with pytest.raises(PermissionDenied):
            task.task.specific.on_action(task, user=author, action_name="approve")

    page.refresh_from_db()
    assert page.has_unpublished_changes is True
