"""Accounts that nobody makes for themselves, and the command that makes agents."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from portal.accounts.api import User, appoint, create_applicant
from portal.core import clock
from portal.core.door import acting
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


AGENT = ["--prefecture", "69", "--role", "reviewer", "--staff-number", "mat-7"]


def add_agent(monkeypatch, *arguments, password=NEW):
    monkeypatch.setattr("getpass.getpass", lambda _prompt: password)
    with as_worker():
        call_command("add_agent", "agent@exemple.fr", "--name", "Agent Exemple", *arguments)


def test_add_agent_makes_an_agent_with_posts(monkeypatch, capsys):
    add_agent(monkeypatch, *AGENT, "--role", "counter_agent", "--own-phone", "06 12 34 56 78")

    agent = User.objects.get(email="agent@exemple.fr")
    assert (agent.kind, agent.roles) == ("agent", {"reviewer", "counter_agent"})
    assert agent.check_password(NEW)
    assert agent.staff_number == "MAT-7"
    with acting(agent.pk):
        kinds = sorted(agent.contacts.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["email", "phone"]
    assert capsys.readouterr().out == "agent@exemple.fr: agent\n"


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (["--prefecture", "69"], NEW),
        (["--prefecture", "69", "--role", "reviewer"], NEW),
        ([*AGENT[:-1], "mat/7"], NEW),
        (["--kind", "editor", "--prefecture", "69", "--role", "reviewer"], NEW),
        (["--kind", "editor"], "court"),
    ],
)
def test_add_agent_refuses_what_makes_no_sense(monkeypatch, arguments, password):
    with pytest.raises(CommandError):
        add_agent(monkeypatch, *arguments, password=password)

    assert not User.objects.exists()


def test_one_human_has_one_agent_account(monkeypatch):
    add_agent(monkeypatch, *AGENT)

    with pytest.raises(CommandError, match="staff number"), as_worker():
        call_command("add_agent", "b@exemple.fr", "--name", "B", *AGENT[:-1], "MAT-7 ")

    assert User.objects.count() == 1


def describe(email, *arguments):
    with as_worker():
        call_command("describe_agent", email, *arguments)


def test_describe_agent_sets_what_is_given_and_keeps_the_rest():
    agent = UserFactory(reviewer=True)

    describe(agent.email, "--skill", "duplicate", "--own-email", "a@exemple.fr")
    describe(agent.email, "--staff-number", "mat-8")
    describe(agent.email, "--own-address", "1 rue de l’Exemple", "69001")

    agent = User.objects.get(pk=agent.pk)
    with acting(agent.pk):
        known = agent.contacts.order_by("pk")
        kinds = [(one.kind, one.forgotten_at is None) for one in known]
    assert agent.staff_number == "MAT-8"
    assert [skill.procedure_code for skill in agent.skills.order_by("pk")] == ["duplicate"]
    # the professional address stays, the private one was replaced
    assert sorted(kinds) == [("address", True), ("email", False), ("email", True)]


def test_describe_agent_is_for_agents_only():
    with pytest.raises(CommandError, match="No agent"):
        describe(UserFactory().email, "--staff-number", "1")


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
