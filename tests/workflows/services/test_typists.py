"""Who typed a request at the counter never receives, proposes, decides or signs it."""

import pytest
from django.db import DatabaseError

from portal.core.door import acting_for
from tests.factories.accounts import UserFactory
from tests.factories.assistance import filed_at_counter, opened
from tests.factories.dossiers import draft, file_now
from tests.factories.workflows import Life
from tests.workflows.models.test_assignment import ASSIGN, DECIDE, END, PROPOSE, STEP, sql
from workflows.models import Case
from workflows.queries.acts import blocked
from workflows.rules import may_answer_appeals, may_give_away, may_reopen, may_route, may_sign
from workflows.services.assigning import eligible_for, take_next

pytestmark = pytest.mark.django_db
SUPERVISES = STEP.replace("'reviewer', prefecture_code", "'supervisor', prefecture_code")


@pytest.fixture
def typist(db):
    """Somebody who holds every post of the office, the counter's included."""
    return UserFactory(counter_agent=True, reviewer=True, signatory=True, supervisor=True)


@pytest.fixture
def life(typist):
    """A request that they typed, in the hands of somebody else."""
    person = UserFactory()
    dossier = draft(person, evidence=True)
    filed_at_counter(typist, opened(typist, person))
    return Life(office="69", dossier=dossier)


def test_the_only_reviewer_present_is_not_drawn_for_what_they_typed(typist):
    person = UserFactory()
    draft(person, evidence=True)

    submission = filed_at_counter(typist, opened(typist, person))

    with acting_for(typist) as act:
        case = Case.objects.get(dossier=submission.dossier_id)
        assert (case.reviewer_id, case.typists) == (None, [typist.pk])
        assert eligible_for(case, at=act.now) == []
        assert take_next(actor=typist, at=act.now) is None


def test_whoever_began_is_kept_apart_when_the_person_files_alone(typist):
    person = UserFactory()
    dossier = draft(person, evidence=True)
    opened(typist, person)

    file_now(dossier, person)

    with acting_for(typist):
        assert Case.objects.get().typists == [typist.pk]
        assert Case.objects.get().reviewer_id is None


def test_no_rule_lets_the_typist_act_on_it(life, typist):
    case = life.case

    assert not any(
        rule(case, typist)
        for rule in (may_sign, may_reopen, may_route, may_give_away, may_answer_appeals)
    )
    assert (
        "Vous avez rempli cette demande au guichet"
        in blocked(life.acknowledged().proposed().case, "grant", typist)[0]
    )


@pytest.mark.parametrize(
    "statements",
    [
        [(END,), (ASSIGN,)],
        [(PROPOSE,)],
        [(STEP,)],
        [(SUPERVISES,)],
    ],
)
def test_the_database_refuses_the_typist(life, typist, statements):
    written = [(one[0], typist.pk) if "%s" in one[0] else one for one in statements]

    with pytest.raises(DatabaseError, match="typed the request at the counter"):
        sql(life, *written)


def test_the_database_refuses_the_typists_signature(life, typist):
    life.acknowledged().proposed()

    with pytest.raises(DatabaseError, match="typed the request at the counter"):
        sql(life, (DECIDE, typist.pk))
