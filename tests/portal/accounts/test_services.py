"""Accounts that nobody makes for themselves, and the command that makes agents."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from portal.accounts.api import User, appoint, create_applicant
from portal.core import clock
from portal.core.errors import DomainRefusal
from tests.factories.accounts import PASSWORD, UserFactory, as_worker

pytestmark = pytest.mark.django_db
NEW = "une phrase assez longue pour moi"


def test_create_applicant_has_a_proven_address():
    user = create_applicant("Nadia@Exemple.fr", NEW, language="ar")

    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("nadia@exemple.fr", True, True)
    assert (user.kind, user.language) == ("applicant", "ar")


def test_appoint_gives_the_role_at_once():
    agent = UserFactory(agent=True)
    assert agent.roles == frozenset()

    with as_worker():
        appoint(agent, prefecture_code="75", role="signatory", starts_on=date(2020, 1, 1))

    assert (agent.roles, agent.prefectures) == ({"signatory"}, ("75",))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"prefecture_code": "75"}, "Cet agent est déjà affecté à une autre préfecture"),
        ({"role": "reviewer"}, "Cet agent a déjà cette fonction"),
        ({"ends_on": date(2019, 1, 1)}, "La fin de l’affectation précède son début."),
    ],
)
def test_appoint_refuses_in_words(facts, sentence):
    agent = UserFactory(reviewer=True, prefecture="69")
    post = {"prefecture_code": "69", "role": "signatory", "starts_on": date(2020, 1, 1)} | facts

    with as_worker(), pytest.raises(DomainRefusal, match=sentence):
        appoint(agent, **post)


def test_appoint_refuses_an_applicant():
    applicant = UserFactory()

    with as_worker(), pytest.raises(DomainRefusal, match="Seul un agent"):
        appoint(applicant, prefecture_code="69", role="reviewer", starts_on=date(2020, 1, 1))


def add_agent(monkeypatch, *arguments, password=NEW):
    monkeypatch.setattr("getpass.getpass", lambda _prompt: password)
    with as_worker():
        call_command("add_agent", "agent@exemple.fr", "--name", "Agent Exemple", *arguments)


def test_add_agent_makes_an_agent_with_posts(monkeypatch, capsys):
    add_agent(monkeypatch, "--prefecture", "69", "--role", "reviewer", "--role", "counter_agent")

    agent = User.objects.get(email="agent@exemple.fr")
    assert (agent.kind, agent.roles) == ("agent", {"reviewer", "counter_agent"})
    assert agent.check_password(NEW)
    assert capsys.readouterr().out == "agent@exemple.fr: agent\n"


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (["--prefecture", "69"], NEW),
        (["--kind", "editor", "--prefecture", "69", "--role", "reviewer"], NEW),
        (["--kind", "editor"], "court"),
    ],
)
def test_add_agent_refuses_what_makes_no_sense(monkeypatch, arguments, password):
    with pytest.raises(CommandError):
        add_agent(monkeypatch, *arguments, password=password)

    assert not User.objects.exists()


def test_close_account_ends_the_agents_power_and_keeps_the_account(client):
    agent = UserFactory(reviewer=True)
    client.post("/agent/connexion/", {"email": agent.email, "password": PASSWORD})

    with as_worker():
        call_command("close_account", agent.email.upper())

    agent = User.objects.get(pk=agent.pk)
    assert (agent.is_active, agent.roles) == (False, frozenset())
    assert [post.ends_on for post in agent.posts.order_by("pk")] == [clock.today()]
    assert client.get("/agent/")["Location"].startswith("/agent/connexion/")


@pytest.mark.parametrize("facts", [{"applicant": True}, None])
def test_close_account_is_for_the_administration_only(facts):
    email = UserFactory(**facts).email if facts else "inconnu@exemple.fr"

    with as_worker(), pytest.raises(CommandError):
        call_command("close_account", email)
