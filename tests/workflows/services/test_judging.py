"""What a court or the minister decides is recorded, and an annulment is obeyed with its days."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.urls import reverse

from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.api import Letter, timeline
from portal.correspondence.rendering import page
from tests.factories.workflows import Life, filed_dossier
from tests.workflows.views.test_acts import day
from workflows.api import appeals_of
from workflows.enums import CaseState
from workflows.models import Appeal
from workflows.queries.drift import recount_batch
from workflows.queries.dues import due_sentence
from workflows.services import alarms, appealing, judging
from workflows.services.moves import CaseHasMoved, MoveRefused
from workflows.services.running import NOWHERE

pytestmark = pytest.mark.django_db


def refused():
    return Life().acknowledged().proposed("refuse").signed()


def silent():
    filed_at = clock.now() - dt.timedelta(days=100)
    return Life(dossier=filed_dossier(filed_at=filed_at)).acknowledged().silent()


def in_court(life):
    with acting_for(life.supervisor) as act:
        appealing.record_contentious(
            case_id=life.id, court_number="2600001", text="", actor=life.supervisor, at=act.now
        )
    return life


def recording(life, outcome="annulled", person=None, *, days=None, ago=0, seen=None):
    person = person or life.supervisor
    with acting_for(person) as act:
        appeal = Appeal.objects.get(case_id=life.id)
        answered_on = clock.legal_day(act.now) - dt.timedelta(days=ago)
        return judging.record_answer(
            appeal_id=appeal.pk,
            answer=judging.Answer(outcome, answered_on, "26PA01", days),
            actor=person,
            at=act.now,
            seen=life.case.last_step if seen is None else seen,
        )


def words(life):
    with acting(life.applicant.pk) as act:
        return appeals_of(life.dossier.pk, act.now).appeals[0].words


def test_an_annulment_reopens_the_case_with_the_days_of_the_court():
    life = in_court(refused())

    recording(life, days=30)

    case = life.case
    by = clock.today() + dt.timedelta(days=30)
    assert (case.state, case.due_on, case.due_rule) == (CaseState.UNDER_REVIEW, by, "judgment")
    assert "Réexaminer après le jugement" in due_sentence(case)
    assert "CJA L.911-2" in due_sentence(case)
    assert case.reviewer_id is not None
    assert "annulé" in words(life)
    assert "26PA01" in words(life)
    with life.desk():
        assert Letter.objects.get(kind="decision").revoked_at is not None
    with acting(life.applicant.pk):
        kinds = [line.kind for line in timeline(life.dossier.pk)]
    assert {"case_appeal_annulled", "case_reopen"} <= set(kinds)
    assert JournalLine.objects.filter(act="appeal.annulled").count() == 1


def test_the_day_of_a_judgment_is_no_drift_and_ends_with_the_next_decision(as_role):
    life = in_court(refused())
    recording(life, days=30)

    with as_role("worker"), acting(None, scope="system"):
        assert recount_batch(NOWHERE, 100).drifted == ()
    case = life.proposed("refuse").signed().case
    assert (case.state, case.reexamine_by, case.due_on) == (CaseState.REFUSED, None, None)


def test_a_judgment_reopens_long_after_the_office_no_longer_may(move_clock):
    life = in_court(refused())
    move_clock(dt.timedelta(days=800))

    assert recording(life).outcome == "annulled"
    assert life.case.state == CaseState.UNDER_REVIEW


def test_an_annulled_silence_has_no_decision_to_withdraw_and_its_own_day():
    life = in_court(silent())

    recording(life, days=15)

    case = life.case
    assert (case.state, case.due_rule) == (CaseState.UNDER_REVIEW, "judgment")
    with life.desk():
        assert not case.steps.filter(move="reopen").exists()


@pytest.mark.parametrize("outcome", ["dismissed", "struck_out"])
def test_what_a_court_leaves_standing_stays(outcome):
    life = in_court(refused())

    recording(life, outcome)

    assert life.case.state == CaseState.REFUSED
    with acting(life.applicant.pk):
        assert f"case_appeal_{outcome}" in [line.kind for line in timeline(life.dossier.pk)]
    with pytest.raises(MoveRefused, match="n’attend pas"):
        recording(life, outcome)


def test_the_minister_answers_a_hierarchical_appeal_and_the_office_does_not():
    life = refused().appealed("hierarchical")
    with life.desk():
        receipt = page(Letter.objects.get(kind="appeal_receipt"))
    assert "La préfecture le transmet au ministre" in receipt

    with pytest.raises(MoveRefused, match="n’attend pas de réponse ici"):
        life.rejection_written()
    recording(life, "dismissed")

    assert "recours rejeté" in words(life)
    assert life.case.state == CaseState.REFUSED


def test_the_ministers_silence_alarms_nobody_here(as_role):
    life = refused().appealed("hierarchical")

    with as_role("worker"), acting(None, scope="system") as act:
        assert alarms.raise_answers(at=act.now + dt.timedelta(days=60)) == 0
    assert words(life) == "devant le ministre"


def test_only_a_supervisor_records_on_the_case_as_it_is_a_day_that_can_be():
    life = in_court(refused())

    with pytest.raises(PermissionDenied):
        recording(life, person=life.reviewer)
    with pytest.raises(CaseHasMoved):
        recording(life, seen=1)
    for ago in (-1, 10):
        with pytest.raises(MoveRefused, match="date de la réponse"):
            recording(life, ago=ago)
    gracious = refused().appealed()
    with pytest.raises(MoveRefused, match="d’ailleurs"):
        recording(gracious)
    assert life.case.state == gracious.case.state == CaseState.REFUSED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("outcome = 'dismissed'", "an_answer_from_elsewhere_has_its_date_and_number"),
        ("outcome = 'rejected'", "the_office_answers_no_court|reasoned"),
        ("reexamine_by = '2030-01-01'", "an_answer_from_elsewhere_has_its_date_and_number"),
        (
            "outcome = 'dismissed', answered_on = '2020-01-01', answer_number = '1'",
            "an_answer_from_elsewhere_has_its_date_and_number",
        ),
    ],
)
def test_the_database_refuses_half_a_judgment(change, why):
    life = in_court(refused())
    settled = f", settled_at = now(), settled_by_id = {life.supervisor.pk}"
    settled = settled if "outcome" in change else ""

    with (
        pytest.raises(DatabaseError, match=why),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update workflows_appeal set {change}{settled}")


def test_a_supervisor_records_a_judgment_over_http(at_desk):
    life = in_court(refused())
    with life.desk():
        appeal = Appeal.objects.get(case_id=life.id)
    url = reverse("desk:record_answer", args=[appeal.pk])
    case_url = reverse("desk:case", args=[life.id])
    browser = at_desk(life.supervisor)
    assert url in browser.get(case_url).text
    assert url not in at_desk(life.reviewer).get(case_url).text
    assert "2600001" in browser.get(url).text
    typed = {
        "outcome": "dismissed",
        "answer_number": "26PA01",
        "days": "30",
        "last_step": life.case.last_step,
        **day("answered_on", clock.today()),
    }

    assert "Seule une annulation" in browser.post(url, typed).text
    told = browser.post(url, typed | {"outcome": "annulled"}, follow=True).text

    assert "La réponse est enregistrée" in told
    assert "Réexaminer après le jugement" in told
    assert browser.get(url).status_code == 302
