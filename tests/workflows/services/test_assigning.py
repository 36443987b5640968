"""Nobody chooses their cases: who may receive one, who is drawn, who is refused and why."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from portal.accounts.api import set_contacts
from portal.accounts.enums import Role
from portal.accounts.models import Absence
from portal.accounts.staff import set_skills
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from tests.factories import workflows
from tests.factories.accounts import as_worker
from tests.factories.workflows import Life, agent, applicant, assigned, filed_dossier
from workflows.enums import CaseState
from workflows.models import Assignment, Case
from workflows.queries.workload import loads_of
from workflows.services import assigning, deciding, requesting, rerouting
from workflows.services.moves import AssignedToSomebodyElse, CaseHasMoved, MoveRefused, advance

pytestmark = pytest.mark.django_db


def case_of(dossier):
    with acting(dossier.applicant_id):
        return Case.objects.get(dossier=dossier)


def lives_by(person, **contacts):
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(person, at=act.now, **contacts)


def skilled(person, *procedures):
    with as_worker(), acting(None) as act:
        set_skills(person, procedures, on=clock.legal_day(act.now))


def absent(person, days=1):
    boss = agent(Role.SUPERVISOR.value)
    with acting_for(boss) as act:
        today = clock.legal_day(act.now)
        return Absence.objects.create(
            user=person, starts_on=today, back_on=today + dt.timedelta(days), recorded_by=boss
        )


def history(case_id):
    with acting(None, prefectures=["75", "34"]):
        rows = Assignment.objects.filter(case_id=case_id).order_by("since", "until")
        return [(row.agent_id, row.why, row.ended_why) for row in rows]


def take(person):
    with acting_for(person) as act:
        return assigning.take_next(actor=person, at=act.now)


def test_filing_gives_the_case_to_a_reviewer_of_the_office_in_the_same_transaction():
    reviewer = agent()
    agent(Role.SIGNATORY.value)
    agent(office="34")

    case = case_of(filed_dossier())

    assert case.reviewer_id == reviewer.pk
    assert history(case.pk) == [(reviewer.pk, "routed", "")]
    line = JournalLine.objects.get(act="case.assign")
    assert line.facts == {
        "agent": reviewer.pk,
        "why": "routed",
        "eligible": 1,
        "among": [reviewer.pk],
    }


def test_without_anybody_the_case_waits():
    case = case_of(filed_dossier())

    assert (case.state, case.reviewer_id) == (CaseState.RECEIVED, None)
    assert history(case.pk) == []


def test_who_is_absent_unskilled_gone_or_closed_receives_nothing():
    skilled(agent(), "duplicate")
    absent(agent())
    closed = agent()
    closed.is_active = False
    closed.save(update_fields=["is_active"])
    here = agent()
    skilled(here, "student-renewal")

    assert {case_of(filed_dossier()).reviewer_id for _ in range(3)} == {here.pk}


def test_an_agent_whose_only_skill_ended_does_not_handle_everything_again(move_clock):
    person = agent()
    skilled(person, "student-renewal")
    skilled(person, "duplicate")
    move_clock(dt.timedelta(days=1))

    assert case_of(filed_dossier()).reviewer_id is None


def test_the_draw_is_among_the_least_loaded():
    busy, free = agent(), agent()
    for _ in range(3):
        assigned(case_of(filed_dossier()).pk, busy)

    case = case_of(filed_dossier())

    line = JournalLine.objects.filter(act="case.assign").latest("id")
    assert case.reviewer_id == free.pk
    assert (line.facts["eligible"], line.facts["among"]) == (2, [free.pk])


def test_chance_decides_among_equals(monkeypatch):
    people = sorted(agent().pk for _ in range(2))
    seen = []

    def last(among):
        seen.append(tuple(among))
        return among[-1]

    monkeypatch.setattr(assigning._chance, "choice", last)

    assert case_of(filed_dossier()).reviewer_id == people[-1]
    assert seen == [tuple(people)]


def test_two_are_drawn_of_many_and_the_less_loaded_receives(monkeypatch):
    busy, free, other = agent(), agent(), agent()
    for _ in range(3):
        assigned(case_of(filed_dossier()).pk, busy)
    asked = []

    def first_two(eligible, number):
        asked.append((list(eligible), number))
        return [busy.pk, free.pk]

    monkeypatch.setattr(assigning._chance, "sample", first_two)

    case = case_of(filed_dossier())

    line = JournalLine.objects.filter(act="case.assign").latest("id")
    assert asked == [(sorted([busy.pk, free.pk, other.pk]), 2)]
    assert case.reviewer_id == free.pk
    assert (line.facts["eligible"], line.facts["among"]) == (3, [free.pk])


def test_a_case_that_waits_for_somebody_weighs_half():
    waiting, busy = agent(), agent()
    lives = [Life() for _ in range(2)]
    for life in lives:
        life.reviewer = waiting
        life.completion_asked()
    assigned(case_of(filed_dossier()).pk, busy)
    with acting(None, prefectures=["75"]):
        assert loads_of("75", [waiting.pk, busy.pk]) == {waiting.pk: 2, busy.pk: 2}


def test_take_next_opens_ones_own_case_that_is_due_first():
    reviewer = agent()
    first, second = (case_of(filed_dossier()) for _ in range(2))
    with acting_for(reviewer):
        Case.objects.filter(pk=second.pk).update(due_on=first.due_on - dt.timedelta(days=3))

    assert take(reviewer) == second.pk
    assert take(reviewer) == second.pk
    assert len(history(second.pk)) == 1


def test_take_next_draws_an_unassigned_case_when_nothing_is_in_hand():
    case = case_of(filed_dossier())
    reviewer = agent()

    assert take(reviewer) == case.pk
    assert history(case.pk) == [(reviewer.pk, "taken", "")]
    assert take(agent()) is None


def test_what_waits_for_the_person_does_not_keep_an_agent_from_the_next_case():
    life = Life().completion_asked()
    skilled(life.reviewer, "duplicate")
    other = case_of(filed_dossier())
    assert other.reviewer_id is None

    skilled(life.reviewer, "student-renewal")

    assert take(life.reviewer) == other.pk


def test_take_next_never_gives_the_case_of_somebody_close():
    owner = applicant()
    case_of(filed_dossier(owner))
    reviewer = agent()
    lives_by(reviewer, emails=[owner.email])

    assert take(reviewer) is None


def test_only_a_reviewer_takes():
    with pytest.raises(PermissionDenied):
        take(agent(Role.SUPERVISOR.value))


def test_a_colleague_reads_and_does_not_act():
    life = Life()
    colleague = agent()

    with acting_for(colleague) as act, pytest.raises(AssignedToSomebodyElse) as refusal:
        advance(case_id=life.id, move="acknowledge", actor=colleague, at=act.now)

    assert "confié à un collègue" in refusal.value.reasons[0]
    assert life.case.state == CaseState.RECEIVED


def test_nobody_acts_on_a_case_that_nobody_has():
    case = case_of(filed_dossier())
    reviewer = agent()

    with acting_for(reviewer) as act, pytest.raises(AssignedToSomebodyElse, match="à personne"):
        advance(case_id=case.pk, move="acknowledge", actor=reviewer, at=act.now)


@pytest.mark.parametrize(
    "contacts",
    [
        {"emails": ["AMINA@exemple.fr "]},
        {"phones": ["+33 6 12 34 56 78"]},
        {"addresses": [("1, Rue de l'Exemple", "75015")]},
    ],
)
def test_nobody_receives_the_case_of_somebody_who_shares_a_contact(contacts, monkeypatch):
    told = workflows.STUDENT_ANSWERS | {"email": "amina@exemple.fr", "phone": "06 12 34 56 78"}
    monkeypatch.setattr(workflows, "STUDENT_ANSWERS", told)
    lives_by(agent(), **contacts)

    assert case_of(filed_dossier()).reviewer_id is None


def test_a_conflict_found_in_a_new_submission_moves_the_case_away():
    life = Life().acknowledged().completion_asked()
    other = agent()
    lives_by(life.reviewer, addresses=[("9 rue Nouvelle", "75020")])
    with acting(life.applicant.pk) as act:
        submission = life.dossier.submissions.get()
        submission.pk, submission.number = None, 2
        submission.answers = submission.answers | {
            "address_line": "9 rue Nouvelle",
            "postcode": "75020",
        }
        submission._state.adding = True
        submission.save()
        requesting.receive_completion(
            case_id=life.id, actor=life.applicant, at=act.now, submission_number=2
        )

    assert life.case.reviewer_id == other.pk
    assert history(life.id)[-2:] == [
        (life.reviewer.pk, "routed", "conflict"),
        (other.pk, "conflict", ""),
    ]


def test_a_signature_ends_the_assignment_and_a_reopening_draws_again():
    life = Life().acknowledged().proposed("refuse").signed()
    assert life.case.reviewer_id is None
    assert history(life.id)[-1][2] == "closed"

    with acting_for(life.supervisor) as act:
        deciding.reopen(
            case_id=life.id,
            reason="Erreur.",
            actor=life.supervisor,
            at=act.now,
            seen=life.case.last_step,
        )

    assert history(life.id)[-1] == (life.reviewer.pk, "reopened", "")


def test_rerouting_draws_somebody_of_the_new_office():
    life = Life()
    there = agent(office="34")
    with acting_for(life.reviewer) as act:
        rerouting.reroute(
            case_id=life.id,
            prefecture_code="34",
            reason="Déménagement.",
            actor=life.reviewer,
            at=act.now,
            seen=life.case.last_step,
        )

    assert history(life.id)[-2:] == [
        (life.reviewer.pk, "routed", "rerouted"),
        (there.pk, "rerouted", ""),
    ]


def give_away(life, person, seen=None, holder=None):
    with acting_for(person) as act:
        return assigning.give_away(
            case_id=life.id,
            holder=life.reviewer.pk if holder is None else holder,
            reason="Surcharge.",
            actor=person,
            at=act.now,
            seen=life.case.last_step if seen is None else seen,
        )


def test_a_supervisor_gives_a_case_to_somebody_else_without_naming_anybody():
    life = Life()
    other = agent()

    made = give_away(life, life.supervisor)

    assert (made.agent_id, made.note) == (other.pk, "Surcharge.")
    assert history(life.id)[-1] == (other.pk, "supervisor", "")
    line = JournalLine.objects.filter(act="case.assign").latest("id")
    assert (line.actor_id, line.facts["among"]) == (life.supervisor.pk, [other.pk])


def test_a_supervisor_who_reviews_never_receives_what_they_give():
    life = Life()
    both = agent(Role.SUPERVISOR.value, Role.REVIEWER.value)

    with pytest.raises(MoveRefused, match="Personne d’autre"):
        give_away(life, both)

    assert life.case.reviewer_id == life.reviewer.pk


def test_a_case_given_on_an_old_page_stays():
    life = Life()
    agent()

    with pytest.raises(CaseHasMoved):
        give_away(life, life.supervisor, seen=1)

    with pytest.raises(CaseHasMoved):
        give_away(life, life.supervisor, holder=life.counter.pk)
    assert life.case.reviewer_id == life.reviewer.pk


def test_more_unassigned_cases_than_are_tried_do_not_hide_one_that_the_agent_handles(monkeypatch):
    monkeypatch.setattr("workflows.queries.queue.CANDIDATES", 1)
    for _ in range(2):
        case_of(filed_dossier())
    last = case_of(filed_dossier(procedure="duplicate"))
    reviewer = agent()
    skilled(reviewer, "duplicate")

    assert take(reviewer) == last.pk


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SIGNATORY])
def test_only_a_supervisor_gives_a_case_away(role):
    life = Life()

    with pytest.raises(PermissionDenied):
        give_away(life, agent(role.value))


def test_who_is_close_to_the_person_does_not_sign():
    life = Life().acknowledged().proposed("refuse")
    lives_by(life.signatory, addresses=[("1 rue de l’Exemple", "75015")])
    life.signatory.__dict__.pop("contact_keys", None)

    with pytest.raises(PermissionDenied):
        life.signed()

    assert life.case.state == CaseState.DECISION_PROPOSED
