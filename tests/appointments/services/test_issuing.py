from appointments.models import Appointment, IssueDecision, IssueRun
from tests.factories import appointments as factory


def test_a_run_gives_the_next_free_seat_to_who_waits(places):
    life = factory.appointed()

    appointment = life.appointment
    assert (appointment.state, appointment.site_id) == ("issued", places.here.site)
