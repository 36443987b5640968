"""Random acts by random people at random times: whatever happens, the machine keeps its word.

Each example is the life of one case in the real database, as role web, undone at its end. After
every act the whole record is read again, by the worker, and held against the rules.
"""

import contextlib
import os
import random
from collections import Counter
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dossiers.models import CompletionRequest
from portal.accounts.enums import Role
from portal.core import journal
from portal.core.models import JournalLine
from tests.workflows.lives import (
    ACTORS,
    ACTS,
    PEOPLE,
    PORTAL,
    REFUSALS,
    SERVICES,
    USUAL,
    World,
    as_worker,
)
from workflows import deadlines
from workflows.enums import DECIDED, IN_REVIEW, SYSTEM, CardOrderState, CaseState, Outcome
from workflows.models import (
    Assignment,
    CardOrder,
    Case,
    ClockPause,
    Decision,
    Opinion,
    Proposal,
    Retraction,
    Step,
)
from workflows.services import assigning
from workflows.table import CLEARING, OPEN, edges, moves, rule_of

MOVES = tuple(dict.fromkeys(name for name, _source, _target, _plan in moves()))
BY_SOURCE = {
    state: tuple(name for name, source, _target, _plan in moves() if source == state)
    for state in CaseState.values
}
S = CaseState
STARTS = (
    None,
    (),
    ("acknowledge",),
    ("acknowledge", "ask_opinion"),
    ("acknowledge", "ask_completion"),
    ("acknowledge", "propose"),
    ("acknowledge", "propose", "grant"),
    ("acknowledge", "propose", "grant", "mark_card_ready"),
    ("acknowledge", "propose", "grant", "mark_card_ready", "transfer_visit"),
    ("acknowledge", "propose", "grant", "propose_retraction", "answer_retraction"),
)
TAKEN_BACK = (
    ("acknowledge", "propose", "refuse", "reopen"),
    (
        "acknowledge",
        "propose",
        "grant",
        "mark_card_ready",
        "propose_retraction",
        "answer_retraction",
        "retract",
    ),
)
"""The moves that a life begins with; None is a case that no office has yet."""
SIGNED = ("grant", "refuse", "close")
made: Counter = Counter()
"""The moves made in the present run, to see that not everything is refused."""


