"""One act for many cases: started once, made case by case, each row with its own result."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from tests.factories.accounts import as_worker
from tests.factories.batches import (
    CLOSURE,
    asking,
    closing,
    giving_away,
    in_one_hand,
    queued,
    results,
    run_all,
    steps_seen,
)
from tests.factories.workflows import GROUNDS, Life, agent
from workflows import jobs
from workflows.enums import CaseState
from workflows.models import Assignment, Batch, BatchRow, ClockPause, Proposal
from workflows.services import batching, rerouting
from workflows.services.batch_kinds import KINDS, kinds_for
from workflows.services.batching import BatchRefused

pytestmark = pytest.mark.django_db
DONE = ("done", [])


@pytest.fixture
def three():
    """Three cases of one office, just received."""
    return [Life() for _ in range(3)]


def states(lives):
    return [life.case.state for life in lives]


def test_starting_writes_a_row_and_a_job_a_case_and_touches_none(three):
    batch = closing(*three)

    assert (batch.size, batch.prefecture_code) == (3, "75")
    assert results(batch) == [("waiting", [])] * 3
    assert [line["_act"]["actor"] for line in queued()] == [three[0].reviewer.pk] * 3
    locks = ProcrastinateJob.objects.order_by("id").filter(task_name="workflows.run_batch_row")
    assert [line.lock for line in locks] == [f"case-{life.id}" for life in three]
    assert states(three) == [CaseState.RECEIVED] * 3
    assert JournalLine.objects.get(act="batch.started").facts == {
        "kind": "propose_closure",
        "cases": 3,
    }


def test_each_case_is_proposed_for_closure_by_the_agent_who_asked(three, as_role):
    batch = closing(*three)

    run_all(as_role)

    assert results(batch) == [DONE] * 3
    with three[0].desk():
        proposals = Proposal.objects.order_by("pk")
        assert {(p.outcome, p.proposed_by_id, p.grounds_fact) for p in proposals} == {
            ("close", three[0].reviewer.pk, GROUNDS["grounds_fact"])
        }
        assert len(proposals) == 3
    assert states(three) == [CaseState.DECISION_PROPOSED] * 3


def test_each_person_is_asked_the_same_completion(three, as_role):
    batch = asking(*three)

    run_all(as_role)

    assert results(batch) == [DONE] * 3
    assert states(three) == [CaseState.COMPLETION_REQUESTED] * 3
    with three[0].desk():
        assert ClockPause.objects.count() == 3


def test_a_case_that_another_batch_gave_away_is_left_where_it_is(as_role):
    life = Life()
    for _ in range(2):
        agent()
    whose = [life.supervisor, agent(Role.SUPERVISOR.value)]
    first, second = (giving_away(life, person=person) for person in whose)

    run_all(as_role)

    assert results(first) == [DONE]
    ((state, (sentence,)),) = results(second)
    assert state == "refused"
    assert "a déjà été confié à une autre personne" in sentence
    assert "Responsable" in sentence
    with life.desk():
        given = Assignment.objects.filter(case=life.id, made_by__in=whose)
        assert [one.made_by_id for one in given.order_by("pk")] == [life.supervisor.pk]


def test_a_case_that_leaves_between_the_choice_and_the_rows_starts_nothing(three, monkeypatch):
    in_one_hand(*three)
    seen = steps_seen(*three)
    with three[0].desk():
        picks = batching.choose(actor=three[0].reviewer, wanted=seen)
    monkeypatch.setattr(batching, "choose", lambda **_facts: picks)
    with acting_for(three[1].supervisor) as act:
        rerouting.reroute(
            case_id=three[1].id,
            prefecture_code="34",
            reason="Adresse.",
            actor=three[1].supervisor,
            at=act.now,
            seen=seen[three[1].id],
        )

    with (
        pytest.raises(DomainRefusal, match="n’est plus dans votre préfecture"),
        three[0].desk(),
    ):
        batching.start(
            kind="propose_closure",
            wanted=seen,
            facts=CLOSURE,
            key=uuid.uuid4(),
            actor=three[0].reviewer,
        )

    with three[0].desk():
        assert not Batch.objects.exists()
    assert not queued()


def test_two_cases_of_five_that_moved_since_are_refused_and_said_so(as_role):
    lives = [Life() for _ in range(5)]
    batch = closing(*lives)
    lives[1].acknowledged()
    lives[3].completion_asked()

    run_all(as_role)

    assert [state for state, _r in results(batch)] == [
        "done",
        "refused",
        "done",
        "refused",
        "done",
    ]
    ((sentence,), (other,)) = [reasons for state, reasons in results(batch) if state == "refused"]
    assert "Ce dossier a changé pendant que vous le lisiez" in sentence
    assert "« Déclarer le dossier complet »" in sentence
    assert "« Demander un complément »" in other
    assert states(lives) == [
        CaseState.DECISION_PROPOSED,
        CaseState.UNDER_REVIEW,
        CaseState.DECISION_PROPOSED,
        CaseState.COMPLETION_REQUESTED,
        CaseState.DECISION_PROPOSED,
    ]
    assert JournalLine.objects.filter(act="batch.row_refused").count() == 2


def test_an_item_that_one_procedure_does_not_have_is_refused_for_it_alone(as_role):
    student, spouse = Life(), Life(procedure="spouse-of-french-first")
    enrolment = {"kind": "evidence", "code": "enrolment", "why": "Année passée."}
    batch = asking(student, spouse, items=[enrolment])

    run_all(as_role)

    assert [state for state, _r in results(batch)] == ["done", "refused"]
    assert (student.case.state, spouse.case.state) == (
        CaseState.COMPLETION_REQUESTED,
        CaseState.RECEIVED,
    )


def test_a_case_that_could_not_change_when_it_was_chosen_says_its_true_reason(as_role):
    life = Life().completion_asked()
    batch = closing(life)

    run_all(as_role)

    sentence = "Pas à cette étape : le dossier est « complément demandé »."
    assert results(batch) == [("refused", [sentence])]


def test_running_each_job_twice_does_it_once(three, as_role):
    batch = closing(*three)

    for _ in range(2):
        run_all(as_role)

    assert results(batch) == [DONE] * 3
    with three[0].desk():
        assert Proposal.objects.count() == 3
        assert [row.tries for row in BatchRow.objects.order_by("number")] == [1, 1, 1]


class Breakdown(Exception):
    """Something that is nobody's fault, in a test."""


