"""Who may come in: decided before the view, by one declaration for each address."""

from types import SimpleNamespace
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.utils.http import urlencode

from portal.core.policy import ANYONE, SIGNED_IN, Policy, PolicyMiddleware, kept_form, route
from tests.factories.accounts import UserFactory


def person(*roles):
    return SimpleNamespace(is_authenticated=bool(roles), roles=frozenset(roles))


REVIEWERS = Policy("agent", frozenset({"reviewer"}), "prefecture", "case")


@pytest.mark.parametrize(
    ("policy", "user", "admitted"),
    [
        (Policy("public", ANYONE), person(), True),
        (Policy("applicant", SIGNED_IN), person(), False),
        (Policy("applicant", SIGNED_IN), person("applicant"), True),
        (REVIEWERS, person("reviewer", "signatory"), True),
        (REVIEWERS, person("signatory"), False),
        (REVIEWERS, person(), False),
    ],
)
def test_policy_admits_the_roles_it_names(policy, user, admitted):
    assert policy.admits(user) is admitted


@pytest.mark.parametrize(("door", "relation"), [("window", "own"), ("agent", "friend")])
def test_policy_refuses_unknown_words(door, relation):
    with pytest.raises(ImproperlyConfigured):
        Policy(door, ANYONE, relation)


def decide(rf, user, policy, method="get", data=None):
    view = route("x/", lambda r: HttpResponse("in"), name="x", policy=policy).callback
    form = "application/x-www-form-urlencoded"
    request = rf.generic(method.upper(), "/mon-espace/x/?a=1", urlencode(data or {}), form)
    request.user, request.session = user, {}
    request.resolver_match = SimpleNamespace(func=view, view_name="room:x", kwargs={})
    return request, PolicyMiddleware(lambda r: None).process_view(request, view, (), {})


def test_visitor_is_shown_the_way_in_and_comes_back(rf):
    _request, answer = decide(rf, person(), Policy("applicant", SIGNED_IN))

    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=%2Fmon-espace%2Fx%2F%3Fa%3D1")


def test_person_without_the_role_is_refused_and_the_journal_says_so(rf, db):
    user = UserFactory()

    with mock.patch("portal.core.journal.record") as record, pytest.raises(PermissionDenied):
        decide(rf, user, REVIEWERS)

    assert record.call_args.args == ("access.refused",)


def test_what_was_typed_is_kept_when_the_session_has_ended(rf):
    typed = {"birth_name": "Ünal", "csrfmiddlewaretoken": "secret"}

    request, _answer = decide(rf, person(), Policy("applicant", SIGNED_IN), "post", typed)

    assert kept_form(request) == {"birth_name": ["Ünal"]}
    assert kept_form(request) is None


def test_what_was_typed_is_given_back_on_its_own_page_only(rf):
    request, _answer = decide(rf, person(), Policy("applicant", SIGNED_IN), "post", {"a": "b"})
    request.path = "/mon-espace/y/"

    assert kept_form(request) is None


def test_a_very_long_form_is_not_kept_in_the_session(rf):
    request, _ = decide(rf, person(), Policy("applicant", SIGNED_IN), "post", {"a": "b" * 30_000})

    assert kept_form(request) is None


def test_no_password_is_ever_kept_in_the_session(rf):
    typed = {"oldpassword": "un", "password1": "deux", "other": "trois"}

    request, _ = decide(rf, person(), Policy("applicant", SIGNED_IN), "post", typed)

    assert "kept_form" not in request.session
