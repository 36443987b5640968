"""A slip of form is put right in the open: another version, signed by the office, contestable."""

import pytest
from django.db import DatabaseError, connection

from dossiers.models import Correction, CorrectionContest, Dossier
from dossiers.queries.summary import dossier_view
from dossiers.services.correcting import CorrectionRefused, contest, correct, settle_contests
from portal.core.door import acting
from portal.correspondence.models import OutgoingMail, TimelineLine
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(applicant):
    return filed(applicant)


@pytest.fixture
def clerk(db):
    return UserFactory(agent=True)


def paper(dossier):
    with acting(dossier.applicant_id):
        listed = dossier.submissions.get(number=1).evidence
    return next(entry["evidence"] for entry in listed if entry["rule"] == "passport")


def put_right(dossier, clerk, proof=None, **answers):
    with acting(dossier.applicant_id) as act:
        return correct(
            dossier_id=dossier.pk,
            answers=answers,
            reason="Deux lettres inversées.",
            proof_id=proof,
            actor=clerk,
            at=act.now,
        )


def test_a_correction_makes_a_version_signed_by_the_office(dossier, clerk):
    made = put_right(dossier, clerk, proof=paper(dossier), birth_name="EXEMPEL")

    with acting(dossier.applicant_id):
        filing = made.submission
        assert (filing.number, filing.corrected_by_id, filing.sworn_text) == (2, clerk.pk, "")
        assert made.changes == {"birth_name": ["EXEMPLE", "EXEMPEL"]}
        view = dossier_view(Dossier.objects.get(pk=dossier.pk), "fr")
        assert view.identity.birth_name == "EXEMPEL"
        assert view.sworn_text == dossier.submissions.get(number=1).sworn_text
        assert Dossier.objects.get(pk=dossier.pk).answers["birth_name"] == "EXEMPEL"
        assert TimelineLine.objects.filter(kind="dossier_corrected").count() == 1
        mail = OutgoingMail.objects.get(subject__contains="erreur d’écriture")
        assert "EXEMPEL" not in mail.body


@pytest.mark.parametrize(
    ("answers", "with_paper", "sentence"),
    [
        ({"birth_name": "AUTRE"}, False, "d’après un document"),
        ({"passport_number": "ZZ999999"}, True, "ne se corrige pas ici"),
        ({"commune": "75115"}, True, "ne se corrige pas ici"),
        ({"birth_name": "EXEMPLE"}, True, "Rien ne change"),
        ({"birth_name": None}, True, "ne peut pas être effacée"),
        ({}, True, "Rien ne change"),
    ],
)
def test_what_is_not_a_slip_is_refused_and_changes_nothing(
    dossier, clerk, answers, with_paper, sentence
):
    proof = paper(dossier) if with_paper else None

    with pytest.raises(CorrectionRefused, match=sentence):
        put_right(dossier, clerk, proof=proof, **answers)

    with acting(dossier.applicant_id):
        assert dossier.submissions.count() == 1
        assert not Correction.objects.exists()


def test_a_paper_that_was_not_filed_proves_nothing(dossier, clerk):
    with pytest.raises(CorrectionRefused, match="d’après un document"):
        put_right(dossier, clerk, proof=dossier.pk, birth_name="AUTRE")


def test_an_address_needs_no_paper(dossier, clerk):
    made = put_right(dossier, clerk, address_line="2 rue de l’Exemple")

    assert list(made.changes) == ["address_line"]


def test_the_person_objects_once_and_is_answered_once(dossier, clerk, applicant):
    made = put_right(dossier, clerk, address_line="2 rue de l’Exemple")

    def object_to(text):
        with acting(applicant.pk) as act:
            return contest(correction_id=made.pk, applicant=applicant, text=text, at=act.now)

    first, second = object_to("C’est bien le 1."), object_to("Encore.")
    with acting(applicant.pk) as act:
        answered = [
            settle_contests(dossier_id=dossier.pk, note="Vérifié.", actor=clerk, at=act.now)
            for _ in range(2)
        ]

    assert (first.pk, second.text) == (second.pk, "C’est bien le 1.")
    assert answered == [1, 0]
    with acting(applicant.pk):
        kept = CorrectionContest.objects.get()
        assert (kept.settled_by_id, kept.settled_note) == (clerk.pk, "Vérifié.")


def test_another_persons_correction_cannot_be_contested(dossier, clerk):
    made, stranger = put_right(dossier, clerk, address_line="2 rue"), UserFactory()

    with pytest.raises(Correction.DoesNotExist), acting(stranger.pk) as act:
        contest(correction_id=made.pk, applicant=stranger, text="Non.", at=act.now)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("update dossiers_submission set corrected_by_id = null", "is never changed"),
        ("update dossiers_correction set reason = 'x'", "is never changed"),
        ("update dossiers_correctioncontest set text = 'x'", "is never changed"),
        (
            "update dossiers_correctioncontest set settled_note = 'x'",
            "a_settled_contest_has_its_answer",
        ),
        (
            "insert into dossiers_submission (id, dossier_id, applicant_id, number, answers,"
            " evidence, sworn_text, language, filed_at, corrected_by_id)"
            " select gen_random_uuid(), dossier_id, applicant_id, 9, answers, evidence, 'Juré.',"
            " language, filed_at, corrected_by_id from dossiers_submission where number = 2",
            "a_submission_is_sworn_by_the_person_or_corrected_by_the_office",
        ),
        (
            "insert into dossiers_correction (id, dossier_id, applicant_id, submission_id, changes,"
            " reason, made_by_id) select gen_random_uuid(), dossier_id, applicant_id, id,"
            " '{\"a\": [1, 2]}', 'x', applicant_id from dossiers_submission where number = 1;"
            " set constraints all immediate",
            "a_correction_is_signed_by_its_author",
        ),
    ],
)
def test_the_database_keeps_a_correction_as_it_was(dossier, clerk, applicant, statement, refusal):
    made = put_right(dossier, clerk, address_line="2 rue de l’Exemple")
    with acting(applicant.pk) as act:
        contest(correction_id=made.pk, applicant=applicant, text="Non.", at=act.now)

    with (
        pytest.raises(DatabaseError, match=refusal),
        acting(applicant.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
