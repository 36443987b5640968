"""A closed site: everybody hit is told, keeps their rank, and is served first."""

import datetime as dt

from appointments.enums import AppointmentState
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
