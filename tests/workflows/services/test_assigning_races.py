"""Two demands at the same moment, on real connections: one open assignment."""

import pytest

from portal.core.door import acting, acting_for
from tests.factories.couples import linked
from tests.factories.workflows import Life, agent, filed_dossier
from tests.workflows.services.test_races import at_once
from workflows.models import Assignment, Case
from workflows.services import assigning
from workflows.services.moves import CaseHasMoved

pytestmark = pytest.mark.django_db(transaction=True)


def taking(person):
    def act():
        with acting_for(person) as present:
            return assigning.take_next(actor=person, at=present.now)

    return act


def open_assignments():
    with acting(None, prefectures=["75"]):
        rows = Assignment.objects.filter(until=None).order_by("pk")
        return list(rows.values_list("case_id", "agent_id"))


def test_two_agents_who_take_at_once_receive_two_different_cases():
    filed_dossier(), filed_dossier()
    one, two = agent(), agent()

    answers = at_once(taking(one), taking(two))

    assert None not in answers
    assert len(set(answers)) == 2
    assert sorted(agent_id for _case, agent_id in open_assignments()) == sorted([one.pk, two.pk])


def test_two_agents_who_take_the_last_case_at_once_make_one_assignment():
    filed_dossier()
    one, two = agent(), agent()

    answers = at_once(taking(one), taking(two))

    assert sum(answer is None for answer in answers) == 1
    assert len(open_assignments()) == 1


def test_a_couple_taken_by_two_agents_at_once_is_given_once_each():
    one, two = filed_dossier(), filed_dossier()
    linked(one.applicant, one, two.applicant, two)
    agents = agent(), agent()

    at_once(*(taking(person) for person in agents))

    assert len(open_assignments()) == 2
    assert len({case_id for case_id, _agent in open_assignments()}) == 2


def test_one_agent_who_takes_twice_at_once_receives_one_case():
    filed_dossier(), filed_dossier()
    one = agent()

    answers = at_once(taking(one), taking(one))

    assert len(set(answers)) == 1
    assert len(open_assignments()) == 1


def test_two_draws_at_once_for_one_case_make_one_assignment():
    filed_dossier()
    agent(), agent()
    with acting(None, prefectures=["75"]):
        case_id = Case.objects.get().pk

    def drawing():
        with acting(None, prefectures=["75"]) as act:
            return assigning.assign_waiting(case_id=case_id, at=act.now)

    answers = at_once(drawing, drawing)

    assert sum(answer is None for answer in answers) == 1
    assert len(open_assignments()) == 1


def test_two_supervisors_who_give_one_case_away_at_once_move_it_once():
    life = Life()
    agent(), agent()
    seen, holder = life.case.last_step, life.reviewer.pk

    def giving():
        with acting_for(life.supervisor) as act:
            return assigning.give_away(
                case_id=life.id,
                holder=holder,
                reason="Absence.",
                actor=life.supervisor,
                at=act.now,
                seen=seen,
            )

    answers = at_once(giving, giving)

    assert sum(isinstance(answer, CaseHasMoved) for answer in answers) == 1
    assert [case_id for case_id, _agent in open_assignments()] == [life.id]
