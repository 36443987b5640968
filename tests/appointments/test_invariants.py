"""Each rule of a visit, broken by SQL in the role that could try, and refused by the database."""

import contextlib
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from appointments import receivers
from appointments.enums import AppointmentState
from appointments.models import (
    Appointment,
    CheckIn,
    Clearance,
    Closure,
    CounterSkill,
    Seat,
    Slot,
)
from portal.core.door import acting, acting_for
from tests.factories import appointments as factory
from tests.factories import workflows
from tests.factories.workflows import Life
from workflows.events import visit_due
from workflows.models import Step


@contextlib.contextmanager
def refused(constraint):
    """The database refuses these statements, and names this rule."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.diag.constraint_name == constraint


@contextlib.contextmanager
def forbidden():
    """The role has no right to do this at all."""
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        yield


@contextlib.contextmanager
def unseen():
    """The row policies refuse this row to this person."""
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        yield


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@pytest.fixture
def calendar(places):
    factory.open_calendar()
    return factory.slots()


@contextlib.contextmanager
def silence():
    """Nobody hears that a visit is due: the clearance is left to the test."""
    assert visit_due.disconnect(dispatch_uid="appointments.clear_for_visit")
    try:
        yield
    finally:
        visit_due.connect(receivers.clear_for_visit, dispatch_uid="appointments.clear_for_visit")


def uncleared():
    """A life whose card is ready and from whose step no clearance was made."""
    with silence():
        life = Life().granted().card_ready()
    with life.desk():
        life.step = Step.objects.get(case=life.id, move="mark_card_ready")
    return life


def clearance(life, **facts):
    """The row that should be made from the life's step; `facts` may lie."""
    said = {
        "dossier_id": life.dossier.pk,
        "case_id": life.id,
        "step_id": life.step.pk,
        "applicant_id": life.applicant.pk,
        "person_id": life.dossier.person_id,
        "prefecture_code": life.office,
        "service_id": "collection",
        "purpose": "collection",
        "filed_at": life.dossier.filed_at,
        "holder_name": "Ada Exemple",
        "dossier_number": life.dossier.number,
    }
    return Clearance(**said | facts)


# I0: a clearance comes from a step that completed the review


@pytest.mark.parametrize("role", ["web", "worker"])
def test_i0_a_clearance_needs_a_clearing_step_of_its_case(db, role):
    life, other = uncleared(), uncleared()
    with life.desk():
        plain = Step.objects.get(case=life.id, move="grant")

    with life.desk(), factory.role(role):
        for step in (plain, other.step):
            with refused("a_clearance_comes_from_the_step_of_its_case"):
                clearance(life, step_id=step.pk).save(force_insert=True)
        with refused("a_clearance_is_for_the_dossier_of_its_case"):
            clearance(life, case_id=other.id, step_id=other.step.pk).save(force_insert=True)
        clearance(life).save(force_insert=True)


def test_i0_a_clearance_cannot_say_that_its_step_does_not_clear(db):
    life = uncleared()

    with life.desk(), refused("a_clearance_comes_from_a_clearing_step"):
        clearance(life, clears=False).save(force_insert=True)


@pytest.mark.parametrize("lie", ["applicant_id", "person_id"])
def test_i0_a_clearance_is_for_the_person_of_its_dossier(db, lie):
    life, other = uncleared(), uncleared()

    with life.desk(), refused("a_clearance_is_for_the_person_of_its_dossier"):
        clearance(life, **{lie: getattr(other.dossier, lie)}).save(force_insert=True)


def test_i0_a_purpose_has_its_own_service(db):
    life = uncleared()

    with life.desk(), refused("a_clearance_asks_for_the_service_of_its_purpose"):
        clearance(life, service_id="biometrics").save(force_insert=True)


@pytest.mark.parametrize("role", ["web", "worker"])
def test_i0_a_right_is_to_the_visit_of_its_step_in_the_office_that_has_the_case(db, role):
    life = uncleared()

    with (
        life.desk(),
        factory.role(role),
        refused("a_right_is_to_the_visit_that_its_step_asks_for"),
    ):
        clearance(life, purpose="biometrics", service_id="biometrics").save(force_insert=True)
    with (
        acting(None, prefectures=["75", "34"]),
        factory.role(role),
        refused("a_right_is_born_in_the_office_that_has_the_case"),
    ):
        clearance(life, prefecture_code="34").save(force_insert=True)


