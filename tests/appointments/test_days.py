"""Hours, outages and whose students come: each rule broken by SQL, and refused by the database."""

import datetime as dt

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from appointments import queries
from appointments.enums import AppointmentState
from appointments.models import Appointment, CounterOutage, OpenDay, OpeningPattern, Seat, Slot
from portal.core import clock
from portal.core.door import acting, acting_for
from tests.appointments.test_invariants import forbidden, refused, unseen
from tests.factories import appointments as factory
from tests.factories import workflows
from tests.factories.workflows import Life
from workflows.models import Case

DAY = dt.timedelta(days=1)


def outage(place, period, *, counter=0, **facts):
    said = {
        "counter_id": place.counters[counter],
        "site_id": place.site,
        "prefecture_code": place.office,
        "period": period,
        "kind": "agent_absent",
    }
    return CounterOutage.objects.create(**said | facts)


@pytest.fixture
def calendar(places):
    factory.open_calendar()
    return factory.slots()


def test_an_outage_revokes_and_nothing_is_given_then(calendar, places):
    life, late = factory.cleared(), factory.cleared()
    given = factory.give(life, calendar[0])
    with life.desk():
        outage(places.here, given.period)

    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    with refused("nothing_is_given_at_a_counter_that_is_out"):
        factory.give(late, calendar[0])


def test_an_outage_of_another_counter_proves_nothing(calendar, places):
    life = factory.cleared()
    given = factory.give(life, calendar[0])
    with life.desk():
        outage(places.here, given.period, counter=1)
        with refused("an_appointment_ends_by_a_fact"):
            Appointment.objects.filter(pk=given.pk).update(state="revoked")

    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_only_the_office_takes_its_counter_out_and_for_some_days(calendar, places):
    stranger, period = workflows.agent(office="34"), calendar[0].period
    for person in (stranger, workflows.applicant()):
        with unseen(), acting_for(person):
            outage(places.here, period)
        with unseen(), acting_for(person):
            OpenDay.objects.create(
                site_id=places.here.site, prefecture_code="75", day=clock.today()
            )
    with acting_for(stranger), refused("an_outage_is_at_a_site_of_the_prefecture"):
        outage(places.here, period, prefecture_code="34")
    with acting_for(stranger), refused("an_open_day_is_of_a_site_of_the_prefecture"):
        OpenDay.objects.create(site_id=places.here.site, prefecture_code="34", day=clock.today())
    with acting_for(workflows.agent()):
        with refused("an_outage_is_of_a_counter_of_the_site"):
            outage(places.here, period, counter_id=places.elsewhere.counters[0])
        with refused("an_outage_has_a_beginning_and_an_end"):
            outage(places.here, DateTimeTZRange(period.lower, None, "[)"))
        with refused("an_outage_is_of_a_known_kind"):
            outage(places.here, period, kind="holiday")


@pytest.mark.parametrize(
    "change",
    ["seats = 5", "weekday = 2", "counter_id = counter_id + 1", "interpreters = '{ar}'"],
)
def test_hours_that_were_said_are_not_rewritten(places, change):
    with acting(None, prefectures=["75"]), refused("an_opening_ends_and_never_changes"):
        sql(f"update appointments_openingpattern set {change}")


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_hours_end_tonight_at_the_earliest_and_never_go_on_longer(places):
    one, today = OpeningPattern.objects.order_by("pk").first(), clock.today()
    since = one.valid.lower

    def end(lower, upper):
        OpeningPattern.objects.filter(pk=one.pk).update(valid=DateRange(lower, upper, "[)"))

    for lower, upper in ((since, today), (since - DAY, today + DAY), (today, None), (today, today)):
        with refused("an_opening_ends_and_never_changes"):
            end(lower, upper)
    end(since, today + DAY)
    with refused("an_opening_ends_and_never_changes"):
        end(since, None)


def test_hours_that_have_not_begun_can_be_given_up(shut_places):
    one = factory.open_once(shut_places.here, seats=1)

    OpeningPattern.objects.filter(pk=one.pk).update(valid=DateRange(empty=True))
    with refused("an_opening_ends_and_never_changes"):
        OpeningPattern.objects.filter(pk=one.pk).update(valid=one.valid)
    with refused("a_slot_is_as_long_as_its_visit"):
        OpeningPattern.objects.create(
            counter_id=one.counter_id,
            service_id="collection",
            weekday=1,
            minutes=one.minutes,
            valid=one.valid,
            slot_minutes=5,
        )
    with refused("languages_are_codes"):
        OpeningPattern.objects.create(
            counter_id=one.counter_id,
            service_id="collection",
            weekday=1,
            minutes=one.minutes,
            valid=one.valid,
            interpreters=["AR!"],
        )


