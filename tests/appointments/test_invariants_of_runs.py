"""Each rule of a run, broken by SQL in the role that could try, and refused by the database."""

import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from appointments import ordering
from appointments.models import (
    DrawnSeed,
    IssueDecision,
    IssueRun,
    NoShowRate,
    RunInputs,
    Seat,
)
from appointments.services import replaying
from portal.core import clock
from portal.core.door import acting
from tests.appointments.test_invariants import forbidden, refused, sql
from tests.factories import appointments as factory

ROLES = ("web", "worker", "issuer", "editing")
AT_ONCE = "set constraints all immediate"


@pytest.fixture
def calendar(places):
    factory.open_calendar()
    return factory.slots()


# A family is given seats together


@pytest.mark.parametrize("other", [None, 5])
def test_a_family_is_given_seats_together(calendar, other):
    one, two = factory.family(2)
    family = {"family": uuid.uuid4(), "family_size": 2}

    with acting(None, prefectures=["75"]), refused("a_family_is_given_seats_together"):
        factory.give(one, calendar[0], **family)
        if other is not None:
            factory.give(two, calendar[other], **family)
        sql(AT_ONCE)
    with acting(None, prefectures=["75"]):
        factory.give(one, calendar[0], **family)
        factory.give(two, calendar[1], **family)
        sql(AT_ONCE)


@pytest.mark.parametrize(
    "lie",
    [{"family": uuid.UUID(int=1)}, {"family_size": 2}, {"family_size": 9}, {"family_size": 1}],
)
def test_a_family_is_two_to_eight_people(calendar, lie):
    life = factory.cleared()
    said = lie if "family" in lie or lie["family_size"] == 2 else {"family": uuid.uuid4()} | lie

    with refused("a_family_is_two_to_eight_people"):
        factory.give(life, calendar[0], **said)


# Seats above the places


def test_no_more_above_the_places_than_learned(shut_places):
    factory.open_once(shut_places.here, seats=4)
    factory.open_calendar()
    slot, life = factory.slots()[0], factory.cleared()
    with factory.issuer():
        Seat.objects.create(slot=slot, number=2, kind="overbook")
    with refused("no_more_above_the_places_than_learned"):
        factory.give(life, slot, seat_number=2)
    with factory.issuer() as act:
        NoShowRate.objects.create(
            prefecture_code="75",
            service_id="collection",
            learned_on=clock.legal_day(act.now),
            honoured=1,
            missed=1,
            rate=0.9,
        )
    assert factory.give(life, slot, seat_number=2).pk


def test_the_database_knows_the_same_binomial_rule(db):
    grid = [(places, rate / 100) for places in (0, 1, 3, 20, 40, 200) for rate in (0, 3, 8, 12, 35)]
    with connection.cursor() as cursor:
        for places, rate in grid:
            cursor.execute("select appointments_overbooking(%s, %s)", [places, rate])
            assert cursor.fetchone()[0] == ordering.overbooking(places, rate), (places, rate)


@pytest.mark.parametrize("rate", [-0.1, 1])
def test_a_rate_is_a_share(db, rate):
    with factory.issuer() as act, refused("a_rate_is_a_share"):
        NoShowRate.objects.create(
            prefecture_code="75",
            service_id="collection",
            learned_on=clock.legal_day(act.now),
            honoured=0,
            missed=0,
            rate=rate,
        )


# A run and its decisions


def forged(before, **lies):
    """A run that follows another, sealed as it should be; `lies` are sealed with it."""
    run = IssueRun(
        prefecture_code="75",
        rule_version=ordering.RULE_VERSION,
        seed="0" * 32,
        waiting=0,
        issued=0,
        previous_digest=before.digest,
        inputs_digest=replaying.sealed("inputs"),
        decisions_digest=replaying.sealed("inputs"),
        next_seed_digest=replaying.sealed("next"),
        offers_digest=replaying.sealed("inputs"),
    )
    with factory.issuer():
        run.seed = DrawnSeed.objects.get(digest=before.next_seed_digest).seed
    for name, value in lies.items():
        setattr(run, name, value)
    run.digest = lies.get("digest") or replaying.seal_of_run(run)
    return run


@pytest.fixture
def last(shut_places):
    factory.open_once(shut_places.here, seats=1)
    factory.cleared()
    factory.cleared()
    factory.run()
    return IssueRun.objects.get()


@pytest.mark.parametrize(
    ("lie", "rule"),
    [
        ({"digest": "f" * 64}, "a_run_is_sealed"),
        ({"previous_digest": "e" * 64}, "a_run_follows_the_last_one"),
        ({"previous_digest": ""}, "a_run_follows_the_last_one"),
        ({"seed": "one that suits a friend"}, "a_seed_is_drawn_by_the_run_before"),
    ],
)
def test_a_run_follows_the_last_one_with_its_seed_and_its_seal(last, lie, rule):
    with factory.issuer(), refused(rule):
        forged(last, **lie).save(force_insert=True)