def test_i0_moments_are_the_databases_own(calendar):
    life = factory.cleared()
    lie = life.clearance.cleared_at - timedelta(days=400)
    given = factory.give(life, calendar[0], issued_at=lie)

    with life.desk() as act:
        given.refresh_from_db()
        assert given.issued_at == act.now
        with refused("a_clearance_is_only_ever_revoked"):
            Clearance.objects.filter(pk=life.clearance.pk).update(cleared_at=lie)


# I1, I2: what a counter may offer


def test_i1_a_slot_needs_a_counter_with_the_skill(calendar):
    slot = calendar[0]

    with factory.issuer(), refused("a_slot_needs_a_counter_with_the_skill"):
        copy_of(slot, service_id="biometrics", days=200).save(force_insert=True)


def test_i2_a_counter_is_in_one_slot_at_a_time(calendar):
    with factory.issuer(), refused("a_counter_is_in_one_slot_at_a_time"):
        copy_of(calendar[0], minutes=5).save(force_insert=True)


def copy_of(slot, *, days=0, minutes=0, **facts):
    away = timedelta(days=days, minutes=minutes)
    period = type(slot.period)(slot.period.lower + away, slot.period.upper + away, "[)")
    said = {name: getattr(slot, name) for name in ("prefecture_code", "site_id", "counter_id")}
    return Slot(**said | {"service_id": slot.service_id, "period": period} | facts)


def test_a_slot_is_at_a_counter_of_a_site_of_the_prefecture(calendar, places):
    slot = calendar[0]

    with factory.issuer("34"), refused("a_slot_is_at_a_site_of_the_prefecture"):
        copy_of(slot, days=200, prefecture_code="34").save(force_insert=True)
    with factory.issuer(), refused("a_slot_is_at_a_counter_of_the_site"):
        elsewhere = places.elsewhere
        copy_of(slot, days=200, site_id=elsewhere.site, prefecture_code="34").save(
            force_insert=True
        )


# I3: one live right


def test_i3_one_live_clearance_per_dossier_and_purpose(db):
    with silence():
        life = Life().granted().card_ready().retraction_proposed().observations_sent()
        life.retracted().proposed().signed().card_ready()
    with life.desk():
        steps = Step.objects.filter(case=life.id, clears=True).order_by("number")
        life.step, second = steps
        clearance(life).save(force_insert=True)
        with refused("one_live_clearance_per_dossier_and_purpose"):
            clearance(life, step_id=second.pk).save(force_insert=True)


# I4: two changes at most


def test_i4_a_third_change_is_refused_whoever_writes_it(places):
    life = factory.appointed()
    for _time in range(2):
        with acting_for(life.applicant):
            factory.change(life.appointment).save(force_insert=True)
        factory.run()
        life.appointment = factory.appointment_of(life)

    assert life.appointment.user_changes == 2
    for person in (life.applicant, life.counter):
        with acting_for(person), refused("at_most_two_changes_asked_by_the_person"):
            factory.change(life.appointment).save(force_insert=True)


# I5: notice


def test_i5_ten_days_notice_or_two_different_people(calendar):
    life = factory.cleared()
    soon = factory.slots(after_days=1)[0]
    one, two = workflows.agent(), workflows.agent()
    named = "an_urgent_appointment_names_its_urgency_and_two_people"

    with refused("ten_days_notice_unless_urgent_or_accepted"):
        factory.give(life, soon)
    for alone in ({"urgent_by": one}, {"urgent_by": one, "urgent_approved_by": two}):
        with refused(named):
            factory.give(life, calendar[0], **alone)