def test_a_slot_has_no_more_seats_than_places(calendar):
    with factory.issuer():
        assert calendar[0].places == 1
        with refused("a_slot_has_no_more_seats_than_places"):
            Seat.objects.create(slot=calendar[0], number=2)
        Seat.objects.create(slot=calendar[0], number=2, kind="overbook")
        with refused("a_slot_has_no_more_seats_than_places"):
            Seat.objects.filter(slot=calendar[0], number=2).update(kind="regular")
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.filter(slot=calendar[0], number=2).update(number=3)


def test_a_withdrawn_seat_is_not_given(calendar):
    life = factory.cleared()
    with factory.issuer():
        Seat.objects.filter(slot=calendar[0]).update(kind="withdrawn")

    with refused("a_withdrawn_seat_is_not_given"):
        factory.give(life, calendar[0])
    with factory.issuer() as act:
        free = queries.free_seats("75", at=act.now)
    assert str(calendar[0].pk) not in {one.slot_id for one in free}


@pytest.mark.parametrize("role", ["web", "worker"])
def test_the_calendars_rows_are_written_by_their_role_alone(calendar, places, role):
    with acting(None, prefectures=["75"], scope="system"), factory.role(role):
        with forbidden():
            sql("update appointments_seat set kind = 'reserve'")
        with forbidden():
            sql("insert into appointments_studentsite select")
        for table in ("counteroutage", "openday"):
            with forbidden():
                sql(f"delete from appointments_{table}")


# University counters


@pytest.fixture
def campus(owner, shut_places):
    """The first site receives the students of a new students' counter, from today on."""
    place = shut_places.here
    owner.execute("update territory_site set kind = 'university' where id = %s", [place.site])
    (service,) = owner.execute(
        "insert into territory_service (prefecture_id, code, name, kind, address, phone, email,"
        " starts_on) values ('75', %s, 'Étudiants', 'student_counter', '', '', '', '2020-01-01')"
        " returning id",
        [f"students-{place.site}-{clock.today()}"],
    ).fetchone()
    owner.execute(
        "insert into appointments_studentsite (site_id, prefecture_code, service_id, starts_on)"
        " values (%s, '75', %s, current_date - 400)",
        [place.site, service],
    )
    owner.commit()
    place.service = service
    yield place
    owner.rollback()
    owner.execute("update territory_site set kind = 'prefecture' where id = %s", [place.site])
    owner.commit()


@pytest.mark.django_db(transaction=True)
def test_a_university_counter_receives_its_own_students_alone(campus):
    factory.open_once(campus, seats=2)
    stranger, student = factory.cleared(), Life()
    with student.desk():
        Case.objects.filter(pk=student.id).update(
            service=campus.service, routing_rule="student_counter"
        )
    factory.clear(student)
    assert student.clearance.student_counter_id == campus.service
    factory.run()

    assert factory.appointment_of(stranger) is None
    assert factory.appointment_of(student).site_id == campus.site
    with refused("a_university_counter_receives_its_own_students"):
        factory.give(stranger, factory.slots()[1])


@pytest.mark.django_db(transaction=True)
def test_a_slot_of_a_university_says_whose_students_come(campus, owner):
    factory.open_once(campus, seats=1)
    factory.open_calendar()
    slot = factory.slots()[0]

    with factory.issuer(), refused("a_university_counter_says_whose_students_it_receives"):
        Slot.objects.filter(pk=slot.pk).update(student_counter=None)
    with pytest.raises(psycopg.Error, match="never deleted"):
        owner.execute("delete from appointments_studentsite")
    owner.rollback()
    with pytest.raises(psycopg.Error, match="one_counter_at_a_time"):
        owner.execute(
            "insert into appointments_studentsite (site_id, prefecture_code, service_id,"
            " starts_on) values (%s, '75', %s, current_date)",
            [campus.site, campus.service],
        )
    owner.rollback()


@pytest.mark.django_db(transaction=True)
def test_the_owner_rewrites_no_hours_and_no_outage(places, owner):
    factory.open_calendar()
    with acting_for(workflows.agent("supervisor")):
        outage(places.here, factory.slots()[0].period)
    for statement, sentence in (
        ("delete from appointments_openingpattern", "never changes"),
        ("update appointments_openingpattern set seats = 9", "never changes"),
        ("truncate appointments_openingpattern", "never changed"),
        ("delete from appointments_counteroutage", "only opens sooner"),
        ("truncate appointments_counteroutage", "never changed"),
        ("update appointments_counteroutage set kind = 'out_of_order'", "only opens sooner"),
        ("delete from appointments_seat", "never"),
    ):
        with pytest.raises(psycopg.Error, match=sentence):
            owner.execute(statement)
        owner.rollback()


def test_refusals_have_no_right_behind_them(calendar):
    with pytest.raises(ProgrammingError), acting(None, prefectures=["75"]):
        sql("select places from appointments_slot")