class Lives(RuleBasedStateMachine):
    """The life of one case; `move_clock` is given by the test that runs it."""

    move_clock = None
    starts = STARTS + TAKEN_BACK

    def __init__(self):
        super().__init__()
        self.undone = contextlib.ExitStack()
        self.undone.enter_context(transaction.atomic())
        self.later = timedelta(days=0)
        self.world, self.steps = None, 0

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.close()
        type(self).move_clock(-self.later)

    @initialize(which=st.integers(0, 99), choice=st.integers(0, 99))
    def the_case_is_filed(self, which, choice):
        """Some lives begin later: chance alone seldom walks so far."""
        start = self.starts[which % len(self.starts)]
        # the draws of this life are those of its own example, so that it can be told again
        chance = mock.patch.object(assigning, "_chance", random.Random(choice))
        self.undone.enter_context(chance)
        self.world = World(without_an_office=start is None)
        outcomes = [Outcome.values.index(move) for move in start or () if move in SIGNED]
        for move in start or ():
            what = outcomes[0] if move == "propose" and outcomes else choice
            self.attempt(move, self.whoever_may(move, self.world.case, choice), what)

    @rule(move=st.sampled_from(MOVES), actor=st.sampled_from(ACTORS), choice=st.integers(0, 99))
    def anybody_tries_anything(self, move, actor, choice):
        self.attempt(move, actor, choice)

    @rule(which=st.integers(0, 99), actor=st.sampled_from(ACTORS), choice=st.integers(0, 99))
    def anybody_tries_what_the_state_allows(self, which, actor, choice):
        possible = BY_SOURCE[self.world.case.state]
        if possible:
            self.attempt(possible[which % len(possible)], actor, choice)

    @rule(which=st.integers(0, 99), choice=st.integers(0, 99))
    def somebody_who_may_tries(self, which, choice):
        self.work(which, choice, leaving_out=())

    @rule(which=st.lists(st.integers(0, 99), min_size=1, max_size=3), choice=st.integers(0, 99))
    def the_work_goes_on(self, which, choice):
        for one in which:
            self.work(one, choice, leaving_out=("withdraw", "reroute", "archive"))

    @rule(
        act=st.sampled_from(tuple(ACTS)), actor=st.sampled_from(PEOPLE), choice=st.integers(0, 99)
    )
    def anybody_does_something_else(self, act, actor, choice):
        self.attempt(act, actor, choice)

    @rule(act=st.sampled_from(tuple(ACTS)), choice=st.integers(0, 99))
    def somebody_who_may_does_something_else(self, act, choice):
        self.attempt(act, self.whoever_may(act, self.world.case, choice), choice)

    @rule(move=st.sampled_from(MOVES), actor=st.sampled_from(PEOPLE))
    def somebody_comes_second(self, move, actor):
        before = everything_about(self.world)
        with pytest.raises(REFUSALS):
            self.world.second(move, actor)
        assert everything_about(self.world) == before

    @rule(number=st.sampled_from((1, 3, 20, 45, 130)))
    def time_passes(self, number):
        type(self).move_clock(timedelta(days=number))
        self.later += timedelta(days=number)

    @rule()
    def years_pass(self):
        type(self).move_clock(timedelta(days=5 * 366))
        self.later += timedelta(days=5 * 366)

    @rule()
    def the_daily_run_comes_twice(self):
        self.world.run_daily()
        after = everything_about(self.world)
        self.world.run_daily()
        assert everything_about(self.world) == after

    def work(self, which, choice, *, leaving_out):
        """A move that the state allows, tried by somebody whom its rule allows."""
        case = self.world.case
        possible = [move for move in BY_SOURCE[case.state] if move not in leaving_out]
        if possible:
            move = possible[which % len(possible)]
            self.attempt(move, self.whoever_may(move, case, choice), choice)

    def attempt(self, move, actor, choice):
        before = everything_about(self.world)
        if self.world.attempt(move, actor, choice):
            return
        assert everything_about(self.world) == before, f"{move} by {actor} was refused, and changed"

    def whoever_may(self, move, case, choice):
        """A person whom the rule of a move allows, among those that the office has."""
        if move in USUAL:
            role, at_the_office = USUAL[move], f"{USUAL[move]}_{case.prefecture_code}"
            return at_the_office if at_the_office in PEOPLE else role if role in PEOPLE else PORTAL
        rule_of_it = rule_of(move)
        may = [name for name, person in self.world.people.items() if rule_of_it(case, person)]
        return may[choice % len(may)] if may else PORTAL

    @invariant()
    def the_record_is_whole(self):
        if self.world is None:
            return
        check_constraints()
        with as_worker() as act:
            case = Case.objects.get(pk=self.world.life.id)
            steps = list(Step.objects.filter(case=case).order_by("number"))
            the_steps_prove_the_state(case, steps)
            every_step_has_its_journal_line(case, steps)
            only_what_is_awaited_is_open(case)
            no_clock_is_without_its_rule(case, act.now)
            one_reviewer_has_it(case, steps)
            two_people_decide(case, steps)
            nothing_hangs_on_a_withdrawn_decision(case, steps)
            only_a_clearing_step_clears(case, steps)
            the_office_reads_the_whole_record(case)
        made.update(step.move for step in steps[self.steps :] if step.move != OPEN)
        self.steps = len(steps)


def the_steps_prove_the_state(case, steps):
    assert [step.number for step in steps] == list(range(1, case.last_step + 1))
    assert case.state == steps[-1].target
    assert steps[0].move == OPEN
    for before, after in zip(steps, steps[1:], strict=False):
        assert after.source == before.target
        assert (after.source, after.target) in edges()


def every_step_has_its_journal_line(case, steps):
    lines = JournalLine.objects.filter(dossier_id=case.dossier_id, act__startswith="case.")
    written = [
        (line.facts["step"], line.act.removeprefix("case."), line.actor_id)
        for line in lines.filter(facts__has_key="step").order_by("position")
    ]
    assert [(number, move) for number, move, _actor in written] == [
        (step.number, step.move) for step in steps
    ]
    assert journal.broken_at(case.dossier_id) is None
    for step in steps:
        assert (step.actor_id is None) == (step.role == SYSTEM)


