"""One amendment pressed by twenty hands, and one that meets a signature: one story each."""

import pytest

from dossiers.models import Submission
from dossiers.services.amending import change_answers, send_amendment
from dossiers.services.drafting import Typed
from portal.correspondence.models import TimelineLine
from tests.factories.workflows import Life
from tests.hostile.test_races import as_agent, as_owner, at_once, fresh_versions, refusals
from workflows.enums import CaseState
from workflows.models import Decision, Step
from workflows.services import deciding

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["fresh_versions"]


def sending(life):
    """Changes that wait, and the act that sends them."""
    dossier = {"dossier_id": life.dossier.pk}
    typed = {"address_line": Typed(value="2 rue Neuve")}
    working, _conflicts = as_owner(life.applicant, change_answers, typed=typed, **dossier)()
    return as_owner(
        life.applicant,
        send_amendment,
        amendment_id=working.amendment.pk,
        seen=working.revision,
        sworn=True,
        language="fr",
        **dossier,
    )


def test_twenty_posts_of_one_amendment_make_one_filing():
    life = Life()

    answers = at_once(*[sending(life)] * 20)

    assert {answer.number for answer in answers} == {2}
    assert life.case.submission_number == 2
    with life.desk():
        assert Submission.objects.filter(dossier=life.dossier).count() == 2
        assert Step.objects.filter(move="receive_amendment").count() == 1
        assert TimelineLine.objects.filter(kind="dossier_amended").count() == 1


def test_an_amendment_and_a_signature_at_once_never_decide_on_less():
    life = Life().acknowledged().proposed("refuse")
    seen = life.case.last_step

    answers = at_once(
        as_agent(life.signatory, deciding.sign, case_id=life.id, seen=seen), sending(life)
    )

    assert len(refusals(answers)) == 1
    with life.desk():
        decided = Decision.objects.filter(case=life.id).count()
        filed = Submission.objects.filter(dossier=life.dossier).count()
    assert (life.case.state, decided, filed) in {
        (CaseState.REFUSED, 1, 1),
        (CaseState.DECISION_PROPOSED, 0, 2),
    }
