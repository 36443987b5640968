"""The checklist, the grounds and the title: what a proposal shows before anybody signs."""

import dataclasses
import datetime as dt
from uuid import uuid4

import pytest

from dossiers import api as dossiers
from portal.core.door import acting
from tests.factories import dossiers as files
from tests.factories.workflows import Life, applicant
from workflows.enums import CaseState, CheckAnswer
from workflows.models import CheckResult, Proposal
from workflows.services import deciding, rerouting
from workflows.services.moves import MoveRefused

pytestmark = pytest.mark.django_db
FILED = {
    "passport_number": "ZZ000777",
    "foreigner_number": "9900000777",
    "cycle_ends_on": "2029-06-30",
}


def propose(life, draft):
    return life._do(life.reviewer, deciding.propose, draft=draft)


def with_answer(draft, code, **facts):
    """The same draft with one check answered otherwise."""
    checks = tuple(
        dataclasses.replace(one, **facts) if one.code == code else one for one in draft.checks
    )
    return dataclasses.replace(draft, checks=checks)


def refused(life, draft, words):
    with pytest.raises(MoveRefused, match=words):
        propose(life, draft)
    assert life.case.state == CaseState.UNDER_REVIEW
    with life.desk():
        assert not Proposal.objects.exists()


@pytest.fixture
def life():
    return Life().acknowledged()


@pytest.fixture
def full_life():
    """A dossier filed with its papers."""
    owner = applicant()
    dossier = files.filed(owner, commune="75115", postcode="75015", **FILED)
    return Life(dossier=dossier).acknowledged()


def test_the_checklist_is_kept_with_the_proposal_in_its_order(life):
    propose(life, life.draft("grant"))

    with life.desk():
        kept = list(CheckResult.objects.order_by("position").values_list("code", "answer"))
        lines = dossiers.checklist_of(life.dossier)
    assert [code for code, _answer in kept] == [line.code for line in lines]
    assert {answer for _code, answer in kept} == {"met"}


def test_a_grant_needs_every_applicable_check_met(life):
    draft = with_answer(life.draft("grant"), "studies", answer="not_met")

    refused(life, draft, "Une décision favorable demande que « Les études sont réelles")


def test_a_refusal_needs_one_check_that_is_not_met(life):
    draft = dataclasses.replace(life.draft("grant"), outcome="refuse")
    draft = dataclasses.replace(draft, title_starts_on=None, title_months=None)

    refused(life, draft, "aucune ne l’est ici")


def test_a_check_that_only_a_grant_needs_founds_no_refusal(life):
    draft = dataclasses.replace(life.draft("grant"), outcome="refuse")

    refused(life, with_answer(draft, "residence", answer="not_met"), "aucune ne l’est ici")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"answer": ""}, "Répondez à cette vérification"),
        ({"answer": "perhaps"}, "Répondez à cette vérification"),
        ({"answer": "not_applicable", "note": ""}, "Dites pourquoi"),
        ({"answer": "met", "note": ""}, "Indiquez la pièce qui prouve"),
        ({"paper_id": uuid4()}, "n’est pas dans ce dossier"),
    ],
)
def test_an_answer_says_what_it_rests_on(life, facts, words):
    refused(life, with_answer(life.draft("grant"), "studies", **facts), words)


def test_a_missing_answer_is_named(life):
    draft = life.draft("grant")

    refused(life, dataclasses.replace(draft, checks=draft.checks[1:]), "L’état civil")


def test_a_paper_of_the_dossier_proves_a_check_and_the_best_one_comes_first(full_life):
    with full_life.desk():
        line = next(
            one for one in dossiers.checklist_of(full_life.dossier) if one.code == "studies"
        )
    paper, label = line.papers[0]
    draft = with_answer(full_life.draft("grant"), "studies", paper_id=paper, note="")

    propose(full_life, draft)

    assert "inscription" in label.lower()
    with full_life.desk():
        assert str(CheckResult.objects.get(code="studies").paper_id) == paper


def test_a_check_that_the_answers_rule_out_is_set_aside_by_itself():
    life = Life(procedure="spouse-of-french-first").acknowledged()
    draft = life.draft("grant")
    assert "breakup" not in {one.code for one in draft.checks}

    propose(life, draft)

    with life.desk():
        kept = CheckResult.objects.get(code="breakup")
    assert (kept.answer, kept.by_rule) == (CheckAnswer.NOT_APPLICABLE, True)


def test_a_closure_needs_a_reason_of_the_library_and_no_checklist(life):
    draft = life.draft("close")

    refused(life, dataclasses.replace(draft, closure_code=""), "motif du classement")
    refused(life, dataclasses.replace(draft, closure_code="refuse-studies"), "motif du classement")
    propose(life, draft)

    with life.desk():
        assert Proposal.objects.get().closure_code == "close-not-supplied"
        assert not CheckResult.objects.exists()


@pytest.mark.parametrize("part", ["grounds_law", "grounds_fact"])
def test_a_text_of_the_library_is_finished_before_it_is_proposed(life, part):
    draft = dataclasses.replace(life.draft("refuse"), **{part: "Vous êtes inscrit en [… quoi]."})

    refused(life, draft, "Remplacez chaque")


def test_a_student_title_lasts_as_the_cycle_unless_a_reason_is_given(full_life):
    starts_on = dt.date(2027, 3, 1)
    with full_life.desk():
        computed = dossiers.title_end_of(full_life.dossier, starts_on)
    draft = full_life.draft("grant", months=None, title_reason="")

    other = next(months for months in (12, 24, 36, 48) if months != computed.months)
    refused(full_life, dataclasses.replace(draft, title_months=other), "pas celle que donne")
    propose(full_life, draft)

    with full_life.desk():
        kept = Proposal.objects.get()
    assert kept.title_ends_on == kept.title_computed_on == computed.on
    assert "L.411-4" in kept.title_article
    assert "étudiant" in kept.title_category


def test_another_length_that_the_text_offers_is_kept_with_its_reason(full_life):
    with full_life.desk():
        computed = dossiers.title_end_of(full_life.dossier, dt.date(2027, 3, 1))
    other = next(months for months in (48, 12) if months != computed.months)

    propose(full_life, full_life.draft("grant", months=other, title_reason="Cycle prolongé."))

    with full_life.desk():
        kept = Proposal.objects.get()
    assert (kept.title_months, kept.title_reason) == (other, "Cycle prolongé.")
    assert kept.title_ends_on != kept.title_computed_on == computed.on


def test_the_checklist_follows_the_case_to_another_office(life):
    propose(life, life.draft("refuse"))

    life._do(life.reviewer, rerouting.reroute, prefecture_code="34", reason="Déménagement.")

    with acting(None, prefectures=["34"]):
        assert set(CheckResult.objects.values_list("prefecture_code", flat=True)) == {"34"}
