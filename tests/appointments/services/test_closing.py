"""A closed site: everybody hit is told, keeps their rank, and is served first."""

import datetime as dt

from django.db import connection

from appointments.enums import AppointmentState, OutageKind
from appointments.services import closing
from portal.core.door import acting, acting_for
from portal.correspondence import api as correspondence
from tests.factories import appointments as factory


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
