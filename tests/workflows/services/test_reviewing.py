"""Each answer is accepted or found not enough; slips are put right and objections answered."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection

from dossiers.models import CompletionItem, CorrectionContest
from portal.accounts.enums import Role
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from tests.factories.workflows import Life, agent, answered, object_to, put_right
from workflows.models import ItemReview
from workflows.queries.completions import not_enough, requests_in_words, to_review
from workflows.services import correcting, rerouting
from workflows.services.moves import CaseHasMoved, MoveRefused
from workflows.services.reviewing import review_items

pytestmark = pytest.mark.django_db


def item_of(life):
    with life.desk():
        return CompletionItem.objects.order_by("-request__round")[0]


def review(life, verdict, note="", *, person=None):
    person = person or life.reviewer
    item = item_of(life)
    with life.desk(person) as act:
        return review_items(
            case_id=life.id, verdicts={item.pk: (verdict, note)}, actor=person, at=act.now
        )


def test_each_answer_is_read_beside_what_was_there():
    life = answered(Life().completion_asked())

    with life.desk():
        (answer,) = to_review(life.dossier)

    assert (answer.before, answer.after) == ("ZZ000001", "ZZ000009")


def test_what_is_not_enough_prefills_the_next_request():
    life = answered(Life().completion_asked())

    review(life, "not_enough", "Il manque un chiffre.")

    with life.desk():
        requests = requests_in_words(life.dossier)
        assert not_enough(requests) == {("field", "passport_number"): "Il manque un chiffre."}
        assert to_review(life.dossier) == []
        assert requests[0].to_read is False


def test_an_accepted_answer_is_not_asked_again_and_keeps_its_first_reading():
    life = answered(Life().completion_asked())

    review(life, "accepted")
    assert review(life, "not_enough", "Non.") == []

    with life.desk():
        assert ItemReview.objects.get().verdict == "accepted"
        assert not_enough(requests_in_words(life.dossier)) == {}


def test_what_was_not_sent_is_not_read():
    life = Life().completion_asked()

    with pytest.raises(MoveRefused, match="pas encore été envoyé"):
        review(life, "accepted")


def test_only_a_reviewer_of_the_office_reads_answers():
    life = answered(Life().completion_asked())

    with pytest.raises(PermissionDenied):
        review(life, "accepted", person=agent(Role.SIGNATORY.value))


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("update workflows_itemreview set verdict = 'not_enough'", "is never changed"),
        (
            "insert into workflows_itemreview (id, dossier_id, applicant_id, prefecture_code,"
            " case_id, item_id, verdict, note, reviewed_by_id) select gen_random_uuid(),"
            " dossier_id, applicant_id, prefecture_code, case_id, item_id, 'not_enough', '',"
            " reviewed_by_id from workflows_itemreview",
            "an_answer_that_is_not_enough_says_why",
        ),
    ],
)
def test_the_database_keeps_a_reading(statement, refusal):
    life = answered(Life().completion_asked())
    review(life, "accepted")

    with (
        pytest.raises((DatabaseError, IntegrityError), match=refusal),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_reading_follows_the_case_to_another_office():
    life = answered(Life().completion_asked())
    review(life, "accepted")

    life._do(life.reviewer, rerouting.reroute, prefecture_code="34", reason="Déménagement.")

    with acting(None, prefectures=["34"]):
        assert ItemReview.objects.get().prefecture_code == "34"


def test_a_correction_counts_as_a_new_version_of_the_case():
    life = Life()

    put_right(life)

    assert (life.case.submission_number, life.case.last_step) == (2, 2)
    assert life.acknowledged().proposed("refuse").signed().case.state == "refused"


def test_a_corrected_case_still_receives_the_completion_it_waits_for():
    life = Life().completion_asked()
    put_right(life)

    answered(life)

    assert life.case.submission_number == 3
    with life.desk():
        (answer,) = to_review(life.dossier)
    assert (answer.before, answer.after) == ("ZZ000001", "ZZ000009")


def test_nothing_is_corrected_once_a_decision_is_proposed():
    life = Life().acknowledged().proposed()

    with pytest.raises(MoveRefused, match="Pas à cette étape"):
        put_right(life)


def test_a_correction_from_a_page_that_has_aged_is_refused():
    life = Life()
    seen = life.case.last_step
    life.acknowledged()

    with pytest.raises(CaseHasMoved):
        put_right(life, seen=seen)
    assert life.case.submission_number == 1


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.SUPERVISOR])
def test_only_a_reviewer_corrects(role):
    with pytest.raises(PermissionDenied):
        put_right(Life(), person=agent(role.value))


def test_an_objection_waits_for_its_answer():
    life = Life()
    object_to(life, put_right(life))

    def settle():
        with life.desk() as act:
            correcting.settle_contests(
                case_id=life.id, note="Vérifié.", actor=life.reviewer, at=act.now
            )

    settle()
    with pytest.raises(DomainRefusal, match="Personne n’attend"):
        settle()
    with life.desk():
        assert CorrectionContest.objects.get().settled_note == "Vérifié."
