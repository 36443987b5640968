"""A right that follows its person: each rule broken by SQL, by each role that could try."""

import contextlib
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from appointments import receivers
from appointments.models import Clearance, KeptRank, Urgency, Visit
from portal.core import clock
from portal.core.door import acting, acting_for
from tests.appointments.services.test_moving import move
from tests.appointments.test_invariants import clearance, forbidden, refused, sql, unseen
from tests.factories import appointments as factory
from tests.factories.workflows import agent
from workflows.events import visit_moved
from workflows.models import Step

BOTH = ["75", "34"]
WRITERS = ["web", "worker"]


@contextlib.contextmanager
def silence():
    """Nobody hears that the visit moved: the rows are left to the test."""
    uid = "appointments.clear_again_elsewhere"
    assert visit_moved.disconnect(dispatch_uid=uid)
    try:
        yield
    finally:
        visit_moved.connect(receivers.clear_again_elsewhere, dispatch_uid=uid)


@pytest.fixture
def transferred(places):
    """A case that has moved, whose right to a visit is still that of the former office."""
    life = factory.appointed()
    with silence():
        move(life)
    with acting(life.applicant.pk):
        life.step = Step.objects.get(case=life.id, move="transfer_visit")
    return life


@contextlib.contextmanager
def as_web(life):
    """The person's own act, widened to both offices as the transfer widens it."""
    with acting(life.applicant.pk, prefectures=BOTH) as act:
        yield act


class _Undone(Exception):
    """Ends a savepoint whose rows no commit would take."""


def rank(life, **facts):
    """The row that should be kept; `facts` may lie."""
    said = {
        "clearance_id": uuid.uuid4(),
        "former_id": life.clearance.pk,
        "first_id": life.clearance.pk,
        "dossier_id": life.dossier.pk,
        "applicant_id": life.applicant.pk,
        "prefecture_code": "34",
        "waiting_since": life.clearance.cleared_at,
        "at": clock.now(),
    }
    return KeptRank(**said | facts)


def successor(life, kept, **facts):
    said = {"id": kept.clearance_id, "prefecture_code": "34"}
    return clearance(life, **said | facts)


def revoke(life):
    Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=clock.now())


@pytest.mark.parametrize("role", WRITERS)
def test_a_right_of_a_transfer_keeps_its_rank(transferred, role):
    with as_web(transferred), factory.role(role), refused("a_right_that_moved_keeps_its_rank"):
        revoke(transferred)
        clearance(transferred, prefecture_code="34").save(force_insert=True)


def test_a_rank_is_kept_before_the_former_right_ends_and_the_new_one_after(transferred):
    with as_web(transferred):
        with refused("a_rank_is_kept_of_a_live_right"):
            revoke(transferred)
            rank(transferred).save(force_insert=True)
        with refused("a_right_takes_the_place_of_one_that_ends"):
            kept = rank(transferred)
            kept.save(force_insert=True)
            successor(transferred, kept).save(force_insert=True)


def test_both_happen_in_one_transaction(transferred, move_clock):
    with as_web(transferred), refused("a_right_takes_the_place_of_one_that_ends"):
        kept = rank(transferred)
        kept.save(force_insert=True)
        revoke(transferred)
        move_clock(timedelta(seconds=1))
        successor(transferred, kept).save(force_insert=True)


def test_what_is_kept_is_counted_by_the_database_whatever_is_said(transferred):
    lie = clock.now() - timedelta(days=900)
    with as_web(transferred):
        kept = rank(transferred, waiting_since=lie, missed=0, taken_back=9, readmitted=9)
        kept.save(force_insert=True)
        revoke(transferred)
        right = successor(transferred, kept, filed_at=lie, deadline_on="2026-01-01")
        right.save(force_insert=True)
        right.refresh_from_db()
        kept.refresh_from_db()

    assert (right.filed_at, right.deadline_on) == (
        transferred.clearance.filed_at,
        transferred.clearance.deadline_on,
    )
    assert kept.waiting_since == transferred.clearance.cleared_at
    assert (kept.attempts, kept.missed, kept.taken_back, kept.readmitted) == (1, 0, 0, 0)


def test_a_rank_without_the_right_that_keeps_it_is_nothing(transferred):
    def keep_alone():
        with transaction.atomic():
            rank(transferred).save(force_insert=True)
            sql("set constraints all immediate")

    with as_web(transferred), pytest.raises(IntegrityError, match="is_of_the_person_of_its_right"):
        keep_alone()


def test_a_rank_is_kept_where_the_case_is_and_nowhere_else(transferred, places):
    stays = factory.cleared()
    with as_web(transferred), refused("a_rank_is_kept_at_another_office"):
        rank(transferred, prefecture_code="75").save(force_insert=True)
    with as_web(stays), refused("a_rank_is_kept_at_another_office"):
        rank(stays).save(force_insert=True)
    with acting(transferred.applicant.pk, prefectures=["75"]), unseen():
        rank(transferred).save(force_insert=True)


def test_nobody_takes_the_rank_of_somebody_else(transferred, places):
    other = factory.cleared()
    lie = {"dossier_id": other.dossier.pk, "applicant_id": other.applicant.pk}
    found = []

    def try_it():
        with transaction.atomic():
            kept = rank(transferred, **lie)
            kept.save(force_insert=True)
            with factory.role("issuer"):
                found.append(KeptRank.objects.get(pk=kept.pk))
            raise _Undone

    with as_web(other), pytest.raises(_Undone):
        try_it()

    # whose rank it is comes from the right that it follows
    assert (found[0].dossier_id, found[0].applicant_id) == (
        transferred.dossier.pk,
        transferred.applicant.pk,
    )


