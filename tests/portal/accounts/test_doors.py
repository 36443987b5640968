"""Each kind of account enters by its own door, with a session that stays there."""

import pytest
from django.conf import settings
from django.urls import reverse

from portal.accounts.forms import REFUSED as REFUSAL
from portal.accounts.forms import EditorSignInForm
from portal.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
REFUSED = "Connexion refusée. Vérifiez l’adresse et le mot de passe, ou réessayez plus tard."
DESK, COUNTER, PUBLIC = "/agent/connexion/", "/counter/connexion/", "/compte/connexion/"


def sign_in(client, url, user, password=PASSWORD, **more):
    field = "login" if url == PUBLIC else "email"
    return client.post(url, {field: user.email, "password": password, **more})


def test_an_agent_enters_by_the_desk_and_the_cookie_stays_there(client):
    agent = UserFactory(reviewer=True)

    response = sign_in(client, DESK, agent)

    assert (response.status_code, response["Location"]) == (302, reverse("desk:queue"))
    cookie = response.cookies["desk_session"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/agent/", True, "Lax")
    assert cookie["max-age"] == ""
    assert set(response.cookies) <= {"desk_session", "csrftoken"}


@pytest.mark.parametrize(
    ("url", "facts"),
    [
        (DESK, {"applicant": True}),
        (DESK, {"editor": True}),
        (COUNTER, {"applicant": True}),
        (COUNTER, {"administrator": True}),
        (COUNTER, {"auditor": True}),
        (DESK, {"reviewer": True, "is_active": False}),
    ],
)
def test_a_right_password_at_the_wrong_door_reads_like_a_wrong_one(client, url, facts):
    wrong_door = sign_in(client, url, UserFactory(**facts))
    wrong_password = sign_in(client, url, UserFactory(counter_agent=True), "pas le bon")
    unknown = client.post(url, {"email": "inconnu@exemple.fr", "password": "pas le bon"})

    for response in (wrong_door, wrong_password, unknown):
        assert response.status_code == 200
        assert REFUSED in response.text
        assert "desk_session" not in response.cookies


@pytest.mark.parametrize("facts", [{"reviewer": True}, {"auditor": True}, {"administrator": True}])
def test_the_desk_admits_agents_auditors_and_administrators(client, facts):
    assert sign_in(client, DESK, UserFactory(**facts)).status_code == 302


@pytest.mark.parametrize("facts", [{"reviewer": True}, {"editor": True}, {"administrator": True}])
def test_the_public_door_admits_applicants_only(client, facts):
    response = sign_in(client, PUBLIC, UserFactory(**facts))

    assert response.status_code == 200
    assert "portal_session" not in client.cookies or not client.session.get("_auth_user_id")


def test_an_agents_session_under_the_public_cookie_is_nobody(client):
    agent = UserFactory(reviewer=True)
    sign_in(client, DESK, agent)
    stolen = client.cookies["desk_session"].value
    client.cookies.clear()
    client.cookies["portal_session"] = stolen

    response = client.get("/compte/")

    assert response.status_code == 302
    assert response["Location"].startswith(PUBLIC)


def test_five_failures_close_the_account_for_a_while_at_every_door(client):
    agent = UserFactory(reviewer=True)
    for _attempt in range(5):
        sign_in(client, DESK, agent, "pas le bon")

    response = sign_in(client, DESK, agent)

    assert response.status_code == 200
    assert REFUSED in response.text


def test_four_failures_do_not_close_the_account(client):
    agent = UserFactory(reviewer=True)
    for _attempt in range(4):
        sign_in(client, DESK, agent, "pas le bon")

    assert sign_in(client, DESK, agent).status_code == 302


def test_signing_in_goes_where_the_person_was_going(client):
    agent = UserFactory(reviewer=True)

    response = sign_in(client, DESK, agent, next="/agent/?page=2")

    assert response["Location"] == "/agent/?page=2"


@pytest.mark.parametrize(
    "wanted", ["//evil.test/", "https://evil.test/", "/\\evil.test", "javascript:1"]
)
def test_signing_in_never_goes_elsewhere(client, wanted):
    response = sign_in(client, DESK, UserFactory(reviewer=True), next=wanted)

    assert response["Location"] == reverse("desk:queue")


def test_signing_out_needs_a_post_and_ends_the_session(client):
    sign_in(client, DESK, UserFactory(reviewer=True))
    cookie = client.cookies["desk_session"].value

    assert client.get("/agent/deconnexion/").status_code == 405
    response = client.post("/agent/deconnexion/")
    client.cookies["desk_session"] = cookie

    assert response["Location"] == DESK
    assert client.get("/agent/")["Location"].startswith(DESK)


def test_a_closed_account_is_out_at_its_next_request(client):
    agent = UserFactory(reviewer=True)
    sign_in(client, DESK, agent)
    User.objects.filter(pk=agent.pk).update(is_active=False)

    assert client.get("/agent/")["Location"].startswith(DESK)


def test_a_password_too_long_is_refused_without_being_hashed(client):
    response = sign_in(client, DESK, UserFactory(reviewer=True), "a" * 100_000)

    assert response.status_code == 200
    assert response.context["form"].errors["password"]


def test_the_language_is_kept_on_the_account_and_in_the_cookie(client):
    applicant = UserFactory()
    client.force_login(applicant, backend=settings.AUTHENTICATION_BACKENDS[0])
    client.cookies["portal_session"] = client.cookies.pop("sessionid").value

    response = client.post("/langue/", {"language": "ar", "next": "/fr/aide/"})

    applicant.refresh_from_db()
    assert applicant.language == "ar"
    assert response.cookies["django_language"].value == "ar"
    assert response["Location"] in {"/ar/aide/", "/fr/aide/"}


def test_the_language_form_never_leads_elsewhere(client):
    response = client.post("/langue/", {"language": "en", "next": "https://evil.test/"})

    assert response["Location"] == "/"


def test_an_unknown_language_changes_nothing(client):
    response = client.post("/langue/", {"language": "xx", "next": "/"})

    assert "django_language" not in response.cookies


@pytest.mark.parametrize(
    ("facts", "password", "enters"),
    [
        ({"editor": True}, PASSWORD, True),
        ({"administrator": True}, PASSWORD, True),
        ({"editor": True}, "pas le bon", False),
        ({"reviewer": True}, PASSWORD, False),
        ({"applicant": True}, PASSWORD, False),
    ],
)
def test_the_editors_form_admits_those_who_publish(rf, facts, password, enters):
    user = UserFactory(**facts)
    request = rf.post("/edit/login/")

    form = EditorSignInForm(request, data={"username": user.email, "password": password})

    assert form.is_valid() is enters
    assert form.get_user() == (user if enters else None)
    assert form.non_field_errors() == ([] if enters else [REFUSAL])


def test_the_editors_form_counts_failures_too(rf):
    user = UserFactory(editor=True)
    request = rf.post("/edit/login/")
    for _attempt in range(5):
        EditorSignInForm(request, data={"username": user.email, "password": "non"}).is_valid()

    form = EditorSignInForm(request, data={"username": user.email, "password": PASSWORD})

    assert not form.is_valid()