def only_what_is_awaited_is_open(case):
    awaits = {
        S.COMPLETION_REQUESTED: [
            CompletionRequest.objects.filter(
                dossier_id=case.dossier_id, closed_at=None, holds_review=True
            ),
            ClockPause.objects.filter(case=case, closed_at=None),
        ],
        S.OPINION_REQUESTED: [Opinion.objects.filter(case=case, settled_at=None)],
        S.DECISION_PROPOSED: [Proposal.objects.filter(case=case, settled_at=None)],
    }
    for state, awaited in awaits.items():
        for rows in awaited:
            assert rows.count() == (1 if case.state == state else 0), (state, rows.model)


def no_clock_is_without_its_rule(case, now):
    assert case.clock_rule
    assert case.clock_article
    limit = deadlines.TimeLimit(
        case.clock_rule, case.clock_article, months=case.clock_months, days=case.clock_days
    )
    pauses = [
        deadlines.pause_of_request(
            asked_on=pause.starts_on, due_on=pause.last_day, supplied_on=pause.supplied_on
        )
        for pause in ClockPause.objects.filter(case=case).order_by("starts_on", "id")
        if case.clock_restarted_on is None or pause.starts_on >= case.clock_restarted_on
    ]
    starts_on = case.clock_restarted_on or deadlines.legal_day(case.filed_at)
    due = deadlines.implicit_refusal(starts_on=starts_on, limit=limit, pauses=pauses)
    assert case.implicit_refusal_on == due.on
    assert bool(case.due_on) == bool(case.due_rule)
    if case.implicit_refusal_flagged_on:
        assert case.implicit_refusal_flagged_on <= deadlines.legal_day(now)


def one_reviewer_has_it(case, steps):
    """An open assignment if and only if the case has a reviewer, and that while it is reviewed."""
    hands = list(Assignment.objects.filter(case=case).order_by("since", "pk"))
    assert [hand.agent_id for hand in hands if hand.until is None] == (
        [case.reviewer_id] if case.reviewer_id else []
    )
    if case.reviewer_id:
        assert case.state in IN_REVIEW
    for step in steps:
        if step.role == Role.REVIEWER:
            assert any(
                hand.agent_id == step.actor_id
                and hand.since <= step.at
                and (hand.until is None or step.at <= hand.until)
                for hand in hands
            ), f"{step.move} by somebody who had not the case"


def two_people_decide(case, steps):
    in_force = list(Decision.objects.filter(case=case, revoked_at=None).order_by("pk"))
    if case.state in DECIDED:
        assert len(in_force) == 1
        assert None not in (case.proposed_by_id, case.decided_by_id)
        assert case.proposed_by_id != case.decided_by_id
        assert in_force[0].signer_id == case.decided_by_id
    signed = [step for step in steps if step.move in SIGNED]
    assert Decision.objects.filter(case=case).count() == len(signed)
    for decision in Decision.objects.filter(case=case).order_by("pk"):
        assert decision.signer_id != decision.proposer_id
        power = decision.delegation
        assert power is not None
        assert (power.signatory_id, power.prefecture_code) == (
            decision.signer_id,
            decision.office_code,
        )
        assert decision.outcome in power.acts
        assert power.starts_on <= deadlines.legal_day(decision.signed_at)
        if decision.outcome in ("grant", "refuse"):
            assert decision.proposal.checks.exists()


def nothing_hangs_on_a_withdrawn_decision(case, steps):
    """Reopened or withdrawn: no decision, no right to a visit, no card is left of it."""
    signed = Retraction.objects.filter(case=case, settled_how="signed").order_by("pk")
    assert {one.step_id for one in signed} == {s.pk for s in steps if s.move == "retract"}
    for one in signed:
        assert one.signer_id != one.proposed_by_id
        assert one.delegation.signatory_id == one.signer_id
    if case.state in DECIDED or case.state == S.ARCHIVED:
        return
    assert not Decision.objects.filter(case=case, revoked_at=None).exists()
    assert not Retraction.objects.filter(case=case, settled_at=None).exists()
    assert not CardOrder.objects.filter(case=case).exclude(state=CardOrderState.REVOKED).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from appointments_clearance where case_id = %s and revoked_at is null",
            [case.pk],
        )
        assert cursor.fetchone() == (0,)


