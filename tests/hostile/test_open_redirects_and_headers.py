"""What every page tells the browser, where it may lead, and what a visitor can guess."""

import difflib
import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.accounts.door_sessions import COOKIES
from tests.factories.accounts import PASSWORD
from tests.hostile import addresses
from tests.hostile.conftest import undone
from tests.hostile.test_authorisation_matrix import ALL
from tests.hostile.test_bad_input import NAMES, person_for

ELSEWHERE = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https://evil.test",
    "https:evil.test",
    "http:///evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.test%2f..",
    "/%09/evil.test",
    "\t//evil.test",
    "https://testserver@evil.test",
    "https://testserver.evil.test",
    "/\r\nSet-Cookie: x=1",
    "\x00//evil.test",
]
DOORS = {
    "account_login": ("login", "owner_here"),
    "desk:sign_in": ("email", "reviewer_here"),
    "counter:sign_in": ("email", "counter_agent_here"),
}
FILES = {
    "assisted:file_page",
    "mandated:file_copy",
    "mandated:file_page",
    "mandated:letter",
    "counter:passport",
    "desk:copy",
    "desk:page",
    "dossiers:file_copy",
    "dossiers:file_page",
    "dossiers:file_sent",
    "dossiers:letter",
}


def directives(answer):
    found = {}
    for part in answer["Content-Security-Policy"].split(";"):
        name, *values = part.split()
        found[name] = values
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_page_carries_every_header(world, name):
    who = person_for(name, world.here) or "reviewer_here"
    answer = world.browsers.of(who).get(addresses.address(name, world.here))
    policy = directives(answer)

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera" in answer["Permissions-Policy"]
    assert policy["default-src"] == ["'none'"]
    assert not [word for values in policy.values() for word in values if "unsafe" in word]
    assert not [
        word for values in policy.values() for word in values if "*" in word or "//" in word
    ]
    if name not in FILES:
        assert policy["frame-ancestors"] == ["'none'"]
        assert policy["base-uri"] == ["'none'"]
        assert policy["form-action"] == ["'self'"]
    if who != "nobody":
        assert "no-store" in answer["Cache-Control"]
    assert not {"Server", "X-Powered-By"} & set(answer.headers)


@pytest.mark.parametrize("name", ["space:home", "desk:queue", "wagtail_serve"])
def test_a_nonce_is_never_used_twice(world, name):
    client = world.browsers.of(person_for(name, world.here))
    url = addresses.address(name, world.here)

    nonces = [
        re.findall(r"'nonce-([^']+)'", client.get(url)["Content-Security-Policy"]) for _ in "ab"
    ]

    assert nonces[0] != nonces[1] or nonces == [[], []]


@pytest.mark.parametrize("status", ["refused", "absent"])
def test_a_refusal_carries_the_headers_too(world, status):
    absent = reverse("desk:case", args=["00000000-0000-0000-0000-000000000000"])
    url = reverse("desk:journal") if status == "refused" else absent
    answer = world.browsers.of("reviewer_here").get(url)

    assert answer.status_code == {"refused": 403, "absent": 404}[status]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def sign_in(world, name, client=None, person=None, password=PASSWORD, **more):
    field, default = DOORS[name]
    client = client or Client(raise_request_exception=False)
    email = world.people[person or default].email
    return client, client.post(reverse(name), {field: email, "password": password, **more})


@pytest.mark.parametrize("wanted", ELSEWHERE)
@pytest.mark.parametrize("name", sorted(DOORS))
def test_signing_in_never_leads_elsewhere(world, name, wanted):
    for more in ({"next": wanted}, {}):
        with undone():
            field, person = DOORS[name]
            data = {field: world.people[person].email, "password": PASSWORD, **more}
            query = {} if more else {"next": wanted}
            answer = Client(raise_request_exception=False).post(
                reverse(name), data, query_params=query
            )
        assert answer.status_code == 302
        stays(answer)


@pytest.mark.parametrize("wanted", ELSEWHERE)
@pytest.mark.parametrize("name", ["set_language", "account_logout", "account_signup"])
def test_no_other_page_leads_elsewhere(world, name, wanted):
    data = {"next": wanted, "language": "en", "email": "n@exemple.fr", "password1": PASSWORD}
    for who in ("nobody", "owner_here"):
        with undone():
            answer = world.browsers.of(who).post(
                reverse(name), data, query_params={"next": wanted}, headers={"referer": wanted[:3]}
            )
        assert answer.status_code in (200, 302)
        stays(answer)


def stays(answer):
    target = answer.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", target), target
    assert not set("\t\r\n\0") & set(target)
    assert "x" not in answer.cookies


