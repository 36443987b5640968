"""A closed site: everybody hit is told, keeps their rank, and is served first."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from appointments import queries
from appointments.enums import AppointmentState, OutageKind
from appointments.models import Closure, CounterOutage
from appointments.services import closing
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence import api as correspondence
from tests.factories import appointments as factory
from tests.factories.workflows import agent


def close_the_day_of(life):
    day = life.appointment.starts_at
    with acting_for(life.supervisor):
        return closing.close_site(
            site=life.appointment.site,
            starts_at=day - dt.timedelta(hours=8),
            ends_at=day + dt.timedelta(hours=10),
            reason="Panne de chauffage",
        )


def test_a_closure_revokes_tells_and_gives_again(places):
    life = factory.appointed()

    hit = close_the_day_of(life)
    assert [one.pk for one in hit] == [life.appointment.pk]
    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    with acting(life.applicant.pk):
        assert correspondence.timeline(life.dossier.pk)[0].kind == "appointment_revoked"
    factory.run()

    again = factory.appointment_of(life)
    assert (again.state, again.user_changes) == (AppointmentState.ISSUED, 0)
    assert again.starts_at.date() != life.appointment.starts_at.date()


def test_who_lost_their_appointment_goes_first(shut_places):
    factory.open_once(shut_places.here, seats=1)
    hit = factory.appointed()
    close_the_day_of(hit)
    earlier = factory.cleared(filed_at=hit.dossier.filed_at - dt.timedelta(days=90))
    factory.open_once(shut_places.here, seats=1, in_days=21)
    factory.run()

    assert factory.appointment_of(hit).state == AppointmentState.ISSUED
    assert factory.appointment_of(earlier) is None


def test_closing_the_same_day_twice_tells_once(places):
    life = factory.appointed()
    close_the_day_of(life)

    assert close_the_day_of(life) == []


def take_out_the_counter_of(life):
    given = life.appointment
    with acting_for(life.supervisor):
        return closing.take_out_counter(
            counter=given.counter,
            starts_at=given.starts_at - dt.timedelta(hours=8),
            ends_at=given.starts_at + dt.timedelta(hours=10),
            kind=OutageKind.AGENT_ABSENT,
        )


def test_a_counter_that_is_out_revokes_tells_and_gives_again(places):
    life = factory.appointed()

    _outage, hit = take_out_the_counter_of(life)
    assert [one.pk for one in hit] == [life.appointment.pk]
    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    factory.run()

    again = factory.appointment_of(life)
    assert (again.state, again.user_changes) == (AppointmentState.ISSUED, 0)
    assert again.starts_at.date() != life.appointment.starts_at.date()


def test_the_other_counter_goes_on(places):
    prints, card = factory.cleared(purpose="biometrics"), factory.cleared()
    factory.run()
    prints.appointment, card.appointment = map(factory.appointment_of, (prints, card))

    take_out_the_counter_of(card)

    assert factory.appointment_of(prints).state == AppointmentState.ISSUED
    assert factory.appointment_of(card).state == AppointmentState.REVOKED


def test_a_run_is_asked_for_in_the_same_transaction_and_acts_for_nobody(places):
    life = factory.appointed()
    take_out_the_counter_of(life)
    close_the_day_of(life)

    with factory.role("issuer"), connection.cursor() as cursor:
        cursor.execute(
            "select args->'_act'->>'actor', args->>'prefecture_code', lock from procrastinate_jobs"
            " where task_name = 'appointments.issue'"
        )
        assert cursor.fetchall() == [(None, "75", "appointments.issue:75")] * 2


def shut(life, kind):
    """What took an appointment back: a closure of its site, or an outage of its counter."""
    if kind == "site":
        close_the_day_of(life)
    else:
        take_out_the_counter_of(life)
    model = Closure if kind == "site" else CounterOutage
    return model.objects.get()


@pytest.mark.parametrize("kind", ["site", "counter"])
def test_what_is_given_up_opens_its_seats_again_and_gives_nothing_back(shut_places, kind):
    factory.open_once(shut_places.here, seats=1)
    life = factory.appointed()
    found = shut(life, kind)
    factory.run()
    assert factory.appointment_of(life).state == AppointmentState.REVOKED

    with acting_for(life.supervisor) as act:
        closing.give_up(found, at=act.now)
    factory.run()

    again = factory.appointment_of(life)
    assert (again.state, again.attempt) == (AppointmentState.ISSUED, 2)
    assert again.starts_at == life.appointment.starts_at
    found.refresh_from_db()
    assert found.period.isempty
    with acting_for(life.supervisor) as act:
        of = queries.closures_of if kind == "site" else queries.outages_of
        assert not of(life.supervisor, act.now).exists()


@pytest.mark.parametrize("kind", ["site", "counter"])
def test_what_is_shortened_is_shut_until_then_and_no_longer(shut_places, kind):
    factory.open_once(shut_places.here, seats=3)
    life = factory.appointed()
    found = shut(life, kind)

    with acting_for(life.supervisor):
        closing.open_sooner(found, ends_at=life.appointment.ends_at)
    factory.run()

    assert factory.appointment_of(life).starts_at >= life.appointment.ends_at
    assert JournalLine.objects.filter(
        act={"site": "site.open_sooner", "counter": "counter.back_sooner"}[kind],
        subject_id=str(found.pk),
    ).exists()


def test_one_that_has_begun_ends_now(places, move_clock):
    life = factory.appointed()
    close_the_day_of(life)
    found = Closure.objects.get()
    move_clock(found.period.lower - clock.now() + dt.timedelta(hours=2))

    with acting_for(life.supervisor) as act:
        closing.give_up(found, at=act.now)

    found.refresh_from_db()
    assert (found.period.isempty, found.period.upper) == (False, act.now)


def test_two_edits_at_once_and_one_of_the_past_are_refused_in_words(places, move_clock):
    life = factory.appointed()
    close_the_day_of(life)
    seen, other = Closure.objects.get(), Closure.objects.get()
    with acting_for(life.supervisor):
        closing.open_sooner(seen, ends_at=life.appointment.ends_at)
        with pytest.raises(DomainRefusal, match="une autre personne"):
            closing.open_sooner(other, ends_at=life.appointment.starts_at)
        with pytest.raises(DomainRefusal, match="raccourcie"):
            closing.open_sooner(seen, ends_at=seen.period.upper + dt.timedelta(hours=1))
    move_clock(seen.period.lower - clock.now() + dt.timedelta(hours=2))
    with acting_for(life.supervisor) as act, pytest.raises(DomainRefusal, match="à partir de"):
        closing.open_sooner(seen, ends_at=act.now - dt.timedelta(hours=1))


@pytest.mark.parametrize("table", ["appointments_closure", "appointments_counteroutage"])
@pytest.mark.parametrize(
    "change",
    [
        "period = tstzrange(lower(period), upper(period) + interval '1 day')",
        "period = tstzrange(lower(period) + interval '1 hour', upper(period))",
        "period = tstzrange(lower(period) - interval '1 hour', upper(period))",
        "prefecture_code = '34'",
        "id = gen_random_uuid()",
    ],
)
@pytest.mark.parametrize("office", ["75", "34"])
def test_the_database_lets_it_become_shorter_alone(places, table, change, office):
    life = factory.appointed()
    shut(life, "site" if table.endswith("closure") else "counter")
    boss = agent("supervisor", office=office)

    def bend():
        with acting_for(boss), connection.cursor() as cursor:
            cursor.execute(f"update {table} set {change}")
            return cursor.rowcount

    if office == "34":
        assert bend() == 0
        return
    with pytest.raises((IntegrityError, ProgrammingError), match="only opens sooner|row-level"):
        bend()


@pytest.mark.parametrize("role", ["worker", "issuer", "editing"])
def test_no_other_role_opens_anything_sooner(places, role):
    life = factory.appointed()
    close_the_day_of(life)

    def bend():
        with acting(None, prefectures=["75"], scope="system"), factory.role(role):
            Closure.objects.update(period=Closure.objects.get().period)

    with pytest.raises(ProgrammingError, match="permission denied"):
        bend()
