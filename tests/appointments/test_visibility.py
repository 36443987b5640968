"""Whose visits one sees: one's own, one's prefecture's, and otherwise none at all."""

import pytest

from appointments.models import Appointment, ChangeRequest, CheckIn, Clearance, IssueDecision
from portal.core.door import acting, acting_for
from tests.factories import appointments as factory
from tests.factories import workflows

PERSONAL = (Appointment, ChangeRequest, CheckIn, Clearance, IssueDecision)


@pytest.fixture
def visited(places, at_the_visit):
    """A person who gave one appointment back, and came to the next."""
    life = factory.appointed()
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)
    factory.run()
    life.appointment = factory.appointment_of(life)
    at_the_visit(life.appointment)
    with acting_for(life.counter):
        factory.check_in(life).save(force_insert=True)
    return life


def counts():
    return [model.objects.count() for model in PERSONAL]


def test_the_person_and_the_office_see_them(visited):
    for person in (visited.applicant, visited.counter, visited.supervisor):
        with acting_for(person):
            assert counts() == [2, 1, 1, 1, 2]


def test_nobody_else_sees_one_row(visited):
    for person in (workflows.applicant(), workflows.agent("counter_agent", office="34")):
        with acting_for(person):
            assert counts() == [0] * 5
    assert counts() == [0] * 5


def test_the_issuer_sees_the_prefecture_at_work_alone(visited):
    for office, expected in (("75", 2), ("34", 0)):
        with factory.issuer(office):
            assert Appointment.objects.count() == expected


def test_the_worker_sees_all_only_in_its_system_scope(visited):
    for scope, expected in (("system", 2), ("", 0)):
        with acting(None, scope=scope), factory.role("worker"):
            assert Appointment.objects.count() == expected
