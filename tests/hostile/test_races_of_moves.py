"""The person moves at the very moment when an office acts: one story, and nobody waits for ever."""

import contextlib

import pytest
from django.db import connection

from appointments.enums import AppointmentState, OfferAnswer
from appointments.models import Appointment, Clearance, ShortNoticeOffer, Visit
from appointments.services import answering, changing, checking_in, visiting
from dossiers.services.relocating import declare_address
from portal.core import journal
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.correspondence.models import Letter, TimelineLine
from tests.factories import appointments as visits
from tests.factories.workflows import agent
from tests.hostile.test_races import at_once, fresh_versions, refusals, visit_of  # noqa: F401
from workflows.enums import CaseState
from workflows.models import CardDispatch, CardOrder, Case
from workflows.services import dispatching, producing
from workflows.services.producing import MakerAnswer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.parametrize("repeat", range(2))]
MONTPELLIER = {"address_line": "2 rue Test", "postcode": "34000", "commune": "34172"}
LYON = {"address_line": "2 rue Test", "postcode": "69007", "commune": "69387"}


@pytest.fixture
def place(owner):
    found = visits.places(owner)
    visits.open_counters(found.here)
    return found


@contextlib.contextmanager
def as_worker():
    """The worker's role and its wide sight, in a transaction of its own."""
    with acting(None, scope="system") as act, visits.role("worker"):
        yield act


def moving(life, address=MONTPELLIER):
    def act():
        with acting(life.applicant.pk) as present:
            return declare_address(
                dossier_id=life.dossier.pk,
                applicant=life.applicant,
                answers=address,
                seen=1,
                at=present.now,
                language="fr",
            )

    return act


def sent(life):
    """The order of the card, taken by its maker."""
    with as_worker() as act:
        order = CardOrder.objects.get(case_id=life.id)
        producing.note_sent(card_order_id=order.pk, answer=MakerAnswer("M1", "taken"), at=act.now)
    return order


def at_the_counter(person, act, **facts):
    def made():
        with acting_for(person) as present:
            return act(user=person, at=present.now, **facts)

    return made


def outcome(life):
    """Where the case is, its live rights, the live appointments of each office, the visits."""
    with as_worker():
        case = Case.objects.get(pk=life.id)
        rights = Clearance.objects.live().filter(dossier=life.dossier, purpose="collection")
        live = Appointment.objects.live().filter(dossier=life.dossier)
        ended = Visit.objects.filter(dossier=life.dossier)
        assert journal.broken_at(life.dossier.pk) is None
        return (
            case,
            [one.prefecture_code for one in rights.order_by("pk")],
            [one.prefecture_code for one in live.order_by("pk")],
            [(one.state, one.outcome) for one in ended.order_by("pk")],
        )


def testrepeatst_a_check_in_at_the_former_counter(place, move_clock, repeat):
    life = visits.appointed()
    with life.desk() as act:
        move_clock(life.appointment.starts_at - act.now)

    def arriving(user, at):
        return checking_in.arrive(
            visit_of(life), counter=life.appointment.counter, user=user, at=at
        )

    def arrive():
        with acting_for(life.counter) as present:
            try:
                return arriving(life.counter, present.now)
            except Appointment.DoesNotExist:
                return None

    answers = at_once(moving(life), arrive)

    assert not refusals(answers[:1])
    case, rights, live, seen = outcome(life)
    assert (case.prefecture_code, case.state) == ("34", CaseState.CARD_READY)
    assert (rights, live) == (["34"], [])
    arrived = answers[1] is not None and not refusals(answers[1:])
    assert seen == ([("ended", "moved")] if arrived else [])


def testrepeatst_the_handing_over_of_the_card(place, move_clock, repeat):
    life = visits.appointed()
    with life.desk() as act:
        move_clock(life.appointment.starts_at - act.now)
    with acting_for(life.counter) as present:
        checking_in.arrive(
            visit_of(life), counter=life.appointment.counter, user=life.counter, at=present.now
        )
        given = visit_of(life)

    hand = at_the_counter(
        life.counter, lambda **who: visiting.fulfil(given, case_id=life.id, old_card="none", **who)
    )
    answers = at_once(moving(life), hand)

    assert not refusals(answers[:1])
    case, rights, live, seen = outcome(life)
    if refusals(answers[1:]):
        assert (case.prefecture_code, case.state, rights) == ("34", CaseState.CARD_READY, ["34"])
        assert seen == [("ended", "moved")]
    else:
        assert (case.prefecture_code, case.state) == ("75", CaseState.HANDED_OVER)
        assert seen == [("ended", "card_given")]
    assert live == []


def testrepeatst_a_call_to_the_counter(place, move_clock, repeat):
    life = visits.appointed()
    with life.desk() as act:
        move_clock(life.appointment.starts_at - act.now)
    counter = life.appointment.counter
    with acting_for(life.counter) as present:
        checking_in.arrive(visit_of(life), counter=counter, user=life.counter, at=present.now)

    def call():
        with acting_for(life.counter):
            return visiting.call_next(counter=counter, user=life.counter)

    answers = at_once(moving(life), call)

    assert not refusals(answers[:1])
    case, rights, live, seen = outcome(life)
    assert (case.prefecture_code, rights, live) == ("34", ["34"], [])
    assert seen == [("ended", "moved")]