def only_a_clearing_step_clears(case, steps):
    with connection.cursor() as cursor:
        cursor.execute(
            "select step_id, revoked_at is null from appointments_clearance where case_id = %s",
            [case.pk],
        )
        cleared = cursor.fetchall()
    clearing = {step.pk for step in steps if step.move in CLEARING}
    assert {step_id for step_id, _live in cleared} == clearing
    assert clearing == {step.pk for step in steps if step.clears}
    if any(live for _step, live in cleared):
        assert case.state in DECIDED


def the_office_reads_the_whole_record(case):
    """Every row of the review bears the office that has the case now."""
    with connection.cursor() as cursor:
        for table in tables_with("case_id", "prefecture_code"):
            if table.startswith("workflows_"):
                cursor.execute(
                    f"select count(*) from {table} where case_id = %s"
                    " and prefecture_code is distinct from %s",
                    [case.pk, case.prefecture_code],
                )
                assert cursor.fetchone() == (0,), table


def check_constraints():
    """Deferred keys and triggers, checked now as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


_tables: dict = {}


def tables_with(*columns):
    """The tables that have these columns and that the worker may read."""
    if columns not in _tables:
        with connection.cursor() as cursor:
            cursor.execute(
                "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid"
                " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
                " and a.attname = any(%s) and has_table_privilege('portal_worker', c.oid, 'select')"
                " group by c.relname having count(*) = %s order by c.relname",
                [list(columns), len(columns)],
            )
            _tables[columns] = [table for (table,) in cursor.fetchall()]
    return _tables[columns]


def everything_about(world):
    """A digest of every row that bears the dossier, and how many jobs and mails wait."""
    dossier = world.life.dossier.pk
    with as_worker(), connection.cursor() as cursor:
        found = " union all ".join(
            f"select '{table}', md5(string_agg(md5(t::text), '' order by md5(t::text)))"
            f" from {table} t where {column} = %(dossier)s"
            for table, column in [
                ("dossiers_dossier", "id"),
                *((table, "dossier_id") for table in tables_with("dossier_id")),
            ]
        )
        waiting = " union all select 'jobs', count(*)::text from procrastinate_jobs"
        cursor.execute(found + waiting, {"dossier": dossier})
        return dict(cursor.fetchall())


def test_every_move_of_the_machine_is_tried():
    assert set(SERVICES) == set(MOVES)
    assert set(USUAL) == set(ACTS)


def live(move_clock, *, examples, acts, starts=Lives.starts, **more):
    """Run so many lives of so many acts each."""
    made.clear()
    given = {"move_clock": staticmethod(move_clock), "starts": starts}
    machine = type("LivesOfThisTest", (Lives,), given)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=acts,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )


@pytest.mark.django_db
def test_random_lives_keep_every_rule(move_clock):
    live(move_clock, examples=5, acts=25, derandomize=True, phases=[Phase.generate])

    assert len(made) >= 8, f"nearly everything was refused: {made}"


@pytest.mark.django_db
@pytest.mark.parametrize("start", TAKEN_BACK, ids=lambda start: start[-1])
def test_what_follows_a_decision_taken_back_keeps_every_rule(move_clock, start):
    live(
        move_clock,
        examples=2,
        acts=10,
        starts=(start,),
        derandomize=True,
        phases=[Phase.generate],
    )

    assert made[start[-1]], f"it was never taken back: {made}"


@pytest.mark.long
@pytest.mark.django_db
def test_many_random_lives_keep_every_rule(move_clock):
    live(
        move_clock,
        examples=int(os.environ.get("PORTAL_LIVES", "150")),
        acts=60,
        phases=[Phase.generate],
    )

    assert set(made) >= {"acknowledge", "propose", "grant", "reroute", "withdraw"}
    assert set(made) >= {"reopen", "retract"}
