"""Granted, the person moves before the card is handed over: what ends here, what begins there."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from appointments import letters, queries
from appointments.enums import AppointmentState, VisitOutcome
from appointments.models import Appointment, Clearance, KeptRank, Urgency, Visit
from appointments.services import checking_in, clearing, replaying, visiting
from dossiers.services.relocating import declare_address
from portal.core import clock, journal
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.correspondence.models import Letter, OutgoingMail, TimelineLine
from portal.vault.api import AccessGrant
from tests.factories import appointments as factory
from tests.factories.workflows import agent
from workflows.models import Case, Decision, Step

pytestmark = pytest.mark.django_db
MONTPELLIER = {"address_line": "2 rue Test", "postcode": "34000", "commune": "34172"}
PARIS_12 = {"address_line": "2 rue Test", "postcode": "75012", "commune": "75112"}
PARIS_18 = {"address_line": "3 rue Test", "postcode": "75018", "commune": "75118"}


def move(life, address=MONTPELLIER):
    """The person files another address, and nothing more."""
    with acting(life.applicant.pk) as act:
        declare_address(
            dossier_id=life.dossier.pk,
            applicant=life.applicant,
            answers=address,
            seen=life.dossier.submissions.count(),
            at=act.now,
            language="fr",
        )


@pytest.fixture
def two_offices(places):
    """Both offices open their counters."""
    factory.open_counters(places.elsewhere)
    return places


def of_the_person(life, model, **facts):
    """Every row of the dossier, as its person sees them, oldest first."""
    with acting(life.applicant.pk):
        order = "cleared_at" if model is Clearance else "pk"
        return list(model.objects.filter(dossier=life.dossier, **facts).order_by(order))


def rights(life):
    with acting(life.applicant.pk):
        found = Clearance.objects.filter(dossier=life.dossier).select_related("kept")
        return sorted(found, key=lambda one: one.revoked_at is None)


def lines_of(life):
    with acting(life.applicant.pk):
        lines = TimelineLine.objects.filter(dossier_id=life.dossier.pk).order_by("at", "id")
        return [line.kind for line in lines]


def newest(life):
    with acting(life.applicant.pk):
        return queries.current_appointment(life.dossier.pk)


@pytest.mark.parametrize("purpose", ["biometrics", "collection"])
def test_the_right_ends_here_and_begins_there_at_the_same_rank(two_offices, purpose):
    life = factory.appointed(purpose=purpose)
    before = life.case

    move(life)

    former, right = rights(life)
    assert (former.prefecture_code, right.prefecture_code) == ("75", "34")
    assert former.revoked_at is not None
    assert right.revoked_at is None
    same = ("purpose", "filed_at", "deadline_on", "is_vulnerable", "household", "person_id")
    assert [getattr(former, name) for name in same] == [getattr(right, name) for name in same]
    assert (right.kept.former_id, right.kept.waiting_since) == (former.pk, former.cleared_at)
    with acting(life.applicant.pk):
        case, step = Case.objects.get(pk=life.id), Step.objects.get(pk=right.step_id)
        assert (step.move, step.role, step.office_code) == ("transfer_visit", "system", "75")
        assert Decision.objects.get().revoked_at is None
    kept = ("state", "decided_at", "decided_by_id", "title_starts_on", "title_ends_on", "filed_at")
    assert [getattr(case, name) for name in kept] == [getattr(before, name) for name in kept]
    assert (case.prefecture_code, case.service.prefecture_id) == ("34", "34")
    assert case.implicit_refusal_on == before.implicit_refusal_on


def test_the_appointment_is_cancelled_said_and_given_again_there(two_offices):
    life = factory.appointed()
    old = life.appointment

    move(life)
    factory.run("34")

    given = newest(life)
    assert (given.prefecture_code, given.state, given.attempt) == ("34", "issued", 2)
    assert given.site_id == two_offices.elsewhere.site
    with acting(life.applicant.pk):
        assert Appointment.objects.get(pk=old.pk).state == AppointmentState.REVOKED
        assert Letter.objects.get(pk=old.letter_id).revoked_at is not None
        mails = OutgoingMail.objects.filter(dossier_id=life.dossier.pk)
        assert mails.filter(subject__contains="votre dossier vous suit").count() == 1
    told = lines_of(life)
    assert told[-4:] == [
        "dossier_address_changed",
        "case_transfer_visit",
        "appointment_moved",
        "appointment_issued",
    ]


def test_the_calendar_takes_out_the_old_and_then_takes_the_new(two_offices):
    life = factory.appointed()

    def event():
        body = letters.calendar_file(newest(life), url="https://x.test/", at=clock.now())
        calendar = Calendar.from_ical(body)
        (found,) = calendar.walk("VEVENT")
        return str(calendar["method"]), str(found["uid"]), int(found["sequence"])

    issued = event()
    move(life)
    cancelled = event()
    factory.run("34")
    again = event()

    assert [issued[0], cancelled[0], again[0]] == ["PUBLISH", "CANCEL", "PUBLISH"]
    assert len({issued[1], cancelled[1], again[1]}) == 1
    assert issued[2] < cancelled[2] < again[2]


def test_the_former_office_sees_nothing_of_the_case_any_more(two_offices):
    life = factory.appointed()
    with acting_for(life.applicant):
        assert Clearance.objects.count() == 1

    move(life)

    for person in (life.counter, life.supervisor, life.reviewer):
        with acting_for(person):
            counted = [model.objects.count() for model in (Case, Clearance, Appointment, KeptRank)]
            assert counted == [0, 0, 0, 0]
            assert not Letter.objects.exists()
            assert not TimelineLine.objects.exists()
    with acting(None, prefectures=["75", "34"]):
        grants = AccessGrant.objects.open().filter(subject_id=life.dossier.pk)
        (grant,) = grants.order_by("pk")
    assert grant.prefecture_code == "34"
    assert {"reviewer", "signatory", "supervisor", "counter_agent"} <= set(grant.roles)
    with acting_for(agent("counter_agent", office="34")):
        assert Clearance.objects.get().prefecture_code == "34"


def test_the_former_counter_reads_one_sentence_and_no_name(two_offices, at_the_visit):
    life = factory.appointed()
    move(life)
    at_the_visit(life.appointment)

    with acting_for(life.counter) as act, pytest.raises(DomainRefusal, match="autre préfecture"):
        checking_in.find(life.appointment.code, user=life.counter, at=act.now)
    with acting_for(agent("counter_agent", office="34")) as act:
        person = agent("counter_agent", office="34")
        with pytest.raises(DomainRefusal, match="n’ouvre aucun rendez-vous"):
            checking_in.find(life.appointment.code, user=person, at=act.now)


def test_runs_of_both_offices_are_replayed_the_same_afterwards(two_offices):
    life = factory.appointed()
    move(life)
    factory.run("34")

    for office in ("75", "34"):
        with factory.issuer(office):
            assert list(replaying.broken_links(office)) == []
            run = queries.last_run(office)
            assert run.issued == 1
            assert list(replaying.differences(run)) == []
    with acting(None, scope="system"), factory.role("worker"):
        assert journal.broken_at(life.dossier.pk) is None


def waiting_of(life, office):
    with factory.issuer(office):
        (found,) = queries.waiting_clearances(office)
        return queries.as_waiting(found)


def test_the_rank_counts_what_happened_at_the_office_that_was_left(
    two_offices, at_the_visit, move_clock
):
    life = factory.appointed()
    first = life.appointment
    with acting_for(life.applicant):
        factory.change(first).save(force_insert=True)
    factory.run()
    life.appointment = factory.appointment_of(life)
    at_the_visit(life.appointment, days=1)
    factory.run()
    before = factory.appointment_of(life)
    assert (before.attempt, before.state) == (3, "issued")
    with factory.issuer():
        right = Clearance.objects.select_related("service", "kept").get()
        before = queries.as_waiting(right)

    move(life)

    after = waiting_of(life, "34")
    same = ("filed_at", "cleared_on", "deadline_on", "vulnerable", "missed", "readmitted", "avoid")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert (after.missed, after.revoked_by_the_office) == (1, 0)
    assert len(after.avoid) == 2


def test_who_waits_for_long_does_not_wait_anew(two_offices, move_clock):
    life = factory.cleared()
    cleared_on = clock.today()
    move_clock(timedelta(days=65))

    move(life)

    assert waiting_of(life, "34").cleared_on == cleared_on


def test_two_missed_visits_still_ask_for_a_talk_first(two_offices, move_clock):
    life = factory.appointed()
    for _miss in range(2):
        given = factory.appointment_of(life)
        move_clock(given.ends_at - clock.now() + timedelta(days=1))
        factory.run()
    with acting_for(life.supervisor):
        assert [one.case_id for one in queries.to_contact(life.supervisor)] == [life.id]

    move(life)

    boss = agent("supervisor", office="34")
    with acting_for(boss):
        (right,) = queries.to_contact(boss)
        assert right.prefecture_code == "34"
        clearing.readmit(right, user=boss)
    factory.run("34")
    assert newest(life).prefecture_code == "34"


def test_an_urgency_that_two_people_agreed_is_carried(two_offices):
    life = factory.cleared()
    agreed = factory.agreed_urgent(life)

    move(life)
    factory.run("34")

    given = newest(life)
    assert given.starts_at < given.issued_at + timedelta(days=10)
    carried = of_the_person(life, Urgency, prefecture_code="34")[0]
    assert (carried.carried_from_id, carried.ground, carried.reason) == (
        agreed.pk,
        agreed.ground,
        agreed.reason,
    )
    assert (given.urgency_id, given.urgent_by_id, given.urgent_approved_by_id) == (
        carried.pk,
        agreed.asked_by_id,
        agreed.approved_by_id,
    )


def test_an_urgency_that_waits_is_answered_there(two_offices):
    life = factory.cleared()
    factory.asked_urgent(life)

    move(life)

    boss = agent("supervisor", office="34")
    with acting_for(boss) as act:
        Urgency.objects.filter(approved_at=None).update(approved_by=boss, approved_at=act.now)
    assert waiting_of(life, "34").dossier_id == str(life.dossier.pk)
    factory.run("34")
    assert newest(life).urgency_id


def arrived(life, at_the_visit):
    at_the_visit(life.appointment)
    with acting_for(life.counter) as act:
        appointment = Appointment.objects.select_related("site", "counter").get(
            pk=life.appointment.pk
        )
        checking_in.arrive(appointment, counter=appointment.counter, user=life.counter, at=act.now)
    return appointment


def test_a_visit_under_way_ends_and_nothing_more_is_done_here(two_offices, at_the_visit):
    life = factory.appointed()
    appointment = arrived(life, at_the_visit)

    move(life)

    with acting_for(life.counter) as act, pytest.raises(DomainRefusal, match="n’existe plus ici"):
        visiting.fulfil(
            appointment, case_id=life.id, user=life.counter, at=act.now, old_card="none"
        )
    with acting_for(life.counter), pytest.raises(DomainRefusal, match="Personne n’attend"):
        visiting.call_next(counter=appointment.counter, user=life.counter)
    (visit,) = (one for one in of_visits(life))
    assert (visit.state, visit.outcome, visit.step_id) == ("ended", VisitOutcome.MOVED, None)
    assert "visit_moved" in lines_of(life)
    factory.run("34")
    assert newest(life).prefecture_code == "34"


def of_visits(life):
    with acting(life.applicant.pk):
        return list(Visit.objects.filter(dossier=life.dossier).order_by("arrived_at"))


def test_whom_nobody_recognised_is_spoken_with_first_there_too(two_offices, at_the_visit):
    life = factory.appointed()
    appointment = arrived(life, at_the_visit)
    with acting_for(life.counter):
        visiting.leave_unfulfilled(
            appointment, outcome="unidentified", reason="other_face", user=life.counter
        )

    move(life)
    factory.run("34")

    assert newest(life).prefecture_code == "75"
    boss = agent("supervisor", office="34")
    with acting_for(boss):
        (right,) = queries.to_contact(boss)
        assert right.kept.is_doubted
        clearing.readmit(right, user=boss)
    assert waiting_of(life, "34").readmitted == 0
    factory.run("34")
    assert newest(life).prefecture_code == "34"


def test_moving_twice_and_coming_back_keeps_the_rank_and_one_right(two_offices):
    life = factory.appointed()
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)
    since = life.clearance.cleared_at

    move(life)
    factory.run("34")
    move(life, PARIS_12)

    with acting(life.applicant.pk):
        right = Clearance.objects.live().select_related("kept").get()
    assert (right.prefecture_code, right.kept.first_id) == ("75", life.clearance.pk)
    assert right.kept.waiting_since == since
    assert len(right.kept.avoided) == 1
    factory.run()
    assert newest(life).prefecture_code == "75"
    with acting_for(life.supervisor):
        # its own past visits are its own again, with the case
        assert Clearance.objects.count() == 2


def test_another_home_of_the_same_office_changes_nothing(two_offices):
    life = factory.appointed()

    move(life, PARIS_18)

    assert len(rights(life)) == 1
    assert newest(life).state == "issued"
    assert lines_of(life)[-1] == "case_stays_where_decided"


def test_once_the_card_is_handed_over_nothing_moves(two_offices):
    life = factory.cleared()
    life.handed_over()

    move(life)

    assert life.case.prefecture_code == "75"
    assert lines_of(life)[-1] == "case_stays_where_decided"


@pytest.mark.parametrize(
    "broken",
    [
        "appointments.services.clearing._open_files_to_the_counter",
        "appointments.services.notices.withdraw_letter",
        "appointments.services.notices.tell_about",
        "workflows.services.transferring.give_to_office",
        "workflows.services.transferring.send_card_after",
        "portal.vault.api.revoke_access",
    ],
)
def test_a_failure_between_any_two_leaves_everything_as_it_was(two_offices, monkeypatch, broken):
    life = factory.appointed()

    def fail(*_args, **_facts):
        raise OSError("cut")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(OSError, match="cut"):
        move(life)

    assert life.case.prefecture_code == "75"
    assert [one.revoked_at for one in rights(life)] == [None]
    assert newest(life).state == "issued"
    assert lines_of(life)[-1] == "appointment_issued"
