"""A request changed before its decision: who signs sees it, and the case follows it."""

import pytest
from django.db import IntegrityError, transaction

from portal.core.door import acting
from tests.factories.workflows import Life, amended
from workflows.enums import CaseState
from workflows.models import Case, Decision, Proposal, Step
from workflows.services import deciding
from workflows.services.moves import CaseHasMoved, MoveRefused

pytestmark = pytest.mark.django_db

LYON = {"address_line": "2 rue de l’Exemple", "postcode": "69007", "commune": "69387"}


def test_the_review_goes_on_where_it_is_with_the_new_filing():
    life = Life().acknowledged()
    due = life.case.implicit_refusal_on

    amended(life, usage_name="Neuve")

    case = life.case
    assert (case.state, case.submission_number) == (CaseState.UNDER_REVIEW, 2)
    assert case.holder_name == "Ada Neuve"
    assert case.implicit_refusal_on == due
    with life.desk():
        last = Step.objects.filter(case=life.id).latest("number")
    assert (last.move, last.role, last.submission_number) == ("receive_amendment", "applicant", 2)


def test_an_open_request_for_completion_stays_open():
    life = Life().completion_asked(items=({"kind": "field", "code": "birth_city", "why": "Ici."},))

    amended(life)

    assert life.case.state == CaseState.COMPLETION_REQUESTED
    with life.desk():
        assert life.dossier.completion_requests.get().closed_at is None


def test_a_proposal_older_than_the_request_is_not_signed_until_looked_at_again():
    life = Life().acknowledged().proposed()
    amended(life)

    with pytest.raises(MoveRefused, match="depuis la proposition"):
        life.signed()

    life._do(life.signatory, deciding.send_back, note="La personne a changé son adresse.")
    life.proposed().signed()
    with life.desk():
        assert Decision.objects.get(case=life.id).proposal.submission_number == 2


def test_the_database_alone_refuses_a_decision_on_an_older_filing():
    life = Life().acknowledged().proposed()
    amended(life)
    with life.desk():
        proposal = Proposal.objects.get(case=life.id, settled_at=None)
        step = Step.objects.filter(case=life.id).latest("number")
        decision = Decision(
            case_id=life.id,
            dossier=life.dossier,
            applicant=life.applicant,
            prefecture_code=life.office,
            proposal=proposal,
            step=step,
            outcome=proposal.outcome,
            proposer_id=proposal.proposed_by_id,
            signer=life.signatory,
            signer_name="Exemple",
            signer_quality="Exemple",
        )
        with pytest.raises(IntegrityError, match="filed since"), transaction.atomic():
            decision.save()
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(submission_number=2)


def test_an_act_begun_on_the_former_page_is_refused_in_words():
    life = Life()
    seen = life.case.last_step
    amended(life)

    with life.desk() as act, pytest.raises(CaseHasMoved, match="Recevoir une modification"):
        deciding.advance(
            case_id=life.id, move="acknowledge", actor=life.reviewer, at=act.now, seen=seen
        )


def test_another_home_sends_the_case_where_the_rule_says():
    life = Life().acknowledged().proposed("refuse")

    amended(life, **LYON)

    with acting(life.applicant.pk):
        case = Case.objects.get(pk=life.id)
        assert (case.prefecture_code, case.state) == ("69", CaseState.RECEIVED)
        moves = Step.objects.filter(case=case).order_by("number").values_list("move", flat=True)
        assert list(moves)[-2:] == ["receive_amendment", "reroute"]
