"""From the waiting room to the outcome: in order, once, and no right ends at a counter."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from appointments import queries
from appointments.enums import AppointmentState, VisitState
from appointments.models import Appointment, CheckIn, Visit
from appointments.services import checking_in, visiting
from portal.accounts import api as accounts
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence import api as correspondence
from portal.territory.api import Counter
from tests.appointments.test_invariants import forbidden, refused, together
from tests.factories import appointments as factory
from tests.factories.accounts import as_worker
from tests.factories.workflows import agent
from workflows.models import Case


def arrived(life):
    """The person is in the waiting room."""
    with acting_for(life.counter):
        factory.check_in(life).save(force_insert=True)
    return visit_of(life)


def visit_of(life):
    with acting_for(life.counter):
        return Visit.objects.get(pk=life.appointment.pk)


def given(life):
    return Appointment.objects.select_related("site", "clearance", "check_in__counter").get(
        pk=life.appointment.pk
    )


def fulfil(life, user=None, **facts):
    user = user or life.counter
    with acting_for(user) as act:
        facts = {"old_card": "taken_back"} | facts
        return visiting.fulfil(given(life), case_id=life.id, user=user, at=act.now, **facts)


def stop(life, outcome, reason=""):
    with acting_for(life.counter):
        return visiting.leave_unfulfilled(
            given(life), outcome=outcome, reason=reason, user=life.counter
        )


def call(life, counter_id=None):
    counter = Counter.objects.select_related("site").get(
        pk=counter_id or life.appointment.counter_id
    )
    with acting_for(life.counter):
        return visiting.call(visit_of(life), counter=counter, user=life.counter)


@pytest.fixture
def here(places, at_the_visit):
    """Somebody who is expected now."""
    life = factory.appointed()
    at_the_visit(life.appointment)
    return life


def test_an_arrival_makes_one_ticket_and_numbers_follow(places, at_the_visit):
    lives = [factory.appointed() for _one in range(2)]
    at_the_visit(lives[0].appointment)

    visits = [arrived(life) for life in lives]

    assert [visit.number for visit in visits] == [1, 2]
    assert {visit.state for visit in visits} == {VisitState.ARRIVED}
    with acting_for(lives[0].counter), refused("appointments_visit_pkey"):
        Visit(
            check_in_id=visits[0].pk,
            dossier_id=visits[0].dossier_id,
            applicant_id=visits[0].applicant_id,
            prefecture_code="75",
            site_id=visits[0].site_id,
            number=9,
        ).save(force_insert=True)


def test_a_visit_goes_from_the_room_to_the_counter_to_its_outcome(here):
    arrived(here)
    assert call(here).state == VisitState.CALLED
    with acting_for(here.counter):
        assert visiting.serve(visit_of(here), user=here.counter).state == VisitState.SERVED

    visit = fulfil(here)

    assert (visit.state, visit.outcome, visit.old_card) == ("ended", "card_given", "taken_back")
    assert visit.arrived_at <= visit.called_at <= visit.served_at <= visit.ended_at
    assert here.case.state == "handed_over"
    assert visit.agent_id == here.counter.pk
    acts = JournalLine.objects.filter(subject_id=str(visit.pk), act__startswith="visit.")
    assert list(acts.order_by("position").values_list("act", flat=True)) == [
        "visit.call",
        "visit.serve",
        "visit.end",
    ]


def test_the_case_and_the_visit_end_together_or_not_at_all(here):
    arrived(here)

    with pytest.raises(IntegrityError), transaction.atomic():
        fulfil(here, old_card="eaten")

    assert here.case.state == "card_ready"
    assert visit_of(here).state == VisitState.ARRIVED


def test_of_two_outcomes_the_first_is_kept(here):
    arrived(here)
    fulfil(here)

    for second in (lambda: fulfil(here), lambda: stop(here, "left")):
        with pytest.raises(DomainRefusal, match="déjà terminée"):
            second()


@pytest.mark.parametrize(("outcome", "reason"), [("incomplete", "missing_paper"), ("left", "")])
def test_an_unfulfilled_visit_gives_another_appointment(here, outcome, reason):
    arrived(here)
    stop(here, outcome, reason)

    factory.run()

    again = factory.appointment_of(here)
    assert (again.state, again.attempt) == (AppointmentState.ISSUED, 2)
    assert here.case.state == "card_ready"
    with acting_for(here.applicant):
        assert f"visit_{outcome}" in {
            line.kind for line in correspondence.timeline(here.dossier.pk)
        }


def test_who_is_not_recognised_loses_nothing_and_is_shown_to_a_supervisor(here):
    arrived(here)
    stop(here, "unidentified", "other_face")

    factory.run()
    assert factory.appointment_of(here).attempt == 1
    assert here.case.state == "card_ready"
    with acting_for(here.supervisor):
        (visit,) = queries.visits_to_follow_up(here.supervisor)
        assert visit.pk == here.appointment.pk
        visiting.give_another(given(here), user=here.supervisor)
        assert not queries.visits_to_follow_up(here.supervisor).exists()
        with pytest.raises(DomainRefusal, match="déjà demandé"):
            visiting.give_another(given(here), user=here.supervisor)
    factory.run()

    assert factory.appointment_of(here).attempt == 2


def test_nobody_recognised_at_the_door_came_all_the_same(here):
    with acting_for(here.counter) as act:
        visit = checking_in.turn_away(
            given(here),
            reason="no_paper",
            counter=here.appointment.counter,
            user=here.counter,
            at=act.now,
        )

    assert (visit.outcome, visit.reason) == ("unidentified", "no_paper")
    assert factory.appointment_of(here).state == AppointmentState.HONOURED


def test_the_agent_who_received_the_person_does_not_decide_what_follows(here):
    with as_worker():
        here.counter.posts.create(prefecture_id="75", role="supervisor", starts_on="2020-01-01")
    arrived(here)
    stop(here, "unidentified", "other_face")

    with acting_for(here.counter), refused("somebody_else_follows_up_a_visit"):
        Visit.objects.update(again_at=visit_of(here).ended_at)


def test_two_counters_call_two_people_and_the_first_hour_comes_first(places, at_the_visit):
    lives = [factory.appointed() for _one in range(2)]
    at_the_visit(lives[0].appointment)
    arrived(lives[1])
    arrived(lives[0])
    counter = Counter.objects.select_related("site").get(pk=places.here.counters[0])

    with acting_for(lives[0].counter):
        called = [visiting.call_next(counter=counter, user=lives[0].counter) for _one in "ab"]
        with pytest.raises(DomainRefusal, match="Personne n’attend"):
            visiting.call_next(counter=counter, user=lives[0].counter)

    assert [visit.pk for visit in called] == [life.appointment.pk for life in lives]


def test_a_counter_calls_only_for_what_it_does(here, places):
    arrived(here)
    prints = Counter.objects.select_related("site").get(pk=places.here.counters[1])

    with acting_for(here.counter), pytest.raises(DomainRefusal, match="Personne n’attend"):
        visiting.call_next(counter=prints, user=here.counter)


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_who_call_the_same_person_at_once_both_call_one_visit(
    shut_places, at_the_visit
):
    factory.open_once(shut_places.here, seats=1)
    life = factory.appointed()
    at_the_visit(life.appointment)
    arrived(life)
    seen = visit_of(life)
    counter = Counter.objects.select_related("site").get(pk=life.appointment.counter_id)

    def calling():
        try:
            visiting.call_next(counter=counter, user=life.counter)
        except DomainRefusal as refusal:
            raise IntegrityError from refusal

    entered = together(lambda: acting_for(life.counter), calling)

    assert sorted(entered) == [False, True]
    assert visit_of(life).state == VisitState.CALLED
    assert seen.state == VisitState.ARRIVED


# What the database refuses, whoever asks


def raw(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("state = 'served'", "a_visit_follows_its_order"),
        (
            "state = 'ended', outcome = 'incomplete', reason = 'missing_paper'",
            "a_visit_follows_its_order",
        ),
        ("number = 99", "a_visit_is_never_changed"),
        ("arrived_at = arrived_at - interval '1 hour'", "a_visit_is_never_changed"),
        ("state = 'called'", "a_visit_has_the_times_of_its_state"),
        (
            "state = 'ended', outcome = 'left', reason = 'no_paper'",
            "an_outcome_is_of_the_purpose_with_its_reason",
        ),
    ],
)
def test_a_visit_cannot_be_moved_otherwise(here, change, rule):
    arrived(here)

    with acting_for(here.counter), refused(rule):
        raw(f"update appointments_visit set {change}")


def test_times_and_agent_are_the_databases(here):
    arrived(here)
    other = agent("counter_agent")

    with acting_for(here.counter) as act:
        raw(
            "update appointments_visit set state = 'called', counter_id = %s, agent_id = %s,"
            " called_at = %s",
            here.appointment.counter_id,
            other.pk,
            act.now - timedelta(hours=1),
        )

    visit = visit_of(here)
    assert (visit.agent_id, visit.called_at) == (here.counter.pk, act.now)


def test_a_visit_is_called_to_a_counter_of_its_site(here, places):
    arrived(here)

    with acting_for(here.counter), refused("a_visit_is_called_to_a_counter_of_the_site"):
        raw(
            "update appointments_visit set state = 'called', counter_id = %s",
            places.elsewhere.counters[0],
        )
        raw("set constraints all immediate")


def test_an_outcome_of_the_other_purpose_or_without_its_step_is_refused(here):
    arrived(here)
    call(here)
    with acting_for(here.counter):
        visiting.serve(visit_of(here), user=here.counter)
        step = Case.objects.get(pk=here.id).steps.order_by("-number").first()
        for outcome, old_card, proof, rule in (
            ("prints_taken", "", None, "an_outcome_is_of_the_purpose_with_its_reason"),
            ("card_given", "lost", None, "an_outcome_is_of_the_purpose_with_its_reason"),
            ("card_given", "lost", step.pk, "a_fulfilled_visit_shows_its_step"),
        ):
            with refused(rule):
                raw(
                    "update appointments_visit set state = 'ended', outcome = %s, old_card = %s,"
                    " step_id = %s",
                    outcome,
                    old_card,
                    proof,
                )


def test_a_visit_is_never_deleted_nor_moved_by_its_own_person(here):
    arrived(here)

    with acting_for(here.applicant):
        assert Visit.objects.count() == 1
        assert raw("update appointments_visit set state = 'called'") == 0
    with acting(None, prefectures=["75"]), forbidden():
        raw("delete from appointments_visit")


@pytest.mark.parametrize("role", ["reviewer", "supervisor"])
def test_only_an_agent_of_the_counter_of_that_office_enters_somebody(here, role):
    someone, away = agent(role), agent("counter_agent", office="34")

    with acting_for(someone), refused("a_visit_is_led_by_an_agent_of_its_office"):
        factory.check_in(here, agent_id=someone.pk).save(force_insert=True)
    with acting(away.pk, prefectures=["75"]), refused("a_visit_is_led_by_an_agent_of_its_office"):
        factory.check_in(here, agent_id=away.pk).save(force_insert=True)
    with acting_for(someone), refused("a_visit_is_led_by_who_acts"):
        factory.check_in(here).save(force_insert=True)


def test_nobody_receives_themselves_nor_somebody_close(here):
    with acting(here.applicant.pk, prefectures=["75"]), refused("nobody_receives_themselves"):
        factory.check_in(here, agent_id=here.applicant.pk).save(force_insert=True)
    with as_worker(), acting(None, scope="system") as act:
        accounts.set_contacts(here.counter, at=act.now, emails=[here.applicant.email])

    with acting_for(here.counter), refused("nobody_receives_someone_close_to_them"):
        factory.check_in(here).save(force_insert=True)
    with acting_for(here.counter) as act, pytest.raises(DomainRefusal, match="en commun"):
        checking_in.arrive(
            given(here), counter=here.appointment.counter, user=here.counter, at=act.now
        )


def test_an_arrival_may_be_claimed_in_its_window_on_its_day_alone(here, at_the_visit):
    key = uuid.uuid4()
    with acting_for(here.counter) as act:
        for claimed, rule in (
            (act.now + timedelta(minutes=1), "a_claimed_arrival_has_its_key"),
            (act.now - timedelta(days=1), "an_arrival_is_claimed_on_its_own_day"),
            (act.now - timedelta(hours=3), "a_check_in_needs_a_live_appointment_now"),
        ):
            with refused(rule):
                factory.check_in(here, claimed_at=claimed, entry_key=key).save(force_insert=True)
        with refused("a_claimed_arrival_has_its_key"):
            factory.check_in(here, claimed_at=act.now).save(force_insert=True)
    at_the_visit(here.appointment, hours=3)

    with acting_for(here.counter) as act:
        claimed = act.now - timedelta(hours=2)
        factory.check_in(here, claimed_at=claimed, entry_key=key).save(force_insert=True)
        entry = CheckIn.objects.get(pk=here.appointment.pk)

    assert (entry.at, entry.claimed_at, entry.arrived_at) == (act.now, claimed, claimed)