def test_a_run_decides_everybody_and_keeps_what_it_saw(last):
    for waiting in (0, 1):
        with factory.issuer(), refused("a_run_decides_everybody"):
            forged(last, waiting=waiting).save(force_insert=True)
            sql(AT_ONCE)
    with factory.issuer():
        run = forged(last)
        run.save(force_insert=True)
        RunInputs.objects.create(run=run, prefecture_code="75", packed=b"inputs")
        sql(AT_ONCE)


def test_no_decision_is_added_to_a_run_nor_made_out_of_chain(last):
    with factory.issuer():
        first, second = IssueDecision.objects.order_by("rank")
    for lie in ({"rank": 3}, {"rank": 1, "digest": "f" * 64}, {"rank": 2}):
        row = IssueDecision(
            run=last,
            clearance_id=second.clearance_id,
            dossier_id=second.dossier_id,
            applicant_id=second.applicant_id,
            prefecture_code="75",
            priority_class=1,
            outcome="no_seat",
            digest=first.digest,
        )
        for name, value in lie.items():
            setattr(row, name, value)
        rules = {"a_clearance_is_decided_once_in_a_run", "a_rank_is_held_once_in_a_run"}
        with factory.issuer():
            assert rule_that_refuses(row) in rules | {"decisions_form_one_chain"}


def test_a_decision_is_of_the_person_of_its_clearance(last):
    with factory.issuer():
        first, second = IssueDecision.objects.order_by("rank")
    for lie in ("dossier_id", "applicant_id"):
        names = ("clearance_id", "dossier_id", "applicant_id")
        said = {name: getattr(second, name) for name in names} | {lie: getattr(first, lie)}
        with factory.issuer(), transaction.atomic():
            run = forged(last, waiting=1)
            row = IssueDecision(
                run=run, prefecture_code="75", rank=1, priority_class=3, outcome="no_seat", **said
            )
            row.digest = run.decisions_digest = replaying.seal_of_decision(run.inputs_digest, row)
            run.digest = replaying.seal_of_run(run)
            run.save(force_insert=True)
            assert rule_that_refuses(row) == "a_decision_is_of_the_person_of_its_clearance"
            transaction.set_rollback(True)


def rule_that_refuses(row):
    """The name of the constraint that this new row meets."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        row.save(force_insert=True)
    return caught.value.__cause__.diag.constraint_name


def test_a_seed_is_what_its_digest_says(db):
    with factory.issuer(), refused("a_seed_is_what_its_digest_says"):
        DrawnSeed.objects.create(digest="f" * 64, prefecture_code="75", seed="one")


@pytest.mark.parametrize("role", ["web", "worker", "editing"])
def test_only_the_issuer_reads_what_a_run_saw_and_the_seed_to_come(last, role):
    with acting(None, prefectures=["75"]), factory.role(role):
        for table in ("appointments_runinputs", "appointments_drawnseed"):
            with forbidden():
                sql(f"select 1 from {table}")
            with forbidden():
                sql(f"insert into {table} select * from {table}")


def test_the_issuer_of_another_prefecture_reads_neither(last):
    with factory.issuer("34"):
        assert RunInputs.objects.count() == DrawnSeed.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_owner_changes_nothing_that_a_run_kept(shut_places, owner):
    factory.open_once(shut_places.here, seats=1)
    factory.cleared()
    factory.run()
    for table in (
        "appointments_runinputs",
        "appointments_drawnseed",
        "appointments_issuerun",
        "appointments_issuedecision",
    ):
        for verb in (f"delete from {table}", f"truncate {table} cascade"):
            with pytest.raises(psycopg.Error, match="never changed"):
                owner.execute(verb)
            owner.rollback()


# The clock


@pytest.mark.parametrize("role", ROLES)
def test_nobody_but_the_owner_moves_the_clock(db, role):
    with acting(None, prefectures=["75"]), factory.role(role):
        with forbidden():
            sql("update clock_offset set value = interval '30 days'")
        refusal = pytest.raises(ProgrammingError, match="must be owner|permission denied")
        with refusal, transaction.atomic():
            sql(
                "create or replace function portal_now() returns timestamptz language sql"
                " stable as $$ select now() - interval '30 days' $$"
            )


def test_a_notice_is_counted_from_the_true_moment(calendar):
    life = factory.cleared()
    soon = factory.slots(after_days=1)[0]
    long_ago = soon.period.lower - timedelta(days=40)

    with refused("ten_days_notice_unless_urgent_or_accepted"):
        factory.give(life, soon, issued_at=long_ago)
    with factory.issuer() as act:
        sql("select set_config('portal.now', %s, true)", long_ago.isoformat())
        with refused("ten_days_notice_unless_urgent_or_accepted"):
            factory.give(life, soon, issued_at=act.now - timedelta(days=40))


def test_a_moved_clock_brings_no_seat_nearer(calendar, move_clock):
    """The owner's clock moves for everybody: the notice moves with it."""
    life = factory.cleared()
    near = factory.slots(after_days=11)[0]
    move_clock(timedelta(days=3))

    with refused("ten_days_notice_unless_urgent_or_accepted"):
        factory.give(life, near)
