"""The person has moved: where the review goes, what stops, what runs on, and who reads it."""

import pytest

from dossiers.services.completing import send_completion
from dossiers.services.drafting import Typed, save_answers
from dossiers.services.relocating import declare_address
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.correspondence.models import TimelineLine
from portal.vault.api import AccessGrant
from tests.factories.workflows import PAPEETE, Life, agent, filed_dossier
from workflows.enums import ROUTING_DESK, CaseState
from workflows.models import Case, Proposal, Step
from workflows.queries.completions import to_review
from workflows.services import reviewing
from workflows.services.rerouting import reroute

pytestmark = pytest.mark.django_db

LYON = {"address_line": "2 rue de l’Exemple", "postcode": "69007", "commune": "69387"}
PARIS_12 = {"address_line": "2 rue de l’Exemple", "postcode": "75012", "commune": "75112"}


def move(dossier, address=LYON, *, seen=None):
    with acting(dossier.applicant_id) as act:
        return declare_address(
            dossier_id=dossier.pk,
            applicant=dossier.applicant,
            answers=address,
            seen=seen or dossier.submissions.count(),
            at=act.now,
            language="fr",
        )


def case_of(dossier):
    with acting(dossier.applicant_id):
        return Case.objects.select_related("service").get(dossier=dossier)


def lines_of(dossier):
    with acting(dossier.applicant_id):
        lines = TimelineLine.objects.filter(dossier_id=dossier.pk).order_by("at", "id")
        return [line.kind for line in lines]


def test_to_another_prefecture_the_portal_transmits_and_the_clock_runs_on():
    life = Life().acknowledged().proposed("refuse")
    before = life.case

    move(life.dossier)

    case = case_of(life.dossier)
    assert (case.state, case.prefecture_code) == (CaseState.RECEIVED, "69")
    assert (case.filed_at, case.implicit_refusal_on) == (
        before.filed_at,
        before.implicit_refusal_on,
    )
    assert (case.service.prefecture_id, case.routing_rule) == ("69", "residence")
    assert case.submission_number == 2
    with acting_for(agent(office="69")):
        step = Step.objects.get(case=case, number=case.last_step)
        assert Proposal.objects.get().settled_how == "void"
    assert (step.move, step.role, step.actor_id) == ("reroute", "system", None)
    assert step.reason.startswith("Adresse déclarée : Lyon 7e Arrondissement.")
    assert "case_reroute" in lines_of(life.dossier)


def test_the_former_office_no_longer_sees_the_dossier():
    life = Life()

    move(life.dossier)

    with life.desk():
        assert not Case.objects.exists()
    with acting(None, prefectures=["75", "69"]):
        grants = AccessGrant.objects.open().filter(subject_id=life.dossier.pk)
        assert [grant.prefecture_code for grant in grants.order_by("pk")] == ["69"]


def test_in_the_same_prefecture_nothing_moves_but_the_filing_read():
    life = Life().acknowledged()

    move(life.dossier, PARIS_12)

    case = case_of(life.dossier)
    assert (case.state, case.prefecture_code, case.last_step) == (CaseState.UNDER_REVIEW, "75", 3)
    assert (case.submission_number, case.routing_rule) == (2, "police_prefecture")
    assert "case_reroute" not in lines_of(life.dossier)


def test_a_proposal_made_on_the_former_address_is_not_signed_as_it_is():
    life = Life().acknowledged().proposed("refuse")

    move(life.dossier, PARIS_12)

    assert life.case.proposed_submission != life.case.submission_number


def test_what_is_awaited_is_still_awaited_at_the_new_office():
    life = Life().completion_asked()

    move(life.dossier)

    case = case_of(life.dossier)
    assert (case.state, case.prefecture_code) == (CaseState.COMPLETION_REQUESTED, "69")


def test_after_the_decision_it_is_recorded_and_told_and_nothing_moves():
    life = Life().acknowledged().proposed("refuse").signed()
    before = life.case

    move(life.dossier)

    case = case_of(life.dossier)
    assert (case.state, case.prefecture_code, case.last_step) == (
        CaseState.REFUSED,
        "75",
        before.last_step,
    )
    assert case.submission_number == before.submission_number
    assert lines_of(life.dossier)[-2:] == ["dossier_address_changed", "case_stays_where_decided"]