def test_there_are_never_two_live_rights_to_one_visit(places):
    life = factory.appointed()
    move(life)
    with acting(life.applicant.pk):
        life.step = Step.objects.get(case=life.id, move="transfer_visit")
        assert Clearance.objects.live().count() == 1
    with as_web(life):
        with refused("a_right_that_moved_keeps_its_rank"):
            clearance(life, prefecture_code="34").save(force_insert=True)
        with refused("a_clearance_is_only_ever_revoked"):
            Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=None)


@pytest.mark.parametrize("role", ["worker", "issuer", "editing"])
def test_the_web_alone_keeps_ranks(transferred, role):
    with as_web(transferred), factory.role(role), forbidden():
        rank(transferred).save(force_insert=True)


@pytest.mark.parametrize("role", ["web", "worker", "issuer"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_kept_rank_is_never_rewritten(places, role, verb):
    life = factory.appointed()
    move(life)
    statement = {
        "update": "update appointments_keptrank set missed = 0",
        "delete": "delete from appointments_keptrank",
    }[verb]
    with as_web(life), factory.role(role), forbidden():
        sql(statement)


@pytest.mark.parametrize("office", BOTH)
def test_no_visit_is_ended_as_moved_by_hand(places, at_the_visit, office):
    life = factory.appointed()
    at_the_visit(life.appointment)
    with acting_for(life.counter):
        factory.check_in(life).save(force_insert=True)
    person = agent("counter_agent", office=office)
    with acting_for(person):
        if office == "75":
            with refused("a_visit_that_moved_has_its_case_elsewhere"):
                Visit.objects.update(state="ended", outcome="moved")
        else:
            assert not Visit.objects.update(state="ended", outcome="moved")


def test_an_urgency_is_carried_by_the_database_alone_and_as_it_was(places):
    life = factory.cleared()
    agreed = factory.agreed_urgent(life)
    move(life)
    with acting(None, prefectures=["34"]):
        carried = Urgency.objects.get(carried_from=agreed)
        lied = Urgency.objects.get(pk=carried.pk)
    lied.pk, lied.ground = uuid.uuid4(), "court"
    boss = agent("supervisor", office="34")
    lied.asked_by = boss
    with acting_for(boss), refused("an_urgency_is_carried_as_it_was_said"):
        lied.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_the_owner_bends_nothing_of_it(owner):
    places = factory.places(owner)
    factory.open_counters(places.here)
    life = factory.appointed()
    move(life)
    for statement, words in (
        ("update appointments_keptrank set missed = 0", "never changed"),
        ("delete from appointments_keptrank", "never changed"),
        ("truncate appointments_keptrank cascade", "never changed"),
        ("update appointments_clearance set revoked_at = null", "only ever revoked"),
        ("update appointments_clearance set prefecture_code = '34'", "only ever revoked"),
        (
            "update appointments_appointment set state = 'issued' where state = 'revoked'",
            "illegal transition",
        ),
        (
            "insert into appointments_keptrank select gen_random_uuid(), prefecture_code,"
            " waiting_since, attempts, changes, missed, readmitted, taken_back, avoided,"
            " is_doubted, at, applicant_id, dossier_id, first_id, former_id"
            " from appointments_keptrank",
            "a_rank_is_kept_of_a_live_right",
        ),
        (
            "insert into appointments_clearance (id, clears, prefecture_code, purpose, cleared_at,"
            " filed_at, is_vulnerable, holder_name, dossier_number, language, bring, applicant_id,"
            " case_id, dossier_id, person_id, step_id, service_id) select gen_random_uuid(),"
            " clears, prefecture_code, purpose, cleared_at, filed_at, is_vulnerable, holder_name,"
            " dossier_number, language, bring, applicant_id, case_id, dossier_id, person_id,"
            " step_id, service_id from appointments_clearance where revoked_at is null",
            "a_right_that_moved_keeps_its_rank",
        ),
    ):
        with pytest.raises(psycopg.Error) as caught:
            owner.execute(statement)
        told = f"{caught.value} {caught.value.diag.constraint_name}"
        assert words in told, (statement, told)
        owner.rollback()


def test_whether_a_visit_left_is_said_to_its_former_office_alone(places):
    life = factory.appointed()

    def asked(person):
        with acting_for(person), connection.cursor() as cursor:
            cursor.execute("select appointments_has_left(%s, null, null)", [life.appointment.pk])
            return cursor.fetchone()[0]

    assert not asked(life.counter)
    move(life)
    assert asked(life.counter)
    for office in ("34", "69"):
        assert not asked(agent("counter_agent", office=office))
    assert not asked(life.applicant)


def test_the_issuer_of_the_new_office_sees_nothing_of_the_former(places):
    life = factory.appointed()
    move(life)
    with factory.issuer("34"):
        assert [one.prefecture_code for one in Clearance.objects.all()] == ["34"]
        assert KeptRank.objects.count() == 1
    with factory.issuer("75"):
        assert [one.prefecture_code for one in Clearance.objects.all()] == ["75"]
        assert KeptRank.objects.count() == 0
    with factory.issuer("34"), pytest.raises(ProgrammingError), transaction.atomic():
        sql("select * from workflows_case")
