"""A couple linked beforehand has one reviewer; nobody links themselves towards an agent."""

import datetime as dt

import pytest
from django.db import IntegrityError

from portal.accounts.api import set_contacts
from portal.accounts.models import Absence
from portal.core import clock
from portal.core.door import acting, acting_for
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.couples import ended, linked
from tests.factories.dossiers import draft, file_now
from tests.factories.workflows import agent, filed_dossier
from workflows.models import Assignment, Case
from workflows.services import assigning
from workflows.services.holding import hold

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(hours=1)


@pytest.fixture
def waiting():
    """Two cases of one office that nobody has yet."""
    return filed_dossier(), filed_dossier()


def case_of(dossier):
    with acting(dossier.applicant_id):
        return Case.objects.get(dossier=dossier)


def link(one, other):
    return linked(one.applicant, one, other.applicant, other)


def drawn(dossier):
    """The daily draw of this case: who has it, and why."""
    case = case_of(dossier)
    with as_worker(), acting(None, scope="system", prefectures=["75"]) as act:
        assigning.assign_waiting(case_id=case.pk, at=act.now)
    return held(dossier)


def held(dossier):
    case = case_of(dossier)
    with acting(None, prefectures=["75"]):
        made = Assignment.objects.filter(case=case, until=None).first()
        return (made.agent_id, made.why) if made else None


def test_the_second_case_goes_to_the_reviewer_whom_chance_gave_the_first(waiting, move_clock):
    one, two = waiting
    link(one, two)
    move_clock(LATER)
    agents = [agent().pk for _ in range(3)]

    first, second = drawn(one), drawn(two)

    assert first[0] in agents
    assert first[1] == "daily"
    assert second == (first[0], "couple")


def test_a_case_that_arrives_later_follows_too(move_clock):
    one, partner = filed_dossier(), UserFactory()
    two = draft(partner, evidence=True, commune="75115", postcode="75015")
    link(one, two)
    move_clock(LATER)
    for _agent in range(3):
        agent()
    reviewer, _why = drawn(one)

    file_now(two, partner)

    assert held(two) == (reviewer, "couple")


@pytest.mark.parametrize("how", ["after", "ended"])
def test_a_link_made_once_somebody_had_a_case_draws_nobody(waiting, move_clock, how):
    one, two = waiting
    if how == "ended":
        link(one, two)
        move_clock(LATER)
    agent()
    drawn(one)
    if how == "ended":
        ended(two.applicant, two)
    else:
        move_clock(LATER)
        link(one, two)
    move_clock(LATER)

    assert drawn(two)[1] == "daily"


@pytest.mark.parametrize("how", ["absent", "close", "typed"])
def test_a_reviewer_who_may_not_have_the_case_does_not_follow(waiting, move_clock, how):
    one, two = waiting
    link(one, two)
    move_clock(LATER)
    reviewer, other = agent(), None
    assert drawn(one)[0] == reviewer.pk
    other = agent()
    if how == "absent":
        today = clock.today()
        Absence.objects.create(
            user=reviewer, starts_on=today, back_on=today + dt.timedelta(1), recorded_by=other
        )
    elif how == "close":
        with as_worker(), acting(None, scope="system") as act:
            set_contacts(reviewer, at=act.now, emails=[two.applicant.email])
    else:
        with acting(None, prefectures=["75"]):
            Case.objects.filter(dossier=two).update(typists=[reviewer.pk])

    assert drawn(two) == (other.pk, "daily")


def test_who_takes_one_case_of_a_couple_has_both(waiting, move_clock):
    one, two = waiting
    link(one, two)
    move_clock(LATER)
    reviewer = agent()

    with acting_for(reviewer) as act:
        assigning.take_next(actor=reviewer, at=act.now)

    whys = sorted(found[1] for found in (held(one), held(two)) if found)
    assert whys == ["couple", "taken"]


def test_a_supervisor_who_gives_a_case_away_draws_as_for_any_other(waiting, move_clock):
    one, two = waiting
    link(one, two)
    move_clock(LATER)
    first, boss = agent(), agent("supervisor")
    drawn(one)
    drawn(two)
    others = {agent().pk for _ in range(2)}
    case = case_of(two)

    with acting_for(boss) as act:
        assigning.give_away(
            case_id=case.pk,
            holder=first.pk,
            reason="Charge.",
            actor=boss,
            at=act.now,
            seen=case.last_step,
        )

    agent_id, why = held(two)
    assert agent_id in others
    assert why == "supervisor"


def test_the_database_refuses_to_call_a_couple_what_is_none(waiting):
    one, two = waiting
    first, other = agent(), agent()
    drawn(one)
    link(one, two)
    case = case_of(two)

    for person in (first, other):
        with (
            pytest.raises(IntegrityError, match="linked beforehand"),
            acting(None, prefectures=["75"]),
        ):
            hold(case, person.pk, why="couple")