def test_a_case_without_an_office_finds_one():
    dossier = filed_dossier(commune=PAPEETE)
    assert case_of(dossier).prefecture_code == ROUTING_DESK

    move(dossier)

    case = case_of(dossier)
    assert (case.state, case.prefecture_code) == (CaseState.RECEIVED, "69")


def test_moving_twice_moves_twice_and_comes_back():
    dossier = Life().dossier

    move(dossier)
    move(dossier, PARIS_12)

    case = case_of(dossier)
    assert (case.prefecture_code, case.submission_number) == ("75", 3)
    with acting_for(agent(office="75")):
        assert list(
            Step.objects.filter(case=case).order_by("number").values_list("move", flat=True)
        ) == ["open", "route", "reroute", "reroute"]


HOME = tuple({"kind": "field", "code": code, "why": "Votre adresse a changé ?"} for code in LYON)


def supply(life, address, *, times=1):
    """The address was asked again in a completion request: the person answers and sends."""
    with acting(life.applicant.pk) as act:
        common = {"dossier_id": life.dossier.pk, "applicant": life.applicant, "at": act.now}
        save_answers(typed={name: Typed(value=said) for name, said in address.items()}, **common)
        for _time in range(times):
            send_completion(language="fr", **common)


def test_a_completion_that_says_another_home_transmits_the_case_once():
    life = Life().acknowledged().completion_asked(items=HOME)
    before = life.case

    supply(life, LYON, times=2)

    case = case_of(life.dossier)
    assert (case.state, case.prefecture_code) == (CaseState.RECEIVED, "69")
    assert (case.filed_at, case.complete_at) == (before.filed_at, before.complete_at)
    assert (case.submission_number, case.completion_request_id) == (2, None)
    with acting_for(agent(office="69")):
        moves = list(Step.objects.filter(case=case).order_by("number").values_list("move", "role"))
        assert case.pauses.get().closed_at is not None
    assert moves[-2:] == [("receive_completion", "applicant"), ("reroute", "system")]
    assert lines_of(life.dossier).count("case_reroute") == 1
    with life.desk():
        assert not Case.objects.exists()


def test_a_grant_that_waits_follows_the_home_that_its_supply_says():
    items = tuple({**one, "essential": False} for one in HOME)
    life = Life().acknowledged().supply_asked(items=items).proposed("grant").signed()
    there = agent(office="69")

    supply(life, LYON)

    with acting_for(there):
        case = Case.objects.get(pk=life.id)
        assert (case.state, case.prefecture_code) == (CaseState.GRANTED, "69")
        assert (case.supply_awaited, case.reviewer_id) == (True, there.pk)
        moves = Step.objects.filter(case=case).order_by("number").values_list("move", flat=True)
        assert list(moves)[-2:] == ["receive_supply", "transfer"]
    with life.desk():
        assert not Case.objects.exists()


def test_what_was_answered_is_read_at_the_new_office_by_one_of_its_agents():
    life = Life().acknowledged().completion_asked(items=HOME)
    there = agent(office="69")

    supply(life, LYON)

    with acting_for(there):
        case = Case.objects.get(pk=life.id)
        assert case.reviewer_id == there.pk
        assert [answer.item.code for answer in to_review(case.dossier)]
        reviewing.review_items(
            case_id=case.pk,
            verdicts={answer.item.pk: ("accepted", "") for answer in to_review(case.dossier)},
            actor=there,
            at=clock.now(),
        )
        assert to_review(case.dossier) == []


def test_a_completion_about_another_home_of_the_same_office_stays():
    life = Life().acknowledged().completion_asked(items=HOME)

    supply(life, PARIS_12)

    case = case_of(life.dossier)
    assert (case.state, case.prefecture_code) == (CaseState.UNDER_REVIEW, "75")


def test_a_completion_that_says_the_same_home_leaves_an_office_chosen_by_hand():
    life = Life().acknowledged().completion_asked()
    life._do(life.supervisor, reroute, prefecture_code="69", reason="Suivi commun.")

    with acting(life.applicant.pk) as act:
        common = {"dossier_id": life.dossier.pk, "applicant": life.applicant, "at": act.now}
        save_answers(typed={"passport_number": Typed(value="ZZ000009")}, **common)
        send_completion(language="fr", **common)

    assert case_of(life.dossier).prefecture_code == "69"