def test_i5_an_urgency_is_agreed_for_that_very_clearance(calendar):
    life, other = factory.cleared(), factory.cleared()
    soon = factory.slots(after_days=1)[0]
    asked, agreed = factory.asked_urgent(life), factory.agreed_urgent(other)
    people = {"urgent_by_id": agreed.asked_by_id, "urgent_approved_by_id": agreed.approved_by_id}
    rule = "an_urgent_appointment_is_of_an_agreed_urgency"

    for lie in (asked, agreed):
        with refused(rule):
            factory.give(life, soon, urgency=lie, **people)
    swapped = dict(zip(people, reversed(people.values()), strict=True))
    with refused(rule):
        factory.give(other, soon, urgency=agreed, **swapped)
    assert factory.give(other, soon, urgency=agreed, **people).pk


# I6, I7: bound to the clearance and to the slot


@pytest.mark.parametrize("lie", ["dossier_id", "applicant_id", "person_id", "purpose"])
def test_i6_an_appointment_is_what_its_clearance_allows(calendar, lie):
    life, other = factory.cleared(), factory.cleared()
    false = "biometrics" if lie == "purpose" else getattr(other.clearance, lie)

    with refused("an_appointment_is_what_its_clearance_allows"):
        factory.give(life, calendar[0], **{lie: false})


def test_i6_no_appointment_without_a_clearance(calendar):
    life = factory.cleared()

    with refused("an_appointment_is_what_its_clearance_allows"):
        factory.give(life, calendar[0], clearance_id=life.id)


def test_i7_an_appointment_is_where_and_when_its_slot_is(calendar, places):
    life, slot = factory.cleared(), calendar[0]
    rule = "an_appointment_is_where_and_when_its_slot_is"

    with refused(rule):
        factory.give(life, slot, period=calendar[5].period)
    with refused(rule):
        factory.give(life, slot, counter_id=places.here.counters[1])
    with refused(rule):
        factory.give(life, slot, site_id=places.elsewhere.site)
    with refused("an_appointment_takes_an_existing_seat"):
        factory.give(life, slot, seat_number=7)


# I8, I9, I10: one seat, one appointment, one place


def test_i8_a_seat_is_given_once(calendar):
    first, second = factory.cleared(), factory.cleared()
    factory.give(first, calendar[0])

    with refused("a_seat_is_given_once"):
        factory.give(second, calendar[0])


def test_i9_one_live_appointment_per_dossier_and_purpose(calendar):
    life = factory.cleared()
    factory.give(life, calendar[0])

    with refused("one_live_appointment_per_dossier_and_purpose"):
        factory.give(life, calendar[9])


@pytest.mark.parametrize("same", ["applicant", "person"])
def test_i10_a_person_is_in_one_place_at_a_time(calendar, places, same):
    first = factory.cleared()
    owner = first.applicant if same == "applicant" else None
    second = factory.cleared(owner=owner, person=first.dossier.person if not owner else None)
    factory.give(first, calendar[0])
    beside = beside_it(calendar[0], places.here.counters[1])

    with refused(f"a{'n' if owner else ''}_{same}_is_in_one_place_at_a_time"):
        factory.give(second, beside)


def beside_it(slot, counter):
    """A slot of another counter, five minutes later, with its seat."""
    CounterSkill.objects.create(counter_id=counter, service_id="collection")
    with factory.issuer():
        Slot.objects.filter(counter=counter).update(state="withdrawn")
        beside = copy_of(slot, minutes=5, counter_id=counter)
        beside.save(force_insert=True)
        Seat.objects.create(slot=beside, number=1)
    return beside


# I11: immutable
UPDATE = "update appointments_appointment"


@pytest.mark.parametrize("role", ["web", "worker", "issuer"])
def test_i11_an_appointment_is_never_renamed_or_moved(places, role):
    life, other = factory.appointed(), Life()
    pk = life.appointment.pk

    with acting(None, prefectures=["75"]), factory.role(role):
        for column, value in (
            ("applicant_id", other.applicant.pk),
            ("seat_number", 2),
            ("user_changes", 1),
            ("urgent_by_id", other.reviewer.pk),
            ("issued_at", "2020-01-01"),
            ("code", "22222222"),
        ):
            with refused("an_appointment_is_never_changed"):
                sql(f"{UPDATE} set {column} = %s where id = %s", value, pk)
        with forbidden():
            sql("delete from appointments_appointment where id = %s", pk)
        with forbidden():
            sql("truncate appointments_appointment cascade")


