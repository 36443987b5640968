"""The statement that recounts a batch says the same as the pure functions."""

import datetime as dt
import uuid

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.door import acting
from tests.factories.workflows import Life, applicant, filed_dossier
from workflows import deadlines
from workflows.models import Case, ClockPause
from workflows.models.base import about
from workflows.queries.drift import recount_batch
from workflows.services.timing import recount, set_due

pytestmark = pytest.mark.django_db
FIRST = uuid.UUID(int=0)
SECONDS = st.integers(1_577_836_800, 1_798_675_200)
PAUSES = st.lists(
    st.tuples(st.integers(-5, 160), st.integers(0, 60), st.none() | st.integers(0, 70)),
    max_size=4,
)


def everywhere():
    return acting(None, prefectures=["75", "34"])


def paused(case, pauses):
    """Pauses as they are after the fact: all closed, supplied or not."""
    filed_on = deadlines.legal_day(case.filed_at)
    for begins, lasts, supplied in pauses:
        starts_on = filed_on + dt.timedelta(days=begins)
        ClockPause.objects.create(
            **about(case),
            case=case,
            completion_request_id=uuid.uuid4(),
            starts_on=starts_on,
            due_on=starts_on + dt.timedelta(days=lasts),
            supplied_on=None if supplied is None else starts_on + dt.timedelta(days=supplied),
            closed_at=case.filed_at,
        )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seconds=SECONDS, pauses=PAUSES, procedure=st.sampled_from(["student-renewal", "duplicate"]))
def test_what_the_pure_functions_compute_is_no_drift_and_a_day_more_is(
    django_user_model, seconds, pauses, procedure
):
    filed_at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    with transaction.atomic():
        dossier = filed_dossier(applicant(), procedure=procedure, filed_at=filed_at)
        with everywhere():
            case = Case.objects.get(dossier=dossier)
            paused(case, pauses)
            recount(case)
            set_due(case, at=filed_at)
            case.save()
            right = recount_batch(FIRST, 10)
            case.implicit_refusal_on += dt.timedelta(days=1)
            case.save(update_fields=["implicit_refusal_on"])
            wrong = recount_batch(FIRST, 10)
        transaction.set_rollback(True)

    assert (right.number, right.last, right.drifted) == (1, case.pk, ())
    assert wrong.drifted == (case.pk,)


@pytest.mark.parametrize(
    "lead",
    [
        lambda life: life,
        lambda life: life.acknowledged(),
        lambda life: life.acknowledged().opinion_asked(),
        lambda life: life.completion_asked(),
        lambda life: life.acknowledged().proposed(),
    ],
)
@pytest.mark.parametrize("column", ["due_on = due_on + 1", "due_rule = 'other'"])
def test_every_live_state_has_its_due_date_and_its_rule(lead, column):
    life = lead(Life())
    with everywhere():
        assert recount_batch(FIRST, 10).drifted == ()

        with connection.cursor() as cursor:
            cursor.execute(f"update workflows_case set {column}")

        assert recount_batch(FIRST, 10).drifted == (life.id,)


def test_batches_follow_one_another_and_ended_cases_are_left_alone():
    lives = [Life(), Life(), Life()]
    ended = Life().acknowledged().proposed("refuse").signed()
    with everywhere():
        first = recount_batch(FIRST, 2)
        second = recount_batch(first.last, 2)
        third = recount_batch(second.last, 2)

    known = sorted(life.id for life in lives)
    assert (first.number, first.last) == (2, known[1])
    assert (second.number, second.last) == (1, known[2])
    assert (third.number, third.last) == (0, None)
    assert ended.id not in {first.last, second.last}
