"""Two agents at the same moment, on two real connections: one acts, the other reads who did."""

import datetime as dt
import threading

import pytest
from django.db import connection

from dossiers.models import CompletionRequest, Correction
from dossiers.services.completing import send_completion
from dossiers.services.drafting import Typed, save_answers
from dossiers.services.extending import extend_completion
from dossiers.services.relocating import declare_address
from dossiers.services.withdrawing import withdraw_dossier
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from tests.factories.workflows import Life, agent, filed_dossier
from workflows.enums import CaseState
from workflows.models import Alarm, Case, ClockPause, ClockRun, Decision, ReasonsRequest, Step
from workflows.services import (
    acknowledging,
    alarms,
    correcting,
    daily,
    deciding,
    opinions,
    reasons,
    requesting,
)
from workflows.services.moves import CaseHasMoved, MoveRefused

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run each act in its own thread and connection, all starting together."""
    start, answers = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(timeout=10)
            answers.append(act())
        except DomainRefusal as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def acknowledging_as(life, person, seen):
    def act():
        with acting_for(person) as present:
            return acknowledging.acknowledge(
                case_id=life.id, actor=person, at=present.now, seen=seen
            )

    return act


def test_of_two_pages_that_acknowledge_one_wins_and_the_other_reads_who():
    life = Life()
    seen = life.case.last_step

    answers = at_once(
        acknowledging_as(life, life.reviewer, seen), acknowledging_as(life, life.reviewer, seen)
    )

    steps = [answer for answer in answers if isinstance(answer, Step)]
    (refusal,) = [answer for answer in answers if isinstance(answer, CaseHasMoved)]
    assert len(steps) == 1
    assert "Agent instructeur" in refusal.reasons[0]
    assert (life.case.state, life.case.last_step) == (CaseState.UNDER_REVIEW, seen + 1)


def test_of_an_agent_and_a_colleague_who_acknowledge_only_the_agent_does():
    life = Life()
    other, seen = agent(), life.case.last_step

    answers = at_once(
        acknowledging_as(life, life.reviewer, seen), acknowledging_as(life, other, seen)
    )

    assert sum(isinstance(answer, Step) for answer in answers) == 1
    assert sum(isinstance(answer, MoveRefused) for answer in answers) == 1
    with life.desk():
        assert Step.objects.get(move="acknowledge").actor_id == life.reviewer.pk


def test_a_signature_and_a_note_at_the_same_moment_make_one_answer():
    life = Life().acknowledged().proposed("refuse")
    second, seen = agent("signatory"), life.case.last_step

    def signing():
        with acting_for(life.signatory) as act:
            return deciding.sign(case_id=life.id, actor=life.signatory, at=act.now, seen=seen)

    def sending_back():
        with acting_for(second) as act:
            return deciding.send_back(
                case_id=life.id, note="Non.", actor=second, at=act.now, seen=seen
            )

    answers = at_once(signing, sending_back)

    assert sum(isinstance(answer, MoveRefused) for answer in answers) == 1
    with life.desk():
        signed = Decision.objects.count()
        state = Case.objects.get(pk=life.id).state
    assert (signed, state) in {(1, CaseState.REFUSED), (0, CaseState.UNDER_REVIEW)}


def test_an_opinion_asked_in_two_windows_is_asked_once_and_the_second_reads_why():
    life = Life().acknowledged()
    seen = life.case.last_step

    def asking():
        with acting_for(life.reviewer) as present:
            return opinions.ask_opinion(
                case_id=life.id,
                kind="school",
                question="Assiduité ?",
                due_on=clock.legal_day(present.now),
                actor=life.reviewer,
                at=present.now,
                seen=seen,
            )

    answers = at_once(asking, asking)

    assert sum(isinstance(answer, Step) for answer in answers) == 1
    assert sum(isinstance(answer, CaseHasMoved) for answer in answers) == 1


@pytest.mark.parametrize("_again", range(3))
def test_a_withdrawal_and_a_signature_at_the_same_moment_never_block_each_other(_again):
    life = Life().acknowledged().proposed("refuse")
    seen = life.case.last_step

    def signing():
        with acting_for(life.signatory) as act:
            return deciding.sign(case_id=life.id, actor=life.signatory, at=act.now, seen=seen)

    def withdrawing():
        with acting_for(life.applicant) as act:
            return withdraw_dossier(
                dossier_id=life.dossier.pk, applicant=life.applicant, at=act.now
            )

    answers = at_once(signing, withdrawing)

    assert len(answers) == 2
    assert sum(isinstance(answer, DomainRefusal) for answer in answers) == 1
    assert life.case.state in {CaseState.REFUSED, CaseState.WITHDRAWN}


def test_two_workers_share_the_run_of_a_day():
    for _ in range(3):
        Life().acknowledged()

    def running():
        with acting(None, prefectures=["75"]), connection.cursor() as cursor:
            cursor.execute("set local role portal_worker")
            at = clock.now()
        more = True
        while more:
            with acting(None, scope="system"), connection.cursor() as cursor:
                cursor.execute("set local role portal_worker")
                more = daily.step(at=at)

    at_once(running, running)

    with acting(None, scope="system"), connection.cursor() as cursor:
        cursor.execute("set local role portal_worker")
        (run,) = ClockRun.objects.order_by("pk")
    assert run.ended_at is not None
    assert run.counts["recount"] == 3


def test_of_two_supervisors_who_see_an_alarm_the_first_is_kept():
    life, second = Life().acknowledged(), agent("supervisor")
    with acting(None, scope="system") as act, connection.cursor() as cursor:
        cursor.execute("set local role portal_worker")
        alarms.raise_near(at=act.now + dt.timedelta(days=88))
    with life.desk():
        alarm = Alarm.objects.get()

    def seeing(person):
        def act():
            with acting_for(person) as present:
                return alarms.see(alarm_id=alarm.pk, actor=person, at=present.now)

        return act

    first, other = at_once(seeing(life.supervisor), seeing(second))

    assert first.seen_by_id == other.seen_by_id


def test_reasons_asked_twice_at_the_same_moment_are_asked_once():
    filed_at = clock.now() - dt.timedelta(days=100)
    life = Life(dossier=filed_dossier(filed_at=filed_at)).acknowledged().silent()

    def asking():
        with acting_for(life.applicant) as act:
            return reasons.ask(case_id=life.id, actor=life.applicant, at=act.now)

    first, second = at_once(asking, asking)

    assert first.pk == second.pk
    with life.desk():
        assert ReasonsRequest.objects.count() == 1


def test_an_address_declared_in_two_tabs_at_once_moves_the_case_once():
    life = Life()

    def declaring(commune):
        def act():
            with acting_for(life.applicant) as present:
                return declare_address(
                    dossier_id=life.dossier.pk,
                    applicant=life.applicant,
                    answers={"address_line": "2 rue Test", "postcode": "00000", "commune": commune},
                    seen=1,
                    at=present.now,
                    language="fr",
                )

        return act

    answers = at_once(declaring("69387"), declaring("34172"))

    (refusal,) = [answer for answer in answers if isinstance(answer, DomainRefusal)]
    assert "autre onglet" in refusal.reasons[0]
    with acting_for(life.applicant):
        case = Case.objects.get(pk=life.id)
        assert Step.objects.filter(case=case, move="reroute").count() == 1
        assert case.submission_number == life.dossier.submissions.count() == 2


def test_a_person_who_moves_while_an_agent_acts_ends_in_one_office():
    life = Life()
    seen = life.case.last_step

    def moving():
        with acting_for(life.applicant) as present:
            return declare_address(
                dossier_id=life.dossier.pk,
                applicant=life.applicant,
                answers={"address_line": "2 rue Test", "postcode": "69007", "commune": "69387"},
                seen=1,
                at=present.now,
                language="fr",
            )

    def acknowledging():
        try:
            return acknowledging_as(life, life.reviewer, seen)()
        except Case.DoesNotExist:  # it left first: this office has it no more
            return None

    at_once(moving, acknowledging)

    with acting_for(life.applicant):
        case = Case.objects.get(pk=life.id)
        numbers = list(
            Step.objects.filter(case=case).order_by("number").values_list("number", flat=True)
        )
    assert (case.prefecture_code, case.state) == ("69", CaseState.RECEIVED)
    assert numbers == list(range(1, case.last_step + 1))


@pytest.mark.parametrize("_again", range(3))
def test_answering_extending_and_expiring_at_the_same_moment_leave_one_story(_again):
    life = Life().completion_asked(days=10)
    person, dossier_id = life.applicant, life.dossier.pk
    with acting_for(person) as act:
        common = {"dossier_id": dossier_id, "applicant": person}
        typed = {"passport_number": Typed(value="ZZ000009")}
        save_answers(typed=typed, at=act.now, **common)

    def answering():
        with acting_for(person) as act:
            return send_completion(language="fr", at=act.now, **common)

    def extending():
        with acting_for(person) as act:
            return extend_completion(reason="", at=act.now, **common)

    def expiring():
        with acting(None, prefectures=["75"]) as act:
            at = act.now + dt.timedelta(days=11)
            return requesting.let_completion_expire(case_id=life.id, at=at)

    answers = at_once(answering, extending, expiring)

    assert len(answers) == 3
    case = life.case
    with life.desk():
        request, pause = CompletionRequest.objects.get(), ClockPause.objects.get()
    assert request.outcome in {"supplied", "expired"}
    assert case.state == CaseState.RECEIVED
    assert case.submission_number == (2 if request.outcome == "supplied" else 1)
    assert pause.extended_to == request.extended_to
    assert (request.outcome, request.extended_to is None) != ("expired", False)


def test_of_two_corrections_at_the_same_moment_one_is_made():
    life = Life()
    person, case = life.reviewer, life.case

    def correcting_with(**answers):
        def act():
            with acting_for(person) as present:
                return correcting.correct(
                    case_id=life.id,
                    answers=answers,
                    reason="Un chiffre.",
                    proof_id=None,
                    actor=person,
                    at=present.now,
                    seen=case.last_step,
                    version=case.submission_number,
                )

        return act

    answers = at_once(
        correcting_with(address_line="2 rue de l’Exemple"),
        correcting_with(postcode="75014"),
    )

    assert sum(isinstance(answer, CaseHasMoved) for answer in answers) == 1
    assert life.case.submission_number == 2
    with life.desk():
        assert Correction.objects.count() == 1