@pytest.fixture
def breaking(monkeypatch):
    """Make the act break for the cases named, until they are taken out."""
    broken, ordinary = set(), KINDS["propose_closure"].perform

    def perform(row, **facts):
        step = ordinary(row, **facts)
        if row.case_id in broken:
            raise Breakdown
        return step

    monkeypatch.setitem(
        KINDS,
        "propose_closure",
        type(KINDS["propose_closure"])(**{**vars(KINDS["propose_closure"]), "perform": perform}),
    )
    return broken


def test_a_breakdown_between_rows_leaves_that_row_to_do_and_the_next_run_does_it(
    three, as_role, breaking
):
    batch = closing(*three)
    breaking.add(three[1].id)
    with as_role("worker"):
        first, second, third = queued()
        jobs.run_batch_row(**first)
        with pytest.raises(Breakdown):
            jobs.run_batch_row(**second)
        jobs.run_batch_row(**third)
    assert results(batch) == [DONE, ("waiting", []), DONE]
    assert three[1].case.state == CaseState.RECEIVED

    breaking.clear()
    run_all(as_role)

    assert results(batch) == [DONE] * 3
    with three[0].desk():
        assert Proposal.objects.count() == 3


def test_a_row_that_always_breaks_ends_as_failed_and_changes_nothing(as_role, breaking):
    life = Life()
    batch = closing(life)
    breaking.add(life.id)
    with as_role("worker"):
        for _ in range(batching.TRIES):
            with pytest.raises(Breakdown):
                jobs.run_batch_row(**queued()[0])

    ((state, (reason,)),) = results(batch)
    assert (state, life.case.state) == ("failed", CaseState.RECEIVED)
    assert "Ce dossier n’a pas changé" in reason
    breaking.clear()
    run_all(as_role)
    assert life.case.state == CaseState.RECEIVED


