"""Accounts and posts: the database refuses what must never be."""

import contextlib
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from portal.accounts.models import Post, User
from portal.core import clock
from tests.factories.accounts import PostFactory, UserFactory, as_worker

pytestmark = pytest.mark.django_db


def test_email_is_kept_in_lower_case_and_found_whatever_the_case():
    user = User.objects.create_user("  Nadia@Exemple.FR ", "secret")

    assert user.email == "nadia@exemple.fr"
    assert User.objects.get_by_natural_key("NADIA@exemple.fr") == user


def test_two_accounts_cannot_share_an_address_in_another_case():
    UserFactory(email="nadia@exemple.fr")

    with pytest.raises(IntegrityError, match="an_address_is_kept_in_lower_case"):
        User.objects.bulk_create([User(email="Nadia@exemple.fr")])


def test_an_applicant_cannot_have_a_name_in_the_account():
    with pytest.raises(IntegrityError, match="an_applicant_has_no_name_in_the_account"):
        User.objects.create_user("a@exemple.fr", display_name="Nadia")


def test_only_an_administrator_can_be_a_superuser():
    refused = pytest.raises(IntegrityError, match="only_an_administrator_is_a_superuser")

    with as_worker(), refused, transaction.atomic():
        User.objects.create_user("a@exemple.fr", kind="editor", is_superuser=True)


def test_a_password_is_the_same_however_its_accents_are_composed():
    user = UserFactory(password="été à la mer")

    assert user.check_password("e\u0301te\u0301 a\u0300 la mer")


@pytest.mark.parametrize("kind", ["applicant", "editor", "auditor", "administrator"])
def test_roles_of_a_person_without_posts_follow_their_kind(kind):
    user = UserFactory(**{kind: True})

    assert user.roles == frozenset({kind})
    assert user.prefectures == ()


def test_roles_and_prefectures_of_an_agent_are_todays_posts(django_assert_num_queries):
    agent = UserFactory(reviewer=True, prefecture="75", signatory=True)
    today = clock.today()
    for role, starts, ends in [
        ("supervisor", today + timedelta(days=1), None),
        ("counter_agent", today - timedelta(days=9), today - timedelta(days=1)),
    ]:
        PostFactory(user=agent, prefecture_id="75", role=role, starts_on=starts, ends_on=ends)
    agent = User.objects.get(pk=agent.pk)

    with django_assert_num_queries(2):  # the clock, then the posts
        assert agent.roles == {"reviewer", "signatory"}
        assert agent.prefectures == ("75",)
        assert agent.roles == {"reviewer", "signatory"}


def test_a_post_counts_on_its_last_day():
    agent = UserFactory(agent=True)
    PostFactory(user=agent, ends_on=clock.today())

    assert agent.roles == {"reviewer"}


def test_a_closed_account_has_no_role():
    agent = UserFactory(reviewer=True)
    agent.is_active = False

    assert (agent.roles, agent.prefectures) == (frozenset(), ())


def test_an_agent_cannot_serve_two_prefectures_on_the_same_day():
    agent = UserFactory(reviewer=True, prefecture="69")

    with pytest.raises(IntegrityError, match="an_agent_serves_one_prefecture_at_a_time"):
        PostFactory(user=agent, prefecture_id="75", role="signatory")


def test_an_agent_may_move_to_another_prefecture_the_next_day():
    agent = UserFactory(agent=True)
    PostFactory(user=agent, prefecture_id="69", ends_on=date(2026, 1, 31))

    PostFactory(user=agent, prefecture_id="75", starts_on=date(2026, 2, 1))

    assert agent.posts.count() == 2


def test_an_agent_cannot_hold_one_role_twice():
    agent = UserFactory(reviewer=True)

    with pytest.raises(IntegrityError, match="an_agent_holds_a_role_once_at_a_time"):
        PostFactory(user=agent, role="reviewer", starts_on=date(2026, 1, 1))


def test_a_post_cannot_end_before_it_starts():
    with pytest.raises(IntegrityError, match="a_post_ends_after_it_starts"):
        PostFactory(user=UserFactory(agent=True), ends_on=date(2019, 1, 1))


@pytest.mark.parametrize("kind", ["applicant", "editor", "auditor", "administrator"])
def test_nobody_but_an_agent_holds_a_post(kind):
    with pytest.raises(IntegrityError, match="a_post_is_held_by_an_agent"):
        PostFactory(user=UserFactory(**{kind: True}))


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ({"reviewer": True}, {"kind": "editor"}),
        ({}, {"kind": "administrator", "is_superuser": True}),
        ({"administrator": True}, {"is_superuser": True}),
    ],
)
def test_no_account_is_ever_promoted(before, change):
    user = UserFactory(**before)

    for role in (contextlib.nullcontext, as_worker):
        with role(), pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**change)


@pytest.mark.parametrize("kind", ["agent", "editor", "auditor", "administrator"])
def test_the_web_process_makes_applicants_only(kind):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        User.objects.create_user("a@exemple.fr", kind=kind)


def test_the_web_process_cannot_give_a_post():
    agent = UserFactory(agent=True)

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Post.objects.create(
            user=agent, prefecture_id="69", role="signatory", starts_on=date(2020, 1, 1)
        )


def test_the_editing_process_sees_those_who_publish_and_no_applicant(as_role):
    for kind in ("applicant", "agent", "auditor"):
        UserFactory(**{kind: True})
    editor, administrator = UserFactory(editor=True), UserFactory(administrator=True)

    with as_role("editing"):
        seen = set(User.objects.values_list("pk", flat=True))

    assert seen == {editor.pk, administrator.pk}


@pytest.mark.parametrize(
    ("role", "table"), [("editing", "django_session"), ("web", "portal_editing_cache")]
)
def test_editors_and_everybody_else_share_no_session(as_role, role, table):
    refused = pytest.raises(ProgrammingError, match="permission denied")

    with as_role(role), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(f"select * from {table}")


def test_the_worker_may_give_a_post():
    with as_worker():
        post = Post.objects.create(
            user=UserFactory(agent=True),
            prefecture_id="69",
            role="signatory",
            starts_on=date(2020, 1, 1),
        )

    assert post.user_kind == "agent"
