"""Two at the same moment, on real connections: one batch starts, one row moves the case."""

import uuid

import pytest

from portal.core.door import acting, acting_for
from tests.factories.accounts import as_worker
from tests.factories.batches import CLOSURE, queued, results, steps_seen
from tests.factories.workflows import Life, agent
from tests.workflows.services.test_races import at_once
from workflows.enums import CaseState
from workflows.models import Assignment, Batch, BatchRow, Proposal
from workflows.services import batching, rerouting

pytestmark = pytest.mark.django_db(transaction=True)


def starting(life, person, key, kind="propose_closure", facts=CLOSURE):
    seen = steps_seen(life)

    def act():
        with acting_for(person):
            return batching.start(kind=kind, wanted=seen, facts=facts, key=key, actor=person)

    return act


def running(row_id, person):
    """A row's transaction as the job opens it, by the worker, who alone has the wide scope."""

    def act():
        with as_worker(), acting_for(person) as present:
            return batching.run_row(row_id=row_id, at=present.now)

    return act


def rows_of(life):
    """{batch: row}, each batch holding one."""
    with life.desk():
        return {row.batch_id: row.pk for row in BatchRow.objects.order_by("pk")}


def test_a_form_sent_twice_at_the_same_moment_starts_one_batch():
    life, key = Life(), uuid.uuid4()
    act = starting(life, life.reviewer, key)

    answers = at_once(act, act)

    assert [type(answer) for answer in answers] == [Batch, Batch]
    assert answers[0].pk == answers[1].pk
    assert len(queued()) == 1


def test_two_batches_on_one_case_at_the_same_moment_move_it_once():
    life = Life()
    one, other = (starting(life, life.reviewer, uuid.uuid4())() for _ in range(2))
    rows = rows_of(life)

    at_once(*(running(rows[batch.pk], life.reviewer) for batch in (one, other)))

    states = sorted(state for batch in (one, other) for state, _r in results(batch))
    assert states == ["done", "refused"]
    with life.desk():
        assert Proposal.objects.count() == 1


def test_batches_of_two_agents_on_one_case_at_the_same_moment_move_it_once():
    life, colleague = Life(), agent()
    closure = starting(life, life.reviewer, uuid.uuid4())()
    away = {"kind": "give_away", "facts": {"reason": "Surcharge."}}
    handover = starting(life, life.supervisor, uuid.uuid4(), **away)()
    rows = rows_of(life)

    answers = at_once(
        running(rows[closure.pk], life.reviewer), running(rows[handover.pk], life.supervisor)
    )

    assert answers == [None, None]
    ((closed, _r),), ((given, _s),) = results(closure), results(handover)
    case = life.case
    assert (closed, given, case.state, case.reviewer_id) in {
        ("done", "refused", CaseState.DECISION_PROPOSED, life.reviewer.pk),
        ("refused", "done", CaseState.RECEIVED, colleague.pk),
    }


def test_batches_of_two_supervisors_on_one_case_at_the_same_moment_give_it_away_once():
    life = Life()
    for _ in range(2):
        agent()
    away = {"kind": "give_away", "facts": {"reason": "Surcharge."}}
    whose = [life.supervisor, agent("supervisor")]
    batches = [starting(life, person, uuid.uuid4(), **away)() for person in whose]
    rows = rows_of(life)

    at_once(*(running(rows[one.pk], person) for one, person in zip(batches, whose, strict=True)))

    (first,), (second,) = (results(batch) for batch in batches)
    assert sorted([first[0], second[0]]) == ["done", "refused"]
    with life.desk():
        given = Assignment.objects.filter(case=life.id, why="supervisor", made_by__in=whose)
        assert given.count() == 1


def test_one_row_run_by_two_workers_at_the_same_moment_is_done_once():
    life = Life()
    batch = starting(life, life.reviewer, uuid.uuid4())()
    with life.desk():
        row_id = BatchRow.objects.get().pk

    answers = at_once(running(row_id, life.reviewer), running(row_id, life.reviewer))

    assert answers == [None, None]
    assert results(batch) == [("done", [])]
    with life.desk():
        assert Proposal.objects.count() == 1


def test_a_row_and_a_transfer_at_the_same_moment_never_block_each_other():
    life = Life()
    batch = starting(life, life.reviewer, uuid.uuid4())()
    seen = life.case.last_step
    with life.desk():
        row_id = BatchRow.objects.get().pk

    def transferring():
        with acting_for(life.supervisor) as act:
            return rerouting.reroute(
                case_id=life.id,
                prefecture_code="34",
                reason="Adresse.",
                actor=life.supervisor,
                at=act.now,
                seen=seen,
            )

    answers = at_once(running(row_id, life.reviewer), transferring)

    assert len(answers) == 2
    with acting(None, prefectures=["34", "75"]):
        row = BatchRow.objects.get(pk=row_id)
        state = row.case.state
    assert (row.state, state) in {
        ("done", CaseState.DECISION_PROPOSED),
        ("refused", CaseState.RECEIVED),
    }
    assert row.batch_id == batch.pk