def testrepeatst_the_issuing_run_of_the_former_office(place, repeat):
    life = visits.cleared()

    def run():
        report = visits.run("75")
        connection.close()
        return report.issued

    answers = at_once(moving(life), run)

    assert not refusals(answers[:1])
    case, rights, live, _seen = outcome(life)
    assert (case.prefecture_code, rights, live) == ("34", ["34"], [])
    with as_worker():
        given = Appointment.objects.filter(dossier=life.dossier).order_by("pk")
        assert {one.state for one in given} <= {AppointmentState.REVOKED}
        assert given.count() == answers[1]
    with acting(life.applicant.pk):
        kinds = TimelineLine.objects.filter(dossier_id=life.dossier.pk).values_list(
            "kind", flat=True
        )
        assert list(kinds).count("appointment_moved") == answers[1]
        standing = Letter.objects.filter(kind="appointment_notice", revoked_at=None)
        assert not standing.exists()


def testrepeatst_giving_the_appointment_back_in_another_tab(place, repeat):
    life = visits.appointed()

    def give_back():
        with acting(life.applicant.pk) as present:
            return changing.give_back(
                visit_of(life), reason="work", user=life.applicant, at=present.now
            )

    answers = at_once(moving(life), give_back)

    assert not refusals(answers[:1])
    case, rights, live, _seen = outcome(life)
    assert (case.prefecture_code, rights, live) == ("34", ["34"], [])


def test_two_tabs_with_two_addresses_move_once(place, repeat):
    life = visits.appointed()

    answers = at_once(moving(life), moving(life, LYON))

    assert len(refusals(answers)) == 1
    case, rights, live, _seen = outcome(life)
    assert case.prefecture_code in ("34", "69")
    assert (rights, live) == ([case.prefecture_code], [])


def testrepeatst_the_maker_who_delivers(place, repeat):
    life = visits.Life().granted()

    order = sent(life)

    def deliver():
        with as_worker() as act:
            producing.note_produced(card_order_id=order.pk, card_number="X1", at=act.now)

    at_once(moving(life), deliver)

    with as_worker():
        case = Case.objects.get(pk=life.id)
        order = CardOrder.objects.get(case_id=life.id)
        found = CardDispatch.objects.on_their_way().filter(order=order).order_by("pk")
        ways = [(one.from_code, one.to_code) for one in found]
        rights = [one.prefecture_code for one in Clearance.objects.live().filter(case=case)]
    assert (case.prefecture_code, case.state, rights) == ("34", CaseState.CARD_READY, ["34"])
    assert (order.place_code, ways) == ("75", [("75", "34")])


def test_a_card_that_arrives_as_its_person_movesrepeat_is_sent_on(place, repeat):
    life = visits.Life().granted()
    order = sent(life)
    with as_worker() as act:
        producing.note_produced(card_order_id=order.pk, card_number="X1", at=act.now)
    moving(life)()
    with as_worker():
        dispatch = CardDispatch.objects.on_their_way().get(order=order)
    there = agent("counter_agent", office="34")

    def receive():
        with acting_for(there) as present:
            try:
                dispatching.receive(dispatch_id=dispatch.pk, actor=there, at=present.now)
            except DomainRefusal as refusal:
                return refusal

    def again():
        with acting(life.applicant.pk) as present:
            declare_address(
                dossier_id=life.dossier.pk,
                applicant=life.applicant,
                answers=LYON,
                seen=2,
                at=present.now,
                language="fr",
            )

    at_once(again, receive)

    with as_worker():
        case, order = Case.objects.get(pk=life.id), CardOrder.objects.get(case_id=life.id)
        ways = [
            (one.from_code, one.to_code)
            for one in CardDispatch.objects.on_their_way().filter(order=order).order_by("pk")
        ]
    assert case.prefecture_code == "69"
    # received first: sent on from there; dropped first: sent straight from where it still is
    assert (order.place_code, ways) in [("34", [("34", "69")]), ("75", [("75", "69")])]


@pytest.fixture
def offered(owner):
    """Somebody to whom a near seat is offered, at the only counter."""
    found = visits.places(owner)
    return visits.offered(found.here)


def offers_of(life):
    with acting(life.applicant.pk):
        return list(ShortNoticeOffer.objects.filter(dossier=life.dossier).order_by("offered_at"))


def test_against_a_yes_to_a_near_place_in_another_tab(offered, repeat):
    def accept():
        with acting(offered.applicant.pk):
            offer = ShortNoticeOffer.objects.get(pk=offered.offer.pk)
            return answering.answer(offer, OfferAnswer.ACCEPT)

    answers = at_once(moving(offered), accept)

    assert not refusals(answers[:1])
    case, rights, live, _seen = outcome(offered)
    assert (case.prefecture_code, rights, live) == ("34", ["34"], [])
    visits.run_near("75")
    assert outcome(offered)[2] == []
    (offer,) = offers_of(offered)
    assert (offer.state, offer.ended_because) == ("withdrawn", "revoked")


def test_against_the_run_that_ends_an_offer(offered, move_clock, repeat):
    with acting(offered.applicant.pk) as act:
        move_clock(offered.offer.expires_at - act.now)

    answers = at_once(moving(offered), lambda: visits.run_near("75"))

    assert not refusals(answers[:1])
    case, rights, live, _seen = outcome(offered)
    assert (case.prefecture_code, rights, live) == ("34", ["34"], [])
    visits.run_near("75")
    assert {one.state for one in offers_of(offered)} <= {"expired", "withdrawn"}
