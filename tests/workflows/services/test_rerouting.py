"""Which office has the case: at filing, by a supervisor, and when another one is competent."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.utils import IntegrityError

from portal.accounts.enums import Role
from portal.core.door import acting, acting_for, also
from portal.correspondence.api import timeline
from portal.vault.api import AccessGrant
from tests.factories.workflows import PAPEETE, Life, agent, filed_dossier
from workflows.enums import ROUTING_DESK, CaseState
from workflows.models import Case, Proposal, Step
from workflows.services import rerouting
from workflows.services.moves import MoveRefused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("commune", "office"),
    [("75115", "75"), ("34172", "34"), ("2A004", "2A"), ("97411", "974"), ("13055", "13")],
)
def test_filing_goes_to_the_office_of_the_commune(commune, office):
    dossier = filed_dossier(commune=commune)

    with acting(dossier.applicant_id):
        case = Case.objects.get(dossier=dossier)
        dossier.refresh_from_db()
    assert (case.state, case.prefecture_code) == (CaseState.RECEIVED, office)
    assert dossier.prefecture_code == office


def reroute(life, code="34", person=None):
    person = person or life.reviewer
    with acting_for(person) as act:
        return rerouting.reroute(
            case_id=life.id,
            prefecture_code=code,
            reason="Déménagement.",
            actor=person,
            at=act.now,
            seen=Case.objects.get(pk=life.id).last_step,
        )


def test_rerouting_hands_over_the_whole_history_and_the_clock_runs_on():
    life = Life().acknowledged().proposed("refuse")
    silence = life.case.implicit_refusal_on

    reroute(life)

    there = agent(office="34")
    with acting_for(there):
        case = Case.objects.get(pk=life.id)
        moves = list(Step.objects.order_by("number").values_list("move", "office_code"))
        assert Proposal.objects.get().settled_how == "void"
    assert (case.state, case.implicit_refusal_on) == (CaseState.RECEIVED, silence)
    assert moves[-1] == ("reroute", "75")
    assert moves[0] == ("open", None)
    with life.desk():
        assert not Case.objects.exists()
        assert not Step.objects.exists()


def test_rerouting_closes_the_files_to_the_former_office():
    life = Life()

    reroute(life)

    with acting(None, prefectures=["75", "34"]):
        grants = AccessGrant.objects.filter(subject_id=life.dossier.pk).order_by("granted_at")
        opened = {grant.prefecture_code for grant in grants if grant.revoked_at is None}
    assert opened == {"34"}


def test_what_is_awaited_is_still_awaited_at_the_new_office():
    life = Life().acknowledged().completion_asked()

    reroute(life)

    with acting(life.applicant.pk):
        case = Case.objects.get(pk=life.id)
    assert (case.state, case.back_to) == (CaseState.COMPLETION_REQUESTED, CaseState.RECEIVED)


@pytest.mark.parametrize("code", ["75", "99", "000", ""])
def test_a_case_goes_to_another_office_that_exists(code):
    life = Life()

    with pytest.raises(MoveRefused):
        reroute(life, code)

    assert life.case.last_step == 2


def test_a_signatory_does_not_reroute():
    life = Life()

    with pytest.raises(PermissionDenied):
        reroute(life, person=life.signatory)


@pytest.fixture
def unrouted():
    """A case for which the rule gives no office."""
    return filed_dossier(commune=PAPEETE)


def test_without_one_office_the_case_waits_for_a_supervisor(unrouted):
    with acting(unrouted.applicant_id):
        case = Case.objects.get(dossier=unrouted)
    assert (case.state, case.prefecture_code) == (CaseState.FILED, ROUTING_DESK)
    with acting_for(agent()):
        assert not Case.objects.exists()

    boss = agent(Role.SUPERVISOR.value)
    with acting_for(boss) as act, also(ROUTING_DESK):
        rerouting.route(
            case_id=case.pk,
            prefecture_code="34",
            reason="Adresse vérifiée.",
            actor=boss,
            at=act.now,
            seen=1,
        )

    with acting_for(agent(office="34")):
        routed = Case.objects.get()
    assert (routed.state, routed.prefecture_code) == (CaseState.RECEIVED, "34")


def test_filing_keeps_the_service_and_the_rule_that_found_it():
    case = Life().case

    assert (case.service.prefecture_id, case.service.kind) == ("75", "residence")
    assert case.routing_rule == "police_prefecture"


def test_after_a_reroute_the_service_is_that_of_the_new_office():
    life = Life()

    reroute(life)

    with acting_for(agent(office="34")):
        case = Case.objects.select_related("service").get(pk=life.id)
    assert (case.service.prefecture_id, case.routing_rule) == ("34", "chosen")


def test_the_transmission_cites_the_articles_that_protect_the_person():
    life = Life()

    reroute(life)

    with acting(life.applicant.pk):
        (line,) = [line for line in timeline(life.dossier.pk) if line.kind == "case_reroute"]
    assert "L. 114-2" in line.body
    assert "L. 114-3" in line.body


def test_a_case_without_an_office_keeps_the_code_of_the_sentence(unrouted):
    with acting(unrouted.applicant_id):
        case = Case.objects.get(dossier=unrouted)

    assert (case.routing_rule, case.service_id) == ("outside_the_law", None)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("prefecture_code = '34'", "the_service_of_a_case_is_of_its_office"),
        ("routing_rule = ''", "a_case_with_a_service_says_which_rule_found_it"),
        ("routing_rule = 'guessed'", "a_case_with_a_service_says_which_rule_found_it"),
    ],
)
def test_a_case_is_never_at_the_service_of_another_office(change, name):
    life = Life()

    with (
        pytest.raises(IntegrityError, match=name),
        acting(None, prefectures=["75", "34"]),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update workflows_case set {change} where id = %s", [life.id])