@pytest.mark.parametrize("state", ["issued", "confirmed", "honoured", "revoked"])
def test_i11_a_cancelled_appointment_never_comes_back(places, state):
    life = factory.appointed()
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)

    with life.desk(), refused("an_appointment_follows_its_transitions"):
        Appointment.objects.filter(pk=life.appointment.pk).update(state=state)


@pytest.mark.parametrize("state", ["honoured", "cancelled", "revoked", "missed"])
@pytest.mark.parametrize("role", ["web", "worker", "issuer"])
def test_i11_an_appointment_ends_only_by_a_fact(places, state, role):
    life = factory.appointed()

    with (
        acting(None, prefectures=["75"]),
        factory.role(role),
        # the issuer may not even read check-ins: that refusal is as good
        contextlib.suppress(ProgrammingError),
        transaction.atomic(),
        refused("an_appointment_ends_by_a_fact"),
    ):
        Appointment.objects.filter(pk=life.appointment.pk).update(state=state)
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


# I12, I13: revoked rights, closed sites


def test_i12_a_revoked_clearance_gives_nothing(calendar):
    life = factory.cleared()
    with life.desk() as act:
        Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=act.now)

    with refused("an_appointment_needs_a_live_clearance"):
        factory.give(life, calendar[0])


def test_i12_revoking_a_clearance_revokes_its_appointment(places):
    life = factory.appointed()
    with life.desk() as act:
        Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=act.now)

    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    with life.desk(), refused("a_clearance_is_only_ever_revoked"):
        Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=None)


def test_i12_the_issuer_cannot_change_a_clearance(places):
    life = factory.cleared()

    with factory.issuer() as act, refused("a_clearance_is_only_ever_revoked"):
        Clearance.objects.filter(pk=life.clearance.pk).update(revoked_at=act.now)


def test_i13_nothing_is_given_in_a_closure_and_a_closure_revokes(calendar, places):
    life, late = factory.cleared(), factory.cleared()
    given = factory.give(life, calendar[0])
    with life.desk():
        close(places.here.site, given.period)

    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    with refused("nothing_is_given_in_a_closure"):
        factory.give(late, calendar[0])


def test_i13_only_the_office_closes_its_site(calendar, places):
    stranger = workflows.agent(office="34")

    for person in (stranger, workflows.applicant()):
        with unseen(), acting_for(person):
            close(places.here.site, calendar[0].period)
    with acting_for(stranger), refused("a_closure_is_of_a_site_of_the_prefecture"):
        close(places.here.site, calendar[0].period, office="34")


def close(site, period, office="75"):
    Closure.objects.create(site_id=site, prefecture_code=office, period=period, reason="Panne")


# I14: one check-in, at the moment


def test_i14_one_check_in_at_the_moment_and_it_honours(places, at_the_visit):
    life = factory.appointed()
    rule = "a_check_in_needs_a_live_appointment_now"
    with acting_for(life.counter), refused(rule):
        factory.check_in(life).save(force_insert=True)
    at_the_visit(life.appointment, hours=-3)
    with acting_for(life.counter), refused(rule):
        factory.check_in(life).save(force_insert=True)
    at_the_visit(life.appointment, minutes=-10)

    with acting_for(life.counter) as act:
        factory.check_in(life, at=act.now - timedelta(days=9)).save(force_insert=True)
        assert CheckIn.objects.get(pk=life.appointment.pk).at == act.now
        with refused("appointments_checkin_pkey"):
            factory.check_in(life).save(force_insert=True)

    assert factory.appointment_of(life).state == AppointmentState.HONOURED


def test_i14_no_check_in_on_a_cancelled_appointment(places, at_the_visit):
    life = factory.appointed()
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)
    at_the_visit(life.appointment)

    with acting_for(life.counter), refused("a_check_in_needs_a_live_appointment_now"):
        factory.check_in(life).save(force_insert=True)


