"""The morning's draw: the waiting, the absent, the gone, the overloaded; twice is once."""

import datetime as dt

import pytest

from portal.accounts.api import set_contacts
from portal.accounts.enums import Role
from portal.accounts.models import Absence
from portal.core import clock, journal
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.api import timeline
from tests.factories.accounts import as_worker
from tests.factories.workflows import Life, agent, assigned, filed_dossier
from workflows.models import Assignment, Case
from workflows.queries.workload import surplus_of
from workflows.services import balancing

pytestmark = pytest.mark.django_db


def morning():
    """What the daily job does, and how many cases it found to move."""
    with as_worker(), acting(None, scope="system") as act:
        found = balancing.what_should_move(act.now)
        for one in found:
            balancing.hand_over(one, at=act.now)
    return len(found)


def away(person, days):
    boss = agent(Role.SUPERVISOR.value)
    with acting_for(boss) as act:
        today = clock.legal_day(act.now)
        Absence.objects.create(
            user=person, starts_on=today, back_on=today + dt.timedelta(days), recorded_by=boss
        )


def holders():
    with acting(None, prefectures=["75"]):
        return list(Case.objects.order_by("filed_at", "pk").values_list("reviewer_id", flat=True))


def filed(number, person=None):
    """So many cases, in this agent's hands."""
    for _ in range(number):
        dossier = filed_dossier()
        with acting(dossier.applicant_id):
            case = Case.objects.get(dossier=dossier)
        if person:
            assigned(case.pk, person)


def changes():
    return JournalLine.objects.filter(act__in=["case.assign", "case.unassign"]).count()


def test_a_case_that_waited_is_given_once_somebody_is_there():
    filed(1)
    reviewer = agent()

    assert morning() == 1
    assert holders() == [reviewer.pk]
    before = changes()
    assert morning() == 0
    assert changes() == before


def test_a_case_from_before_the_contact_keys_receives_them_first():
    dossier = filed_dossier()
    with acting(None, prefectures=["75"]):
        Case.objects.update(contact_keys=[])
    close = agent()
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(close, at=act.now, emails=[dossier.applicant.email])

    morning()

    assert holders() == [None]


@pytest.mark.parametrize(("days", "moved"), [(3, False), (4, True)])
def test_a_long_absence_sends_the_cases_to_others(days, moved, settings):
    settings.ABSENT_DAYS_BEFORE_HANDOVER = 3
    life = Life().acknowledged()
    other = agent()
    away(life.reviewer, days)

    assert morning() == int(moved)
    assert holders() == [other.pk if moved else life.reviewer.pk]
    before = changes()
    morning()
    assert changes() == before


def test_an_absent_agent_keeps_what_nobody_else_may_receive():
    life = Life()
    away(life.reviewer, 20)

    morning()

    assert holders() == [life.reviewer.pk]


def test_who_has_left_keeps_nothing():
    life = Life()
    with as_worker():
        life.reviewer.posts.update(ends_on=dt.date(2020, 1, 2))

    assert morning() == 1
    assert holders() == [None]
    with acting(None, prefectures=["75"]):
        assert Assignment.objects.latest("since").ended_why == "left"


def test_a_contact_learnt_later_moves_the_case():
    life = Life()
    other = agent()
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(life.reviewer, at=act.now, emails=[life.applicant.email])

    assert morning() == 1
    assert holders() == [other.pk]


def test_the_person_is_told_nothing():
    life = Life().acknowledged()
    agent()
    with acting(life.applicant.pk):
        before = len(timeline(life.dossier.pk))
    away(life.reviewer, 20)

    morning()

    with acting(life.applicant.pk):
        assert len(timeline(life.dossier.pk)) == before


def test_loads_are_evened_with_cases_that_were_never_opened():
    busy = agent()
    filed(6, busy)
    agent(), agent()

    assert morning() > 0
    found = holders()
    assert found.count(busy.pk) < 6
    before = changes()
    morning()
    morning()
    assert changes() == before


def test_a_case_that_its_agent_has_opened_stays():
    busy = agent()
    filed(6, busy)
    agent()
    with acting_for(busy):
        for case in Case.objects.order_by("pk"):
            journal.record(
                "case.read", subject_type="case", subject_id=case.pk, dossier_id=case.dossier_id
            )

    assert morning() == 0
    assert set(holders()) == {busy.pk}


@pytest.mark.parametrize(
    ("loads", "surplus"),
    [
        ({}, {}),
        ({1: 40}, {}),
        ({1: 2, 2: 0, 3: 0}, {}),
        ({1: 4, 2: 0, 3: 0}, {}),
        ({1: 12, 2: 0, 3: 0}, {1: 6}),
        ({1: 20, 2: 8, 3: 8}, {1: 2}),
        ({1: 16, 2: 8, 3: 8}, {}),
    ],
)
def test_more_than_twice_the_median_is_too_much(loads, surplus):
    assert surplus_of(loads) == surplus