def test_a_row_whose_tries_all_killed_their_worker_ends_as_failed(as_role):
    life = Life()
    batch = closing(life)
    with as_role("worker"), acting(None, scope="system"):
        BatchRow.objects.update(tries=batching.TRIES)

    run_all(as_role)

    assert [state for state, _r in results(batch)] == ["failed"]
    assert life.case.state == CaseState.RECEIVED


def test_the_queue_tries_a_row_as_often_as_the_row_counts():
    assert jobs.run_batch_row.retry_strategy.max_attempts == batching.TRIES - 1


def test_an_agent_whose_post_has_ended_does_nothing_more(three, as_role):
    batch = closing(*three)
    yesterday = clock.today() - dt.timedelta(days=1)
    with as_worker():
        three[0].reviewer.posts.update(ends_on=yesterday)

    run_all(as_role)

    assert {state for state, _r in results(batch)} == {"refused"}
    assert states(three) == [CaseState.RECEIVED] * 3


def test_an_agent_who_has_lost_the_role_alone_is_refused_case_by_case(as_role):
    life = Life()
    batch = closing(life)
    with as_worker():
        life.reviewer.posts.update(role=Role.COUNTER_AGENT)

    run_all(as_role)

    assert results(batch) == [("refused", ["Cet acte revient à une autre personne."])]


def test_a_case_that_went_to_another_office_takes_its_row_along(three, as_role):
    batch = closing(*three)
    with three[0].desk() as act:
        rerouting.reroute(
            case_id=three[1].id,
            prefecture_code="34",
            reason="Adresse.",
            actor=three[1].reviewer,
            at=act.now,
            seen=three[1].case.last_step,
        )

    run_all(as_role)

    assert results(batch) == [DONE, DONE]
    assert [state for state, _r in results(batch, office="34")] == ["refused"]


def test_another_offices_case_refuses_the_whole_list_and_writes_nothing(three):
    elsewhere = Life(office="34", commune="34172")

    with pytest.raises(BatchRefused, match="n’est plus dans votre préfecture"):
        closing(*three, elsewhere)

    with three[0].desk():
        assert not Batch.objects.exists()
        assert not BatchRow.objects.exists()
    assert queued() == []


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        ({}, "Choisissez au moins un dossier."),
        ({uuid.UUID(int=n): 1 for n in range(201)}, "Choisissez 200 dossiers au plus à la fois."),
    ],
)
def test_an_empty_or_too_long_list_is_refused(seen, sentence):
    life = Life()

    with life.desk(), pytest.raises(BatchRefused) as refusal:
        batching.choose(actor=life.reviewer, wanted=seen)

    assert refusal.value.reasons == [sentence]


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.COUNTER_AGENT, Role.SUPERVISOR])
def test_only_who_may_make_the_act_may_start_it_for_many(three, role):
    with pytest.raises(PermissionDenied):
        closing(*three, person=agent(role.value))

    assert queued() == []


def test_each_kind_is_offered_to_its_own_roles_alone():
    assert [kind.code for kind in kinds_for(agent())] == ["ask_completion", "propose_closure"]
    assert kinds_for(agent(Role.SIGNATORY.value)) == []


def test_the_same_key_starts_one_batch(three):
    key = uuid.uuid4()

    first, second = closing(*three, key=key), closing(*three, key=key)

    assert first.pk == second.pk
    assert len(queued()) == 3


def test_the_same_key_of_another_agent_is_another_batch(three):
    key = uuid.uuid4()

    first = closing(three[0], key=key)
    second = closing(three[1], person=agent(), key=key)

    assert first.pk != second.pk


def test_the_step_that_was_seen_is_the_one_that_counts(as_role):
    life = Life()
    seen = steps_seen(life)
    life.acknowledged()
    batch = closing(life, seen=seen)

    run_all(as_role)

    assert [state for state, _r in results(batch)] == ["refused"]


def test_a_result_is_told_in_the_agents_language(as_role):
    life = Life()
    with life.desk():
        life.reviewer.language = "en"
        life.reviewer.save(update_fields=["language"])
    batch = closing(life)
    life.acknowledged()

    run_all(as_role)

    ((_state, (reason,)),) = results(batch)
    assert "Ce dossier a changé" not in reason
