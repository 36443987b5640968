"""What is not essential never stops the review; a grant waits for it (CRPA L.114-5-1)."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection

from dossiers.enums import CompletionOutcome
from dossiers.models import CompletionItem, CompletionRequest
from dossiers.services.answering import explain_item
from dossiers.services.completing import send_completion
from dossiers.services.extending import extend_completion, remind
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.correspondence.api import Letter, timeline
from tests.factories.workflows import ASKED, Life, agent, answered
from tests.workflows.lives import as_worker
from workflows import deadlines
from workflows.api import case_of
from workflows.enums import CaseState
from workflows.models import Alarm, AwaitedSupply, CardOrder, Case, ClockPause, Decision, Step
from workflows.queries.alarms import open_alarms
from workflows.queries.supplies import awaited_of
from workflows.services import alarms, reviewing, running, supplying
from workflows.services.moves import CaseHasMoved, MoveRefused

pytestmark = pytest.mark.django_db


def asked(life):
    with life.desk():
        return CompletionRequest.objects.get(closed_at=None)


def awaiting(*, days=30):
    """A grant signed while something not essential is missing."""
    return Life().acknowledged().supply_asked(days=days).proposed("grant").signed()


def later(days):
    return clock.now() + dt.timedelta(days=days)


def test_nothing_essential_asked_leaves_the_case_and_its_clock_where_they_were():
    life = Life().acknowledged()
    before = life.case

    life.supply_asked()

    case = life.case
    assert (case.state, case.implicit_refusal_on) == (before.state, before.implicit_refusal_on)
    assert (case.due_on, case.due_rule) == (before.due_on, before.due_rule)
    assert case.completion_request_id is None
    assert asked(life).holds_review is False
    with life.desk():
        assert not ClockPause.objects.exists()
        assert Step.objects.get(number=case.last_step).move == "ask_supply"
    with acting(life.applicant.pk):
        assert timeline(life.dossier.pk)[0].kind == "dossier_supply_asked"


def test_one_essential_item_among_others_holds_the_review():
    both = ({**ASKED[0], "essential": False}, {**ASKED[0], "code": "birth_city"})

    life = Life().acknowledged().completion_asked(items=both)

    assert life.case.state == CaseState.COMPLETION_REQUESTED
    with life.desk():
        kept = dict(CompletionItem.objects.values_list("code", "essential").order_by("code"))
    assert kept == {"passport_number": False, "birth_city": True}


def test_what_comes_is_read_beside_its_item_and_the_case_has_not_moved():
    life = answered(Life().acknowledged().supply_asked())

    case = life.case
    assert (case.state, case.submission_number) == (CaseState.UNDER_REVIEW, 2)
    with life.desk() as act:
        item = CompletionItem.objects.get()
        verdicts = {item.pk: ("accepted", "")}
        (made,) = reviewing.review_items(
            case_id=life.id, verdicts=verdicts, actor=life.reviewer, at=act.now
        )
    assert made.item_id == item.pk


def test_a_day_that_passes_closes_nothing_and_the_person_may_still_send():
    life = Life().acknowledged().supply_asked(days=5)

    with as_worker():
        due = [task.name for task in running.what_is_due(later(20))]

    assert due == []
    assert asked(life).closed_at is None


def test_the_person_is_reminded_and_more_time_moves_no_clock():
    life = Life().acknowledged().supply_asked(days=10)
    before = life.case
    with as_worker():
        request = CompletionRequest.objects.get()
        assert remind(request_id=request.pk, at=later(8)) is not None
    with acting(life.applicant.pk) as act:
        extend_completion(
            dossier_id=life.dossier.pk, applicant=life.applicant, reason="", at=act.now
        )

    case = life.case
    assert (case.due_on, case.due_rule) == (before.due_on, before.due_rule)
    assert case.implicit_refusal_on == before.implicit_refusal_on


def test_asking_for_something_essential_meanwhile_replaces_the_request_and_keeps_what_was_said():
    life = Life().acknowledged().supply_asked()
    with acting(life.applicant.pk) as act:
        explain_item(
            dossier_id=life.dossier.pk,
            applicant=life.applicant,
            item_id=CompletionItem.objects.get().pk,
            text="Je ne l’ai plus.",
            at=act.now,
        )

    life.completion_asked(
        items=({**ASKED[0], "essential": False}, {**ASKED[0], "code": "birth_city"})
    )

    assert life.case.state == CaseState.COMPLETION_REQUESTED
    with life.desk():
        first, second = CompletionRequest.objects.order_by("round")
        assert first.outcome == CompletionOutcome.REPLACED
        kept = second.items.get(code="passport_number")
    assert kept.explanation == "Je ne l’ai plus."


def test_a_refusal_ends_what_was_asked():
    life = Life().acknowledged().supply_asked().proposed("refuse").signed()

    with life.desk():
        assert CompletionRequest.objects.get().outcome == CompletionOutcome.CANCELLED
    with pytest.raises(DomainRefusal, match="déposée"):
        answered(life)


def test_what_came_after_the_proposal_is_read_before_anybody_signs():
    life = answered(Life().acknowledged().supply_asked().proposed("grant"))

    with pytest.raises(MoveRefused, match="depuis la proposition"):
        life.signed()


def test_a_grant_signed_meanwhile_waits_and_says_for_what_and_until_when():
    life = awaiting()

    case, request = life.case, asked(life)
    assert (case.state, case.supply_awaited) == (CaseState.GRANTED, True)
    assert (case.due_on, case.due_rule) == (request.due_on, "supply")
    assert case.reviewer_id == life.reviewer.pk
    with life.desk():
        decision = Decision.objects.get()
        assert decision.granted_subject_to == ["Numéro de passeport"]
        assert decision.supply_due_on == request.due_on
        assert not CardOrder.objects.exists()
        context = Letter.objects.get(pk=decision.letter_id).context
    assert context["subject_to"] == ["Numéro de passeport"]
    with acting(life.applicant.pk):
        view = case_of(life.dossier.pk)
    assert (view.next_actor, view.supply_awaited) == ("applicant", True)
    assert "prendra effet" in view.sentence


def test_what_comes_afterwards_is_seen_by_the_reviewer_and_the_grant_takes_effect():
    life = answered(awaiting())
    case = life.case
    assert (case.state, case.due_rule) == (CaseState.GRANTED, "supply-read")

    life.supply_confirmed(note="")

    case = life.case
    assert (case.state, case.supply_awaited) == (CaseState.IN_PRODUCTION, False) or (
        case.state == CaseState.BIOMETRICS_DUE
    )
    with life.desk():
        row = AwaitedSupply.objects.get()
        moves = list(Step.objects.order_by("number").values_list("move", flat=True))
    assert (row.how, row.received_on) == ("sent", deadlines.legal_day(clock.now()))
    assert moves[-3:-1] == ["receive_supply", "confirm_supply"]
    with acting(life.applicant.pk):
        kinds = [line.kind for line in timeline(life.dossier.pk)]
    assert "case_confirm_supply" in kinds


def test_what_did_not_come_by_the_portal_needs_a_word():
    life = awaiting()

    with pytest.raises(MoveRefused, match="Dites comment"):
        life.supply_confirmed(note="")
    life.supply_confirmed(note="Remis au guichet.")

    with life.desk():
        row = AwaitedSupply.objects.get()
    assert (row.how, row.note) == ("otherwise", "Remis au guichet.")
    assert life.case.state != CaseState.GRANTED


def test_an_explanation_is_no_reception():
    life = awaiting()
    with acting(life.applicant.pk) as act:
        common = {"dossier_id": life.dossier.pk, "applicant": life.applicant, "at": act.now}
        explain_item(item_id=CompletionItem.objects.get().pk, text="Perdu.", **common)
        send_completion(language="fr", **common)

    with life.desk():
        (row,) = awaited_of(life.case)
    assert row.sent_on is None
    assert life.case.state == CaseState.GRANTED


def test_a_grant_waits_for_all_of_it():
    both = tuple(
        {**ASKED[0], "code": code, "essential": False} for code in ("passport_number", "birth_city")
    )
    life = Life().acknowledged().supply_asked(items=both).proposed("grant").signed()
    with life.desk():
        first, second = awaited_of(life.case)

    life._do(life.reviewer, supplying.confirm, received={first.pk: "Par courrier."})
    assert life.case.state == CaseState.GRANTED
    with pytest.raises(MoveRefused):
        life._do(life.reviewer, supplying.confirm, received={first.pk: "Par courrier."})
    life._do(life.reviewer, supplying.confirm, received={second.pk: "Par courrier."})

    assert life.case.state != CaseState.GRANTED


def test_a_day_that_passes_alarms_the_office_and_the_grant_stands():
    life = awaiting(days=5)

    with as_worker():
        alarms.raise_near(at=later(5))
        assert not Alarm.objects.filter(rule="supply").exists()
        alarms.raise_near(at=later(6))
        assert open_alarms().get().rule == "supply"
        assert [task.name for task in running.what_is_due(later(30))] == []

    assert life.case.state == CaseState.GRANTED


def test_it_is_asked_again_with_another_day_and_nothing_essential():
    life = awaiting(days=5)

    life.supply_asked(days=20)

    case = life.case
    assert (case.state, case.due_on) == (CaseState.GRANTED, asked(life).due_on)
    with pytest.raises(DomainRefusal):
        life.completion_asked()
    answered(life)
    with life.desk():
        (row,) = awaited_of(life.case)
    assert row.sent_on is not None


def test_only_who_reviews_the_case_confirms_and_a_second_tab_does_nothing():
    life = awaiting()
    other, seen = agent(), life.case.last_step
    with life.desk():
        received = {row.pk: "Par courrier." for row in awaited_of(life.case)}
    facts = {"case_id": life.id, "received": received, "at": clock.now(), "seen": seen}

    with pytest.raises(PermissionDenied), life.desk(other):
        supplying.confirm(actor=other, **facts)
    life.supply_confirmed()
    with pytest.raises(CaseHasMoved), life.desk():
        supplying.confirm(actor=life.reviewer, **facts)


def test_a_grant_that_waits_can_be_found_unlawful_and_withdrawn():
    life = awaiting().retraction_proposed().observations_sent().retracted()

    case = life.case
    assert (case.state, case.supply_awaited) == (CaseState.UNDER_REVIEW, False)
    assert asked(life).closed_at is None


# The database alone, whatever the code does.


def test_the_database_keeps_a_grant_that_waits_where_it_is():
    life = awaiting()

    with pytest.raises(IntegrityError, match="goes_no_further"), life.desk():
        Case.objects.filter(pk=life.id).update(state=CaseState.UNDER_REVIEW)


def test_the_database_lets_nothing_take_effect_before_all_is_received():
    life = awaiting()

    with pytest.raises(IntegrityError, match="takes effect once"), life.desk():
        Case.objects.filter(pk=life.id).update(supply_awaited=False)


def test_the_database_refuses_a_grant_subject_to_nothing():
    life = Life().acknowledged().proposed("grant").signed()

    with life.desk():
        decision = Decision.objects.get()
        decision.pk, decision.granted_subject_to = uuid.uuid4(), []

    with pytest.raises(IntegrityError, match="names_it_and_its_day"), life.desk():
        decision.save(force_insert=True)


def test_the_database_refuses_an_essential_item_in_a_request_that_holds_nothing():
    life = Life().acknowledged().supply_asked()

    with life.desk():
        item = CompletionItem.objects.get()
        item.pk, item.code, item.essential = uuid.uuid4(), "birth_city", True

    with pytest.raises(IntegrityError, match="an_essential_item_holds_the_review"), life.desk():
        item.save(force_insert=True)


def test_the_database_refuses_to_hold_a_review_for_nothing_essential():
    life = Life().acknowledged().supply_asked()

    def insert():
        with life.desk() as act:
            CompletionRequest.objects.filter(closed_at=None).update(
                closed_at=act.now, outcome=CompletionOutcome.CANCELLED
            )
            CompletionRequest.objects.create(
                dossier=life.dossier,
                applicant=life.applicant,
                prefecture_code="75",
                round=2,
                round_reason="Exemple.",
                asked_at=act.now,
                due_on=clock.legal_day(act.now),
            )
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")

    with pytest.raises(DatabaseError, match="nothing essential"):
        insert()
