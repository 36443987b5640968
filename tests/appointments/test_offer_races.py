"""Answers, runs, the clock and the office at the same moment, on real connections: one story."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from appointments.enums import OfferAnswer, OfferState
from appointments.models import Appointment, Clearance, ShortNoticeOffer
from appointments.services import answering, closing
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from tests.factories import appointments as factory
from tests.hostile.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def saying(life, said):
    def act():
        with acting_for(life.applicant):
            answering.answer(ShortNoticeOffer.objects.get(pk=life.offer.pk), said)

    return act


def live_of(life):
    with life.desk():
        return list(Appointment.objects.live().filter(dossier=life.dossier))


def state_of(life):
    offer = factory.offer_of(life)
    return offer.state, offer.ended_because


def written(act):
    with acting(None, prefectures=["75"]):
        return JournalLine.objects.filter(act=act).count()


@pytest.fixture
def life(shut_places):
    return factory.offered(shut_places.here, filed_at=clock.now() - timedelta(days=9))


def test_two_tabs_that_accept_accept_once(life):
    answers = at_once(*[saying(life, OfferAnswer.ACCEPT)] * 4)

    assert refusals(answers) == []
    assert (state_of(life), written("offer.accept")) == ((OfferState.ACCEPTED, ""), 1)
    factory.run_near()
    assert len(live_of(life)) == 1


@pytest.mark.parametrize("_again", range(3))
def test_a_yes_and_a_no_at_once_are_one_answer(life, _again):
    yes, no = at_once(saying(life, OfferAnswer.ACCEPT), saying(life, OfferAnswer.DECLINE))

    assert (yes is None) is not (no is None)
    factory.run_near()
    assert len(live_of(life)) == (1 if yes is None else 0)


@pytest.mark.parametrize("_again", range(3))
def test_a_yes_and_an_ordinary_run_make_one_appointment(shut_places, life, _again):
    factory.open_once(shut_places.here, seats=1, in_days=15)
    factory.open_calendar()

    yes, _run = at_once(saying(life, OfferAnswer.ACCEPT), factory.run)

    factory.run_near()
    (given,) = live_of(life)
    if isinstance(yes, DomainRefusal):
        assert (given.offer_id, state_of(life)) == (None, (OfferState.WITHDRAWN, "given"))
    else:
        assert (given.offer_id, state_of(life)) == (life.offer.pk, (OfferState.USED, ""))


@pytest.mark.parametrize("_again", range(3))
def test_runs_of_near_seats_at_once_ask_each_person_once(shut_places, _again):
    factory.open_once(shut_places.here, seats=2, in_days=5)
    lives = [factory.volunteer() for _one in range(3)]
    factory.open_calendar()

    reports = at_once(factory.run_near, factory.run_near, factory.run)

    assert sum(report.offered for report in reports) == 2
    with factory.issuer():
        made = ShortNoticeOffer.objects.values_list("slot", "seat_number")
        assert len(made) == len(set(made)) == 2
    assert sum(factory.offer_of(life) is not None for life in lives) == 2


@pytest.mark.parametrize("_again", range(3))
def test_a_yes_at_the_last_moment_or_the_end_never_both(life, move_clock, _again):
    other = factory.volunteer()
    move_clock(life.offer.expires_at - clock.now() - timedelta(milliseconds=60))

    yes, _run = at_once(saying(life, OfferAnswer.ACCEPT), factory.run_near)

    factory.run_near()
    if yes is None:
        assert state_of(life) == (OfferState.USED, "")
        assert factory.offer_of(other) is None
    else:
        move_clock(timedelta(seconds=1))
        factory.run_near()
        assert state_of(life) == (OfferState.EXPIRED, "")
        assert factory.offer_of(other).slot_id == life.offer.slot_id


def closing_the_site(life, places):
    def act():
        with acting_for(life.supervisor):
            closing.close_site(
                site=factory.site(places.here),
                starts_at=life.offer.starts_at,
                ends_at=life.offer.ends_at,
                reason="Panne",
            )

    return act


def revoking(life, _places):
    def act():
        with life.desk() as present:
            Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=present.now)

    return act


@pytest.mark.parametrize("_again", range(3))
@pytest.mark.parametrize(("end", "why"), [(closing_the_site, "closed"), (revoking, "revoked")])
def test_a_yes_a_run_and_an_end_leave_nobody_expected(shut_places, life, end, why, _again):
    at_once(saying(life, OfferAnswer.ACCEPT), end(life, shut_places), factory.run_near)

    factory.run_near()
    assert live_of(life) == []
    # the run came between the two, or the offer ended first
    assert state_of(life) in {(OfferState.USED, ""), (OfferState.WITHDRAWN, why)}


def test_an_answer_does_not_wait_for_a_long_run(life):
    held, done = threading.Event(), threading.Event()

    def a_long_run():
        with factory.issuer():
            offers = ShortNoticeOffer.objects.select_for_update(of=("self",), no_key=True)
            assert offers.filter(pk=life.offer.pk).exists()
            held.set()
            done.wait(30)

    def answer():
        held.wait(30)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '100ms'")
                return saying(life, OfferAnswer.ACCEPT)()
        finally:
            done.set()

    _run, refused = at_once(a_long_run, answer)

    assert "Réessayez dans une minute" in " ".join(refused.reasons)
    assert state_of(life) == (OfferState.OPEN, "")
    saying(life, OfferAnswer.ACCEPT)()
    assert state_of(life) == (OfferState.ACCEPTED, "")