@pytest.mark.parametrize("name", sorted(DOORS))
def test_signing_in_changes_the_session_and_closes_its_cookie_to_scripts(world, name):
    door = {"account_login": "public", "desk:sign_in": "agent", "counter:sign_in": "counter"}[name]
    cookie = COOKIES[door]
    client = Client()
    client.cookies[cookie.name] = "a" * 32  # given by an attacker
    _client, answer = sign_in(world, name, client)
    given = answer.cookies[cookie.name]

    assert given.value != "a" * 32
    assert (given["httponly"], given["samesite"], given["path"]) == (True, "Lax", cookie.path)
    assert given["max-age"] == ""
    assert bool(given["secure"]) is settings.SESSION_COOKIE_SECURE
    assert (settings.CSRF_COOKIE_HTTPONLY, settings.CSRF_COOKIE_SAMESITE) == (True, "Lax")


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_session_opened_before_signing_in_is_not_kept(world, name):
    door = {"account_login": "public", "desk:sign_in": "agent", "counter:sign_in": "counter"}[name]
    cookie = COOKIES[door].name
    client = Client()
    private = {"public": "/mon-espace/", "agent": "/agent/", "counter": "/counter/"}[door]
    client.post(private, {"a": "b"}, content_type="application/x-www-form-urlencoded")
    before = client.cookies[cookie].value if cookie in client.cookies else None
    sign_in(world, name, client)
    after = client.cookies[cookie].value

    assert after != before
    thief = Client()
    thief.cookies[cookie] = before or "b" * 32
    assert thief.get(private).status_code == 302


@pytest.mark.parametrize("name", sorted(DOORS))
def test_nobody_learns_which_addresses_have_an_account(world, name):
    field, person = DOORS[name]
    answers = []
    for email in (world.people[person].email, "inconnue@exemple.fr", world.others["gone"].email):
        with undone():
            data = {field: email, "password": "pas le bon mot de passe"}
            answers.append(Client().post(reverse(name), data))

    assert {answer.status_code for answer in answers} == {200}
    assert len({told(answer) for answer in answers}) == 1


@pytest.mark.parametrize("name", ["account_reset_password", "account_signup"])
def test_asking_for_a_code_reads_the_same_for_everybody(world, name):
    people = [world.here.owner.email, "inconnue@exemple.fr", world.people["reviewer_here"].email]
    seen = []
    for email in people:
        with undone():
            client = Client(raise_request_exception=False)
            answer = client.post(reverse(name), {"email": email, "password1": PASSWORD})
            page = client.get(answer["Location"]) if answer.status_code == 302 else answer
            seen.append((answer.status_code, answer.headers.get("Location"), told(page)))

    assert len(set(seen)) == 1, "\n".join(difflib.ndiff(*[s[2].splitlines() for s in seen[:2]]))


def told(answer):
    """What a page says, without what differs at each visit and without the address typed."""
    text = re.sub(r'(nonce|value|csrfmiddlewaretoken)="[^"]*"', "", answer.text)
    return re.sub(r"[\w.]+@exemple\.fr", "", text)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("account_logout", "owner_here"),
        ("desk:sign_out", "reviewer_here"),
        ("counter:sign_out", "counter_agent_here"),
    ],
)
def test_signing_out_is_asked_by_post_and_ends_the_session_for_a_thief_too(world, name, who):
    private = {"account_logout": "space:home", "desk:sign_out": "desk:queue"}
    page = reverse(private.get(name, "counter:day"))
    client, thief = world.browsers.of(who), world.browsers.of(who)

    client.get(reverse(name))
    assert thief.get(page).status_code == 200
    assert client.post(reverse(name)).status_code == 302

    assert thief.get(page).status_code == 302


def test_a_new_password_ends_the_sessions_opened_elsewhere(world):
    owner = world.here.owner
    thief, (client, _answer) = world.browsers.of("owner_here"), sign_in(world, "account_login")

    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "un autre mot de passe bien long"},
    )

    assert answer.status_code == 302
    assert thief.get(reverse("space:home")).status_code == 302
    assert client.get(reverse("space:home")).status_code == 200
    assert owner.email


def test_an_agent_changes_no_password_by_the_public_door(world):
    agent = world.people["reviewer_here"]
    client = Client()
    client.post(reverse("account_reset_password"), {"email": agent.email})
    written = "\n".join(message.body for message in mail.outbox)

    assert not re.search(r"\d{4}-?\d{4}", written)
    assert client.get(reverse("account_complete_password_reset")).status_code == 302


def test_the_names_of_doors_and_policies_agree():
    assert {policy.door for policy, _parts in ALL.values()} <= {
        "public",
        "applicant",
        "agent",
        "ops",
        "counter",
    }


@pytest.mark.parametrize("host", ["evil.test", "testserver.evil.test", "testserver:80@evil.test"])
def test_another_host_is_refused(world, host):
    answer = Client(raise_request_exception=False).get("/fr/", headers={"host": host})

    assert answer.status_code == 400
