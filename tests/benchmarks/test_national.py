"""The generator of the national database, small: five hundred cases that keep every rule."""

import datetime as dt
import io
import re

import pytest
from django.db import connections

from tests.benchmarks.loading import Bar, Table
from tests.benchmarks.national import fill
from tests.benchmarks.places import owner_of
from tests.benchmarks.population import LIVES, Office, Population
from tests.benchmarks.proofs import PROOFS, broken
from workflows import deadlines

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
CASES = 500
CASTS = re.compile(r"::character varying|::text|[()\[\]]")


def population(seed):
    agents = {
        role: range(10 * number, 10 * number + 10)
        for number, role in enumerate(("reviewer", "signatory", "supervisor", "counter_agent"))
    }
    offices = [
        Office(code, code, (f"{code}001",), weight, agents)
        for code, weight in (("75", 9.0), ("34", 1.0))
    ]
    limits = {
        "student-renewal": deadlines.NINETY_DAYS,
        "spouse-of-french-first": deadlines.FOUR_MONTHS,
    }
    return Population(seed=seed, now=NOW, offices=offices, limits=limits, years=2.0)


def lives(seed, number):
    drawn = population(seed)
    return [drawn.life(serial, 1000 + serial) for serial in range(number)]


def test_the_same_seed_draws_the_same_lives():
    assert lives(1, 50) == lives(1, 50)
    assert lives(1, 50) != lives(2, 50)


def test_more_is_filed_in_september_than_in_winter_and_in_big_offices():
    drawn = lives(3, 4_000)

    months = [life.filed_at.month for life in drawn]
    assert months.count(9) > 1.5 * months.count(12)
    assert sum(life.first_office.code == "75" for life in drawn) > 0.8 * len(drawn)


def test_old_cases_have_ended_and_young_ones_have_not():
    drawn = lives(4, 4_000)

    young = [life for life in drawn if (NOW - life.filed_at).days < 10]
    old = [life for life in drawn if (NOW - life.filed_at).days > 600]
    assert not any("decided_at" in life.facts for life in young)
    assert sum("ended_at" in life.facts for life in old) > 0.8 * len(old)


def test_every_kind_of_life_is_drawn():
    moves = {tuple(step.move for step in life.steps) for life in lives(5, 4_000)}

    whole = {tuple(move for move, _days in script) for _weight, _outcome, script in LIVES.values()}
    assert whole <= {made[2:] for made in moves}


@pytest.fixture
def national(transactional_db):
    """A clone with five hundred cases, read by its owner."""
    name = connections["default"].settings_dict["NAME"]
    with owner_of(name) as login:
        before = catalogue(login)
        said = io.StringIO()
        fill(name, cases=CASES, seed=7, progress=Bar("cases", said))
        yield login, before, said.getvalue()


def catalogue(login):
    """Every constraint, index, trigger and policy, with its state.

    Without casts and brackets: PostgreSQL writes them elsewhere when it reads again the
    condition of an index that it has written itself.
    """
    return {
        title: sorted(
            tuple(CASTS.sub("", one) if isinstance(one, str) else one for one in row)
            for row in login.execute(question).fetchall()
        )
        for title, question in {
            "constraints": "select conname, pg_get_constraintdef(oid), convalidated"
            " from pg_constraint order by 1, 2",
            "indexes": "select indexdef from pg_indexes where schemaname = 'public' order by 1",
            "triggers": "select pg_get_triggerdef(oid), tgenabled from pg_trigger"
            " where not tgisinternal order by 1",
            "security": "select relname, relrowsecurity, relforcerowsecurity from pg_class"
            " where relkind = 'r' order by 1",
        }.items()
    }


def test_five_hundred_cases_keep_every_rule_and_the_schema_is_as_before(national):
    login, before, said = national

    assert broken(login) == []
    assert catalogue(login) == before
    assert login.execute("select count(*) from workflows_case").fetchone() == (CASES,)
    assert said.splitlines()[-1].startswith(f"cases: {CASES}/{CASES}")
    real = "select count(*) from accounts_user where email not like '%%@exemple.invalid'"
    assert login.execute(real).fetchone() == (0,)


def test_each_proof_sees_what_breaks_it(national):
    login, _before, _said = national
    login.execute("alter table workflows_case disable trigger user")
    login.execute(
        "update workflows_case set implicit_refusal_flagged_on = implicit_refusal_on - 1,"
        " implicit_refusal_on = implicit_refusal_on + 1"
    )
    login.execute("alter table workflows_case enable trigger user")

    assert [sentence.partition(":")[0] for sentence in broken(login, clocks=10)] == [
        "silence is flagged on its own day and not before",
        "the date of silence is the one that the rule gives",
        "the portal's own recount finds no other date",
    ]
    assert len(PROOFS) == 18


BREAKING = {
    "a signature is covered by a delegation in force for its office and its act": (
        "update workflows_signingdelegation set acts = '{close}'"
    ),
    "a proposal answers every check of its procedure, as its outcome needs": (
        "delete from workflows_checkresult where position = 1"
    ),
    "only its reviewer reviews a case": (
        "update workflows_assignment set since = since + interval '9 years'"
    ),
    "only its reviewer proposes": (
        "update workflows_step set actor_id = applicant_id where move = 'propose'"
    ),
    "a case goes to a reviewer of its office": (
        "update accounts_post set role = 'supervisor' where role = 'reviewer'"
    ),
    "a case is in one reviewer's hands while it is reviewed": (
        "update workflows_case set reviewer_id = null"
    ),
    "nobody handles someone close to them": ("update workflows_case set contact_keys = '{}'"),
}
CHANGED = sorted(
    {change.split()[2 if change.startswith("delete") else 1] for change in BREAKING.values()}
)


def test_each_rule_of_the_review_is_seen_broken(national):
    login, _before, _said = national
    for sentence, change in BREAKING.items():
        with login.transaction(force_rollback=True):
            for table in CHANGED:
                login.execute(f"alter table {table} disable trigger user")
            login.execute(change)

            assert any(one.startswith(sentence) for one in broken_by_question(login)), sentence


def broken_by_question(login):
    return [
        sentence
        for sentence, question in PROOFS.items()
        if login.execute(f"select 1 from ({question}) q limit 1").fetchone()
    ]


def test_a_column_that_the_model_does_not_have_is_refused():
    with pytest.raises(LookupError, match="no column colour"):
        Table("workflows_case", "id", "colour")


def test_a_column_that_we_do_not_give_takes_the_default_of_its_model():
    table = Table("workflows_case", "id")

    table.add("x")

    assert dict(zip(table.columns, table.rows[0].split("\t"), strict=True))["language"] == "fr"
