"""Who may sign what, where and when: no delegation, no signature."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.correspondence.api import Letter, TimelineLine
from portal.correspondence.rendering import page
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.workflows import Life, agent, empower
from workflows.enums import CaseState
from workflows.models import Decision, SigningDelegation
from workflows.services import delegating
from workflows.services.moves import MoveRefused

pytestmark = pytest.mark.django_db


def bare_signatory(office="75"):
    """A signatory whom no order empowers yet."""
    return UserFactory(prefecture=office, signatory=True)


def signing(life, person):
    life.signatory = person
    return life.signed()


def test_without_a_delegation_nobody_signs_and_nothing_changes():
    life = Life().acknowledged().proposed("refuse")

    with pytest.raises(MoveRefused, match="Aucune délégation"):
        signing(life, bare_signatory())

    assert life.case.state == CaseState.DECISION_PROPOSED
    with life.desk():
        assert not Decision.objects.exists()
        assert not Letter.objects.filter(kind="decision").exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"acts": ("grant", "close")},
        {"families": ("first", "duplicate")},
        {"until": dt.date(2020, 12, 31)},
        {"starts_on": dt.date(2090, 1, 1)},
    ],
)
def test_a_delegation_covers_its_acts_its_procedures_and_its_days_only(facts):
    life, person = Life().acknowledged().proposed("refuse"), bare_signatory()
    empower(person, "75", **facts)

    with pytest.raises(MoveRefused, match="Aucune délégation"):
        signing(life, person)


def test_the_letter_and_the_decision_name_the_power_and_the_timeline_only_the_role():
    life, person = Life().acknowledged().proposed("refuse"), bare_signatory()
    power = empower(person, "75", acts=("refuse",), families=("renewal",), quality="La préfète X")

    signing(life, person)

    with life.desk():
        decision = Decision.objects.get()
        text = page(Letter.objects.get(kind="decision"))
        lines = list(TimelineLine.objects.filter(dossier_id=life.dossier.pk).order_by("at", "pk"))
    assert (decision.delegation_id, decision.office_code) == (power.pk, "75")
    assert decision.signer_quality == "La préfète X"
    assert "La préfète X" in text
    assert person.display_name in text
    assert {line.by_role for line in lines if line.kind == "case_refuse"} == {"signatory"}
    assert all(person.display_name not in str(line.params) for line in lines)


def test_a_delegation_that_ends_today_still_covers_today():
    life, person = Life().acknowledged().proposed("refuse"), bare_signatory()
    empower(person, "75", until=clock.today())

    assert signing(life, person).case.state == CaseState.REFUSED


def test_ending_a_delegation_keeps_what_was_signed():
    life = Life().acknowledged().proposed("refuse").signed()
    with as_worker():
        on = clock.today()
        ended = delegating.end_delegation(signatory=life.signatory, prefecture_code="75", on=on)
        again = delegating.end_delegation(signatory=life.signatory, prefecture_code="75", on=on)

    assert (ended, again) == (1, 0)
    with life.desk():
        assert Decision.objects.get().delegation.ends_on == on


def test_a_delegation_does_not_end_in_the_past():
    person = agent(Role.SIGNATORY.value)

    with as_worker(), pytest.raises(DomainRefusal, match="passé"):
        delegating.end_delegation(
            signatory=person, prefecture_code="75", on=clock.today() - dt.timedelta(days=1)
        )


@pytest.mark.parametrize("facts", [{"acts": ()}, {"quality": ""}, {"until": dt.date(2019, 1, 1)}])
def test_an_order_that_contradicts_itself_is_refused_with_a_sentence(facts):
    person = bare_signatory()

    with pytest.raises(DomainRefusal) as refusal:
        empower(person, "75", **facts)

    assert "violated" not in str(refusal.value.reasons[0])


def test_only_a_signatory_of_the_office_receives_its_delegation():
    with pytest.raises(DomainRefusal, match="n’est pas signataire"):
        empower(agent(Role.REVIEWER.value), "75")
    with pytest.raises(DomainRefusal, match="n’est pas signataire"):
        empower(bare_signatory("34"), "75")


ORDER = [
    *("--prefecture", "75", "--act", "refuse", "--family", "renewal"),
    *("--quality", "Pour le préfet", "--order", "Arrêté inventé", "--order-date", "2026-01-02"),
]


def test_the_command_writes_and_ends_a_delegation(capsys):
    person = bare_signatory()

    with as_worker():
        call_command("delegate_signature", person.email.upper(), *ORDER)
        call_command("delegate_signature", person.email, "--prefecture", "75", "--end")

    with acting(None, prefectures=["75"]):
        power = SigningDelegation.objects.get(signatory=person)
    assert (power.acts, power.families, power.ends_on) == (["refuse"], ["renewal"], clock.today())
    assert "1 ended" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("email", "options", "words"),
    [
        ("nobody@exemple.fr", ORDER, "No account"),
        ("reviewer", ORDER, "n’est pas signataire"),
        ("reviewer", ORDER[:6], "--order-date"),
    ],
)
def test_the_command_refuses_in_one_sentence(email, options, words):
    email = agent().email if email == "reviewer" else email

    with pytest.raises(CommandError, match=words), as_worker():
        call_command("delegate_signature", email, *options)


def test_a_supervisor_reads_the_delegations_of_the_office_and_nobody_elses(at_desk, statements):
    here, away = agent(Role.SIGNATORY.value), agent(Role.SIGNATORY.value, office="34")
    browser = at_desk(agent(Role.SUPERVISOR.value))

    browser.get(reverse("desk:delegations"))
    with statements(8):
        response = browser.get(reverse("desk:delegations"))

    assert here.display_name in response.text
    assert away.display_name not in response.text
    assert at_desk(here).get(reverse("desk:delegations")).status_code == 403


def test_the_signatory_without_power_reads_why_on_the_page(at_desk):
    life = Life().acknowledged().proposed("refuse")
    browser = at_desk(bare_signatory())

    case = browser.get(reverse("desk:case", args=[life.id]))
    sheet = browser.get(reverse("desk:sign", args=[life.id]))
    refused = browser.post(
        reverse("desk:sign", args=[life.id]),
        {"last_step": life.case.last_step, "answer": "sign", "read_everything": "on"},
    )

    for response in (case, sheet, refused):
        assert "Aucune délégation de signature en vigueur" in response.text
    assert life.case.state == CaseState.DECISION_PROPOSED