def test_i14_a_check_in_is_of_that_person_at_that_site(places, at_the_visit):
    life, other = factory.appointed(), Life()
    at_the_visit(life.appointment)

    with acting_for(life.counter):
        with refused("a_check_in_is_at_a_counter_of_the_site"):
            factory.check_in(life, counter_id=places.elsewhere.counters[0]).save(force_insert=True)
        with refused("a_check_in_is_of_that_person_at_that_site"):
            factory.check_in(life, applicant_id=other.applicant.pk).save(force_insert=True)


def test_i14_an_applicant_does_not_check_in_nor_clear_themselves(places, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)

    fresh = uncleared()

    for person, row in ((life, factory.check_in(life)), (fresh, clearance(fresh))):
        with unseen(), acting_for(person.applicant):
            row.save(force_insert=True)


# I15: the web cannot see a free seat nor give one


@pytest.mark.parametrize("role", ["web", "worker", "editing"])
def test_i15_only_the_issuer_sees_seats_and_gives_them(calendar, role):
    life = factory.cleared()
    row = factory.appointment(life, calendar[0])

    with acting(None, prefectures=["75"]), factory.role(role):
        for table in ("appointments_slot", "appointments_seat"):
            with forbidden():
                sql(f"select 1 from {table}")
            with forbidden():
                sql(f"select count(*) from {table}")
        with forbidden():
            row.save(force_insert=True)
        with forbidden():
            sql("insert into appointments_seat (slot_id, number) values (%s, 2)", calendar[0].pk)


# Even the owner of the tables


@pytest.mark.django_db(transaction=True)
def test_the_owner_breaks_no_rule_either(shut_places, owner):
    factory.open_once(shut_places.here, seats=1)
    life = factory.appointed()
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)
    pk = life.appointment.pk

    for statement, sentence in (
        ("update appointments_appointment set seat_number = 2", "never renamed"),
        ("update appointments_appointment set state = 'issued'", "illegal transition"),
        ("delete from appointments_appointment", "never renamed"),
        ("truncate appointments_appointment cascade", "never changed"),
        ("update appointments_clearance set deadline_on = '2026-01-01'", "only ever revoked"),
        ("delete from appointments_clearance", "only ever revoked"),
        ("delete from appointments_changerequest", "never changed"),
        ("update appointments_issuedecision set rank = 9", "never changed"),
        ("delete from appointments_issuerun", "never changed"),
        ("update appointments_appointmenttransition set target = 'issued'", "never changed"),
    ):
        with pytest.raises(psycopg.Error, match=sentence):
            owner.execute(statement)
        owner.rollback()
    assert factory.appointment_of(life).pk == pk


@pytest.mark.django_db(transaction=True)
def test_of_two_check_ins_at_the_same_moment_one_enters(shut_places, at_the_visit):
    factory.open_once(shut_places.here, seats=1)
    life = factory.appointed()
    at_the_visit(life.appointment)

    entered = together(
        lambda: acting_for(life.counter), lambda: factory.check_in(life).save(force_insert=True)
    )

    assert sorted(entered) == [False, True]
    assert factory.appointment_of(life).state == AppointmentState.HONOURED


@pytest.mark.django_db(transaction=True)
def test_a_closure_and_a_run_at_the_same_moment_leave_nobody_in_a_shut_site(shut_places):
    factory.open_once(shut_places.here, seats=2)
    lives = [factory.cleared() for _one in range(2)]
    factory.open_calendar()
    period = type(factory.slots()[0].period)(
        factory.slots()[0].period.lower, factory.slots()[1].period.upper, "[)"
    )
    acts = iter([factory.run, lambda: close_as(lives[0].supervisor, shut_places.here.site, period)])

    # A run that meets the closure half-way is undone whole, and tried again by the queue.
    assert True in together(contextlib.nullcontext, lambda: next(acts)())
    factory.run()
    with acting(None, prefectures=["75"]):
        live = Appointment.objects.live().filter(period__overlap=period)
        assert not live.exists()


def close_as(person, site, period):
    with acting_for(person):
        close(site, period)


def together(door, act):
    """Do the same thing from two connections at once; says for each whether it was allowed."""
    start, done = threading.Barrier(2), []

    def work():
        start.wait(10)
        try:
            with door():
                act()
            done.append(True)
        except IntegrityError:
            done.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return done
