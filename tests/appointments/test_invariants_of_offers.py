"""Each rule of an offer, broken by SQL in the role that could try, and refused by the database."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from appointments import ordering
from appointments.enums import OfferState
from appointments.models import (
    Appointment,
    Clearance,
    IssueRun,
    Preference,
    RunInputs,
    Seat,
    ShortNoticeOffer,
    Slot,
)
from appointments.services import replaying
from portal.core import clock
from portal.core.door import acting, acting_for
from tests.appointments.test_invariants import close, forbidden, refused, sql
from tests.factories import appointments as factory

UPDATE = "update appointments_shortnoticeoffer"
WAITS = "an_offer_is_made_to_a_volunteer_who_waits"


@pytest.fixture
def life(shut_places):
    """A person with an open offer."""
    return factory.offered(shut_places.here, filed_at=clock.now() - timedelta(days=9))


@pytest.fixture
def pair(shut_places):
    """A person with an open offer, the next of the same run, and a near seat free since then."""
    shut_places.first = factory.volunteer(filed_at=clock.now() - timedelta(days=9))
    shut_places.next = factory.volunteer()
    factory.open_once(shut_places.here, seats=1, in_days=5)
    factory.open_calendar()
    factory.run_near()
    shut_places.offer = shut_places.first.offer = factory.offer_of(shut_places.first)
    factory.open_once(shut_places.here, seats=1, in_days=6)
    factory.open_calendar()
    shut_places.free = factory.slots(after_days=0)[-1]
    return shut_places


def of_free_seat(pair, life=None, **facts):
    """The offer that a run could have made of the free seat to the next person; `facts` may lie."""
    slot = pair.free
    said = {"slot_id": slot.pk, "period": slot.period, "rank": 2}
    return factory.held_by(pair.offer, life or pair.next, **said | facts)


def make(row):
    with factory.issuer():
        row.save(force_insert=True)


# Made by a run, of a free near seat, to a volunteer who waits


def test_no_offer_is_made_outside_a_run_even_by_the_issuer(pair):
    with refused("offers_form_one_chain"):
        make(of_free_seat(pair))


def test_a_seat_and_a_person_have_one_offer_at_a_time(pair):
    with refused("a_seat_is_offered_to_one_person_at_a_time"):
        make(factory.held_by(pair.offer, pair.next, rank=2))
    with refused("one_offer_at_a_time_for_a_clearance"):
        make(of_free_seat(pair, pair.first, rank=1))


def test_an_offered_seat_is_free(pair):
    urgent = factory.cleared()
    factory.agreed_urgent(urgent)
    factory.run()
    assert factory.appointment_of(urgent).slot_id == pair.free.pk

    with refused("an_offered_seat_is_free"):
        make(of_free_seat(pair))


def test_an_offer_is_made_to_a_volunteer(pair):
    with refused(WAITS):
        make(of_free_seat(pair, factory.cleared()))
    with acting_for(pair.next.applicant):
        Preference.objects.update(short_notice=False)
    with refused(WAITS):
        make(of_free_seat(pair))


def test_an_offer_is_made_on_a_live_right_where_somebody_receives(pair):
    with pair.next.desk() as act:
        Clearance.objects.filter(pk=pair.next.clearance.pk).update(revoked_at=act.now)
    with refused(WAITS):
        make(of_free_seat(pair))
    again = factory.volunteer()
    with again.desk():
        close(pair.here.site, pair.free.period)
    with refused(WAITS):
        make(of_free_seat(pair, again))


def test_no_seat_above_the_places_is_offered(pair):
    with factory.issuer():
        Seat.objects.create(slot=pair.free, number=2, kind="overbook")
    with refused(WAITS):
        make(of_free_seat(pair, seat_number=2))


def test_an_offer_is_of_somebody_whom_its_run_ranked_and_gave_nothing(pair):
    rule = "an_offer_is_of_somebody_the_run_ranked"

    with refused(rule):
        make(of_free_seat(pair, factory.volunteer()))
    with refused(rule):
        make(of_free_seat(pair, rank=3))


def test_nobody_is_asked_twice_for_one_moment(pair):
    factory.answered(pair.first, "declined")

    with refused("nobody_is_asked_twice_for_one_moment"):
        make(factory.held_by(pair.offer, pair.first))


@pytest.mark.parametrize("days", [12, 0])
def test_an_offer_is_of_a_near_seat_that_leaves_a_day(pair, move_clock, days):
    if days:
        factory.open_once(pair.here, seats=1, in_days=days)
        factory.open_calendar()
        slot = factory.slots(after_days=0)[-1]
    else:
        slot = pair.free
        move_clock(slot.period.lower - clock.now() - timedelta(hours=23, minutes=59))
    with refused("an_offer_is_of_a_near_seat"):
        make(of_free_seat(pair, slot_id=slot.pk, period=slot.period))


@pytest.mark.parametrize("lie", ["applicant_id", "person_id", "purpose"])
def test_an_offer_is_what_its_clearance_allows(pair, lie):
    false = "biometrics" if lie == "purpose" else getattr(pair.first.clearance, lie)

    with refused("an_offer_is_what_its_clearance_allows"):
        make(of_free_seat(pair, **{lie: false}))


def test_an_offer_is_where_and_when_its_slot_is(pair):
    rule = "an_offer_is_where_and_when_its_slot_is"

    with refused(rule):
        make(of_free_seat(pair, period=pair.offer.period))
    with refused(rule):
        make(of_free_seat(pair, counter_id=pair.here.counters[1]))
    with refused(rule):
        make(of_free_seat(pair, site_id=pair.elsewhere.site))
    with refused(WAITS):
        make(of_free_seat(pair, seat_number=7))


def test_the_database_says_until_when_whatever_is_said(shut_places):
    """Seven offers of one run, each sealed; the moments of the caller are ignored."""
    factory.open_once(shut_places.here, seats=7, in_days=3)
    for _one in range(7):
        factory.volunteer()
    factory.open_calendar()
    factory.run_near()

    with factory.issuer() as act:
        made = list(ShortNoticeOffer.objects.order_by("rank"))
        assert len(made) == 7
        for one in made:
            assert one.offered_at == act.now
            assert one.expires_at == ordering.answer_by(one.offered_at, one.starts_at)


# Who reads it


def test_its_person_and_the_run_alone_read_an_offer(life):
    pk = life.offer.pk
    stranger = factory.workflows.applicant()
    agents = [life.reviewer, life.supervisor, life.counter, life.signatory]

    for person in (stranger, *agents):
        with acting_for(person):
            assert not ShortNoticeOffer.objects.exists()
            assert ShortNoticeOffer.objects.filter(pk=pk).update(state="declined") == 0
    with acting_for(life.applicant):
        assert ShortNoticeOffer.objects.get().pk == pk
    with factory.issuer("34"):
        assert not ShortNoticeOffer.objects.exists()
    with factory.issuer():
        assert ShortNoticeOffer.objects.get().pk == pk
    for role in ("worker", "editing"):
        with (
            acting(life.applicant.pk, prefectures=["75"], scope="system"),
            factory.role(role),
            forbidden(),
        ):
            sql("select 1 from appointments_shortnoticeoffer")


@pytest.mark.parametrize("role", ["web", "worker", "editing"])
def test_nobody_asks_the_database_about_a_place_by_an_offer_of_their_own(life, role):
    ask = "select appointments_why_over(null::appointments_shortnoticeoffer)"

    with acting(life.applicant.pk, prefectures=["75"]), factory.role(role), forbidden():
        sql(ask)
    with factory.issuer():
        sql(ask)


# Never changed, ended by a fact


@pytest.mark.parametrize("role", ["web", "issuer"])
def test_an_offer_is_never_moved_or_prolonged(life, role):
    other = factory.cleared()
    pk = life.offer.pk

    with acting(life.applicant.pk, prefectures=["75"]), factory.role(role):
        for column, value in (
            ("seat_number", 2),
            ("expires_at", "2030-01-01"),
            ("offered_at", "2020-01-01"),
            ("rank", 2),
            ("digest", "f" * 64),
            ("clearance_id", other.clearance.pk),
            ("told_at", "2026-01-01"),
            ("ended_because", "closed"),
            ("state", "open"),
        ):
            with refused("an_offer_is_never_changed"):
                sql(f"{UPDATE} set {column} = %s where id = %s", value, pk)
        with forbidden():
            sql("delete from appointments_shortnoticeoffer")
        with forbidden():
            sql("truncate appointments_shortnoticeoffer cascade")


def test_its_person_alone_answers(life):
    with factory.issuer():
        for state in ("accepted", "declined"):
            with refused("an_offer_is_answered_by_its_person"):
                sql(f"{UPDATE} set state = %s", state)


@pytest.mark.parametrize("role", ["web", "issuer"])
def test_an_offer_ends_at_its_moment_by_a_fact_or_by_its_appointment(life, role):
    def ends(state, rule):
        with acting(life.applicant.pk, prefectures=["75"]), factory.role(role), refused(rule):
            sql(f"{UPDATE} set state = %s", state)

    ends("expired", "an_offer_expires_at_its_moment")
    ends("withdrawn", "an_offer_is_withdrawn_by_a_fact")
    ends("used", "an_offer_follows_its_transitions")
    ends("nonsense", "an_offer_follows_its_transitions")
    factory.answered(life, "accepted")
    ends("used", "an_offer_is_used_by_its_appointment")
    ends("withdrawn", "an_offer_is_withdrawn_by_a_fact")
    ends("expired", "an_offer_follows_its_transitions")
    ends("declined", "an_offer_follows_its_transitions")


def test_an_answer_is_never_taken_back(life):
    factory.answered(life, "declined")

    for state in ("open", "accepted", "used", "expired", "withdrawn"):
        with acting_for(life.applicant), refused("an_offer_follows_its_transitions"):
            ShortNoticeOffer.objects.update(state=state)


def test_a_late_answer_is_refused_by_the_clock(life, move_clock):
    move_clock(life.offer.expires_at - clock.now())

    for state in ("accepted", "declined"):
        with acting_for(life.applicant), refused("an_offer_is_answered_in_time"):
            ShortNoticeOffer.objects.update(state=state)


def test_an_offer_that_is_over_is_not_accepted(life):
    with factory.issuer():
        Slot.objects.filter(pk=life.offer.slot_id).update(state="withdrawn")

    with acting_for(life.applicant), refused("an_offer_that_is_over_is_not_accepted"):
        ShortNoticeOffer.objects.update(state="accepted")


def test_an_end_is_told_once(life, move_clock):
    move_clock(timedelta(hours=24))
    with factory.issuer() as act:
        ShortNoticeOffer.objects.update(state="expired")
        ShortNoticeOffer.objects.update(told_at=act.now - timedelta(days=9))
        assert ShortNoticeOffer.objects.get().told_at == act.now
        with refused("an_offer_is_never_changed"):
            ShortNoticeOffer.objects.update(told_at=act.now)


# What takes the seat


def give_urgently(life, slot):
    agreed = factory.agreed_urgent(life)
    people = {"urgent_by_id": agreed.asked_by_id, "urgent_approved_by_id": agreed.approved_by_id}
    return factory.give(life, slot, urgency=agreed, **people)


@pytest.fixture
def seat(life):
    with factory.issuer():
        return Slot.objects.get(pk=life.offer.slot_id)


@pytest.mark.parametrize("state", ["open", "accepted"])
def test_a_seat_under_offer_is_given_to_nobody_else(life, seat, state):
    if state == "accepted":
        factory.answered(life, state)

    with refused("a_seat_under_offer_is_kept_for_its_person"):
        give_urgently(factory.cleared(), seat)


def test_an_offer_that_ran_out_keeps_nothing(life, seat, move_clock):
    move_clock(timedelta(hours=24))

    assert give_urgently(factory.cleared(), seat).pk
    with acting_for(life.applicant), refused("an_offer_is_answered_in_time"):
        ShortNoticeOffer.objects.update(state="accepted")


def test_a_near_appointment_needs_the_yes_of_its_person_to_that_seat(life, seat, shut_places):
    other = factory.volunteer()
    factory.open_once(shut_places.here, seats=1, in_days=6)
    factory.open_calendar()
    beside = factory.slots(after_days=0)[-1]
    its_seat = "an_appointment_takes_the_seat_of_its_offer"

    with refused("ten_days_notice_unless_urgent_or_accepted"):
        factory.give(life, seat)
    with refused("an_appointment_follows_an_accepted_offer"):
        factory.give(life, seat, offer_id=life.offer.pk)
    factory.answered(life, "accepted")
    with refused(its_seat):
        factory.give(life, beside, offer_id=life.offer.pk)
    with refused(its_seat):
        factory.give(other, seat, offer_id=life.offer.pk)
    given = factory.give(life, seat, offer_id=life.offer.pk)
    assert factory.offer_of(life).state == OfferState.USED

    with acting_for(life.applicant):
        factory.change(Appointment.objects.get(pk=given.pk)).save(force_insert=True)
    with refused("an_offer_becomes_one_appointment"):
        factory.give(life, seat, offer_id=life.offer.pk)


def test_an_appointment_does_not_change_its_offer(life, seat):
    factory.answered(life, "accepted")
    given = factory.give(life, seat, offer_id=life.offer.pk)

    for role in ("web", "worker", "issuer"):
        with (
            acting(None, prefectures=["75"]),
            factory.role(role),
            refused("an_appointment_is_never_changed"),
        ):
            sql("update appointments_appointment set offer_id = null where id = %s", given.pk)


# A run and its offers


def near_run(life, **lies):
    """A run of near seats that follows the last one, sealed as it should be; `lies` are sealed."""
    with factory.issuer():
        before = IssueRun.objects.latest("started_at")
        seed = _seed_of(before)
    run = IssueRun(
        prefecture_code="75",
        rule_version=ordering.RULE_VERSION,
        seed=seed,
        waiting=0,
        issued=0,
        previous_digest=before.digest,
        inputs_digest="a" * 64,
        decisions_digest="b" * 64,
        is_near=True,
        offers_digest="b" * 64,
    )
    for name, value in lies.items():
        setattr(run, name, value)
    run.digest = replaying.seal_of_run(run)
    return run


def _seed_of(run):
    with connection.cursor() as cursor:
        cursor.execute(
            "select seed from appointments_drawnseed where digest = %s", [run.next_seed_digest]
        )
        return cursor.fetchone()[0]


def written(run):
    """The run with what it looked at, and every rule asked at once."""
    with factory.issuer():
        run.save(force_insert=True)
        RunInputs.objects.create(run=run, prefecture_code="75", packed=b"x")
        sql("set constraints all immediate")
        sql("set constraints all deferred")


def test_a_run_seals_its_offers_and_their_absence(life):
    forged = near_run(life, offers_digest="c" * 64)
    with factory.issuer(), refused("a_run_decides_everybody"):
        written(forged)
    unsealed = near_run(life)
    unsealed.is_near = False
    with factory.issuer(), refused("a_run_is_sealed"):
        written(unsealed)
    written(near_run(life))


# Even the owner of the tables


@pytest.mark.django_db(transaction=True)
def test_the_owner_breaks_no_rule_of_an_offer(shut_places, owner):
    life = factory.offered(shut_places.here)

    for statement, sentence in (
        ("update appointments_shortnoticeoffer set seat_number = 2", "never changed"),
        ("update appointments_shortnoticeoffer set expires_at = '2030-01-01'", "never changed"),
        ("update appointments_shortnoticeoffer set state = 'accepted'", "answered_by_its_person"),
        ("update appointments_shortnoticeoffer set state = 'expired'", "at_its_moment"),
        ("update appointments_shortnoticeoffer set state = 'withdrawn'", "withdrawn_by_a_fact"),
        ("delete from appointments_shortnoticeoffer", "never changed"),
        ("truncate appointments_shortnoticeoffer cascade", "never changed"),
        ("update appointments_issuerun set offers_digest = ''", "never changed"),
    ):
        with pytest.raises(psycopg.Error, match=sentence):
            owner.execute(statement)
        owner.rollback()
    assert factory.offer_of(life).state == OfferState.OPEN
