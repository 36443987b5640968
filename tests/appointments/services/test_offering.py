"""A near seat goes to volunteers one at a time, in order; nobody loses a rank by answering."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from appointments import jobs, ordering
from appointments.enums import AppointmentState, OfferAnswer, OfferState
from appointments.models import (
    Appointment,
    Clearance,
    IssueDecision,
    IssueRun,
    Preference,
    ShortNoticeOffer,
    Slot,
)
from appointments.queries.delivery import reached_nobody
from appointments.services import answering, closing, opening, replaying
from portal.core import clock, journal
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence.models import Letter, OutgoingMail, TimelineLine
from portal.territory.api import Counter
from tests.factories import appointments as factory

ACCEPT, DECLINE = OfferAnswer.ACCEPT, OfferAnswer.DECLINE


def say(life, said):
    with acting_for(life.applicant):
        return answering.answer(ShortNoticeOffer.objects.get(pk=life.offer.pk), said)


def state_of(life):
    offer = factory.offer_of(life)
    return (offer.state, offer.ended_because) if offer else None


def lines(life, start="offer_"):
    with acting_for(life.applicant):
        found = TimelineLine.objects.filter(dossier_id=life.dossier.pk, kind__startswith=start)
        return sorted(found.order_by("pk").values_list("kind", flat=True))


def mails(life):
    with acting_for(life.applicant):
        found = OutgoingMail.objects.filter(dossier_id=life.dossier.pk).order_by("created_at", "pk")
        return list(found.values_list("subject", flat=True))


def replayed():
    with factory.issuer():
        return [
            line
            for run in IssueRun.objects.filter(prefecture_code=factory.OFFICE).order_by("pk")
            for line in replaying.differences(run)
        ] + list(replaying.broken_links(factory.OFFICE))


def earlier(days):
    return {"filed_at": clock.now() - timedelta(days=days)}


def queued(name):
    with factory.role("issuer"):
        return ProcrastinateJob.objects.filter(task_name=name, status="todo").count()


def test_the_first_volunteer_in_order_is_asked_and_nobody_else(shut_places):
    factory.open_once(shut_places.here, seats=1, in_days=5)
    unwilling = factory.cleared(**earlier(30))
    second, first = factory.volunteer(**earlier(5)), factory.volunteer(**earlier(20))
    factory.run()
    assert factory.offer_of(first) is None
    report = factory.run_near()

    assert (report.waiting, report.issued, report.offered) == (2, 0, 1)
    first.offer = factory.offer_of(first)
    assert first.offer.state == OfferState.OPEN
    assert factory.offer_of(second) is factory.offer_of(unwilling) is None
    assert first.offer.expires_at == ordering.answer_by(
        first.offer.offered_at, first.offer.starts_at
    )
    assert first.offer.expires_at == first.offer.offered_at + timedelta(hours=24)
    assert (lines(first), lines(second)) == (["offer_made"], [])
    assert factory.run_near().offered == 0
    assert "Répondez vite : une place proche vous est proposée" in mails(first)
    assert replayed() == []


def test_nothing_that_others_may_read_says_where_or_when(shut_places):
    life = factory.offered(shut_places.here)
    day = clock.legal_day(life.offer.starts_at)

    with life.desk():
        (line,) = TimelineLine.objects.filter(kind="offer_made")
        (entry,) = JournalLine.objects.filter(act="offer.make")
    with acting_for(life.applicant):
        mail = OutgoingMail.objects.get(subject__startswith="Répondez vite")
    assert set(line.params) == {"until_at"}
    assert line.params["until_at"].startswith(clock.legal_day(life.offer.expires_at).isoformat())
    assert day.isoformat() not in f"{line.params} {mail.body} {entry.facts}"
    assert "Site inventé" not in f"{line.params} {mail.body} {entry.facts}"
    assert (entry.subject_id, entry.dossier_id) == (str(life.offer.pk), life.dossier.pk)


def test_a_yes_becomes_an_appointment_at_once_by_a_run(shut_places):
    life = factory.offered(shut_places.here)
    say(life, ACCEPT)
    assert state_of(life) == (OfferState.ACCEPTED, "")
    assert queued("appointments.issue_near") == 1
    report = factory.run_near()

    given = factory.appointment_of(life)
    assert (report.issued, given.state) == (1, AppointmentState.ISSUED)
    assert (given.slot_id, given.seat_number) == (life.offer.slot_id, life.offer.seat_number)
    assert given.offer_id == life.offer.pk
    assert given.starts_at < given.issued_at + factory.NOTICE
    assert state_of(life) == (OfferState.USED, "")
    with life.desk():
        assert Letter.objects.filter(pk=given.letter_id, kind="appointment_notice").exists()
        assert IssueDecision.objects.get(appointment=given).outcome == "seat"
        entry = JournalLine.objects.get(act="appointment.issue")
        assert entry.facts["offer"] == str(life.offer.pk)
        assert journal.broken_at(str(life.dossier.pk)) is None
    assert lines(life) == ["offer_accepted", "offer_made"]
    assert "appointment_issued" in lines(life, "appointment")
    assert factory.run_near().issued == 0
    assert replayed() == []


def test_the_night_s_run_gives_the_place_that_was_accepted_and_no_other(shut_places):
    life = factory.offered(shut_places.here)
    factory.open_once(shut_places.here, seats=1, in_days=15)
    say(life, ACCEPT)
    factory.run()

    given = factory.appointment_of(life)
    assert (given.slot_id, given.offer_id) == (life.offer.slot_id, life.offer.pk)
    assert replayed() == []


def test_a_no_passes_the_place_on_and_costs_nothing(shut_places):
    first = factory.offered(shut_places.here, **earlier(20))
    second = factory.volunteer(**earlier(5))
    factory.run()
    say(first, DECLINE)
    factory.run_near()

    second.offer = factory.offer_of(second)
    assert state_of(first) == (OfferState.DECLINED, "")
    assert (second.offer.slot_id, second.offer.state) == (first.offer.slot_id, OfferState.OPEN)
    assert lines(first) == ["offer_declined", "offer_made"]
    say(second, DECLINE)
    factory.run_near()
    assert state_of(first) == (OfferState.DECLINED, "")  # nobody is asked twice
    factory.open_once(shut_places.here, seats=1, in_days=14)
    factory.run()
    assert factory.appointment_of(first) is not None  # first still, before the second
    assert factory.appointment_of(second) is None
    assert replayed() == []


def test_silence_passes_the_place_on_at_the_hour_and_is_told_once(shut_places, move_clock):
    first = factory.offered(shut_places.here, **earlier(20))
    second = factory.volunteer(**earlier(5))
    move_clock(timedelta(hours=23, minutes=59))
    factory.run_near()
    assert (state_of(first), state_of(second)) == ((OfferState.OPEN, ""), None)
    move_clock(timedelta(minutes=1))
    with factory.issuer():
        jobs.end_offers.func()
    for _twice in range(2):
        factory.run_near()

    assert queued("appointments.issue_near") == 1
    assert state_of(first) == (OfferState.EXPIRED, "")
    assert factory.offer_of(second).slot_id == first.offer.slot_id
    assert lines(first) == ["offer_expired", "offer_made"]
    with pytest.raises(DomainRefusal, match="L’heure limite est passée"):
        say(first, ACCEPT)
    with first.desk():
        assert JournalLine.objects.filter(act="offer.expire").count() == 1
    assert replayed() == []


def test_a_late_yes_is_refused_by_the_clock_before_any_job_ends_the_offer(shut_places, move_clock):
    life = factory.offered(shut_places.here)
    move_clock(timedelta(hours=24))

    for said in (ACCEPT, DECLINE):
        with pytest.raises(DomainRefusal, match="L’heure limite est passée"):
            say(life, said)
    assert state_of(life) == (OfferState.OPEN, "")


def test_a_nearer_visit_leaves_half_of_the_time_and_none_under_a_day(shut_places, move_clock):
    factory.open_once(shut_places.here, seats=1, in_days=3)
    life = factory.volunteer()
    factory.open_calendar()
    (slot,) = factory.slots(after_days=0)
    move_clock(slot.period.lower - clock.now() - timedelta(hours=30))
    factory.run_near()

    offer = factory.offer_of(life)
    assert abs(offer.expires_at - offer.offered_at - timedelta(hours=15)) < timedelta(minutes=1)
    move_clock(timedelta(hours=15, minutes=1))
    other = factory.volunteer()
    assert factory.run_near().offered == 0  # fifteen hours are left: nobody is asked any more
    assert (state_of(life), state_of(other)) == ((OfferState.EXPIRED, ""), None)


def test_an_ordinary_appointment_ends_the_offer_and_frees_its_seat(shut_places):
    first = factory.offered(shut_places.here, **earlier(20))
    factory.open_once(shut_places.here, seats=1, in_days=15)
    second = factory.volunteer(**earlier(5))
    factory.run()

    given = factory.appointment_of(first)
    assert given.starts_at >= given.issued_at + factory.NOTICE
    assert state_of(first) == (OfferState.WITHDRAWN, "given")
    with pytest.raises(DomainRefusal, match="n’est plus disponible"):
        say(first, ACCEPT)
    factory.run_near()
    assert lines(first) == ["offer_given", "offer_made"]
    assert "La place qui vous était proposée est retirée" not in mails(first)
    assert factory.offer_of(second).slot_id == first.offer.slot_id
    assert replayed() == []


def revoke(life, _places):
    with life.desk() as act:
        Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=act.now)


def close(life, places):
    with acting_for(life.supervisor):
        closing.close_site(
            site=factory.site(places.here),
            starts_at=life.offer.starts_at,
            ends_at=life.offer.ends_at,
            reason="Panne",
        )


def take_out(life, _places):
    counter = Counter.objects.select_related("site").get(pk=life.offer.counter_id)
    with acting_for(life.supervisor):
        closing.take_out_counter(
            counter=counter,
            starts_at=life.offer.starts_at,
            ends_at=life.offer.ends_at,
            kind="agent_absent",
        )


def unwish(life, _places):
    with acting_for(life.applicant):
        assert Preference.objects.update(short_notice=False) == 1


def give_elsewhere(life, places):
    """The same person is given a visit at another prefecture at that very moment."""
    factory.open_once(places.elsewhere, seats=1, in_days=5)
    other = factory.cleared(office="34", commune="34172", person=life.dossier.person)
    factory.open_calendar("34")
    factory.agreed_urgent(other)
    factory.run("34")
    assert factory.appointment_of(other).period == life.offer.period


@pytest.mark.parametrize(
    ("end", "why", "is_mailed"),
    [
        (revoke, "revoked", False),
        (close, "closed", True),
        (take_out, "closed", True),
        (unwish, "unwilling", False),
        (give_elsewhere, "elsewhere", True),
    ],
)
@pytest.mark.parametrize("said", ["", "accepted"])
def test_what_ends_an_offer_is_found_said_and_told_once(shut_places, end, why, is_mailed, said):
    life = factory.offered(shut_places.here)
    if said:
        factory.answered(life, said)
    end(life, shut_places)
    if said and end is unwish:
        assert state_of(life) == (OfferState.ACCEPTED, "")  # who said yes has an appointment
        return
    for _twice in range(2):
        factory.run_near()

    assert state_of(life) == (OfferState.WITHDRAWN, why)
    assert lines(life).count(f"offer_{why}") == 1
    assert mails(life).count("La place qui vous était proposée est retirée") == is_mailed
    assert factory.appointment_of(life) is None
    with life.desk():
        entry = JournalLine.objects.get(act="offer.withdraw")
        assert entry.facts == {"because": why}
    assert replayed() == []


def test_a_yes_that_no_run_could_serve_in_time_is_told(shut_places, move_clock):
    life = factory.offered(shut_places.here)
    say(life, ACCEPT)
    move_clock(timedelta(days=6))
    factory.run_near()

    assert state_of(life) == (OfferState.WITHDRAWN, "late")
    assert "La place que vous aviez acceptée n’a pas pu vous être donnée" in mails(life)


def test_a_place_under_offer_is_given_to_nobody_else_even_urgent(shut_places):
    life = factory.offered(shut_places.here)
    urgent = factory.cleared()
    factory.agreed_urgent(urgent)
    factory.run()
    factory.run_near()

    assert factory.appointment_of(urgent) is None
    assert state_of(life) == (OfferState.OPEN, "")
    assert replayed() == []


def test_an_urgency_takes_a_near_seat_before_any_volunteer(shut_places):
    factory.open_once(shut_places.here, seats=1, in_days=5)
    urgent, life = factory.cleared(), factory.volunteer(**earlier(30))
    factory.agreed_urgent(urgent)
    factory.open_calendar()
    factory.run_near()

    assert factory.appointment_of(urgent) is not None
    assert factory.offer_of(life) is None


def test_the_calendar_leaves_a_place_under_offer_where_it_is(shut_places):
    life = factory.offered(shut_places.here, seats=2)
    hours = shut_places.here.counters[0]
    with acting_for(life.supervisor):
        pattern = opening.OpeningPattern.objects.get(counter=hours)
        pattern.valid = type(pattern.valid)(empty=True)
        pattern.save(update_fields=["valid"])
    factory.open_calendar()

    with factory.issuer():
        states = dict(Slot.objects.filter(counter=hours).values_list("pk", "state"))
    assert states.pop(life.offer.slot_id) == "open"
    assert set(states.values()) == {"withdrawn"}
    say(life, ACCEPT)
    factory.run_near()
    assert factory.appointment_of(life).slot_id == life.offer.slot_id


def test_people_of_one_account_are_asked_each_for_their_own(shut_places):
    factory.open_once(shut_places.here, seats=3, in_days=5)
    lives = [factory.willing(life) for life in factory.family(2)]
    factory.open_calendar()
    factory.run_near()
    for life in lives:
        life.offer = factory.offer_of(life)
    assert len({life.offer.period for life in lives}) == 2

    say(lives[1], ACCEPT)
    say(lives[0], DECLINE)
    factory.run_near()
    assert factory.appointment_of(lives[1]).family is None
    assert factory.appointment_of(lives[0]) is None
    assert replayed() == []


@pytest.mark.parametrize("said", [ACCEPT, DECLINE])
def test_the_same_answer_twice_is_one_answer_and_the_other_is_refused(shut_places, said):
    life = factory.offered(shut_places.here)
    for _twice in range(2):
        say(life, said)
    other = DECLINE if said == ACCEPT else ACCEPT
    with pytest.raises(DomainRefusal, match="Vous avez déjà"):
        say(life, other)

    assert len(lines(life)) == 2
    with life.desk():
        assert JournalLine.objects.filter(act=f"offer.{said}").count() == 1
    assert queued("appointments.issue_near") == 1
    if said == ACCEPT:
        factory.run_near()
        say(life, said)  # a third tab, once the appointment is given
        assert state_of(life) == (OfferState.USED, "")


def test_who_accepted_knows_of_the_visit(shut_places):
    life = factory.offered(shut_places.here)
    say(life, ACCEPT)
    factory.run_near()
    with acting(None, scope="system"), factory.role("worker"):
        OutgoingMail.objects.filter(dossier_id=life.dossier.pk).update(state="failed")
        assert not reached_nobody(clock.now()).exists()


def test_a_place_given_back_after_a_yes_is_offered_to_the_next(shut_places):
    first = factory.offered(shut_places.here, **earlier(20))
    second = factory.volunteer(**earlier(5))
    say(first, ACCEPT)
    factory.run_near()
    with acting_for(first.applicant):
        factory.change(factory.appointment_of(first)).save(force_insert=True)
    factory.run_near()

    assert factory.offer_of(second).slot_id == first.offer.slot_id
    assert state_of(first) == (OfferState.USED, "")


def test_the_job_of_a_run_asks_for_the_near_one_and_the_sweep_only_where_due(shut_places):
    life = factory.offered(shut_places.here)
    with factory.issuer():
        jobs.end_offers.func()
    assert queued("appointments.issue_near") == 0
    with factory.issuer():
        jobs.issue.func(prefecture_code="75")
    assert queued("appointments.issue_near") == 1
    factory.answered(life, "accepted")
    with factory.issuer():
        jobs.end_offers.func()
    assert queued("appointments.issue_near") == 2
    with factory.issuer():
        jobs.issue_near.func(prefecture_code="75")
    assert factory.appointment_of(life) is not None


def test_a_replay_says_what_offer_was_tampered_with(shut_places, capsys):
    life = factory.offered(shut_places.here)
    run = IssueRun.objects.get(is_near=True)
    with factory.role("issuer"):
        call_command("appointments", "replay", str(run.pk))
        call_command("appointments", "verify", "75")
    assert capsys.readouterr().out.split() == ["identique", "identique"]

    with factory.issuer():
        run.inputs.packed = replaying.pack(_without_volunteers(run))[0]
        inputs, difference = replaying.differences(run)
    assert inputs == "inputs: not those that the run sealed"
    assert difference.startswith("offer: replayed None, kept (1, ")
    assert str(life.offer.slot_id) in difference


def _without_volunteers(run):
    inputs = replaying.unpack(bytes(run.inputs.packed))
    for one in inputs.waiting:
        object.__setattr__(one, "volunteer", False)
    return inputs


def test_a_near_run_without_a_seat_leaves_no_trace(shut_places):
    factory.volunteer()

    assert factory.run_near().waiting == 0
    assert not IssueRun.objects.exists()
    assert not Appointment.objects.exists()
