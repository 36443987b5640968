"""Two agents at the same moment, on two real connections: one acts, the other reads who did."""

import threading

import pytest
from django.db import connection

from dossiers.services.withdrawing import withdraw_dossier
from portal.core.door import acting_for
from portal.core.errors import DomainRefusal
from tests.factories.workflows import Life, agent
from workflows.enums import CaseState
from workflows.models import Case, Decision, Step
from workflows.services import acknowledging, deciding
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
