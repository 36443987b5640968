"""Filing happens once, wholly, and nobody can change it afterwards."""

import re
import threading

import pytest
from django.db import DatabaseError, connection
from procrastinate.contrib.django.models import ProcrastinateJob

from dossiers import events, rules
from dossiers.models import Dossier, Evidence, Submission
from dossiers.services.drafting import Typed, discard_draft, save_answers
from dossiers.services.filing import FilingRefused, file_dossier
from portal.core.door import acting
from portal.core.numbers import is_dossier_number
from portal.correspondence.models import Letter, OutgoingMail, TimelineLine
from portal.vault.models import StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, file_now, filed


@pytest.mark.django_db
def test_filing_gives_number_submission_receipt_mail_and_news(applicant):
    heard = []

    def listen(*, dossier, submission, at, **_):
        heard.append((dossier.number, submission.number, at))

    dossier = draft(applicant, evidence=True)
    events.dossier_filed.connect(listen)

    submission = file_now(dossier, applicant)
    events.dossier_filed.disconnect(listen)

    with acting(applicant.pk):
        dossier = Dossier.objects.get(pk=dossier.pk)
        assert is_dossier_number(dossier.number)
        assert dossier.number.startswith("690")
        assert heard == [(dossier.number, 1, dossier.filed_at)]
        assert submission.answers == dossier.answers
        assert all(re.fullmatch("[0-9a-f]{64}", entry["sha256"]) for entry in submission.evidence)
        assert len(submission.evidence) == Evidence.objects.count()
        assert list(Letter.objects.values_list("kind", "language")) == [("filing_receipt", "fr")]
        assert OutgoingMail.objects.filter(recipient=applicant).count() == 1
        assert "dossier_filed" in TimelineLine.objects.values_list("kind", flat=True)


@pytest.mark.django_db
def test_filing_again_gives_the_same_submission_back(applicant):
    dossier = draft(applicant, evidence=True)

    first, second = file_now(dossier, applicant), file_now(dossier, applicant)

    assert first.pk == second.pk
    with acting(applicant.pk):
        assert Letter.objects.filter(kind="filing_receipt").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_filings_at_once_file_once():
    applicant = UserFactory()
    dossier = draft(applicant, evidence=True)
    results, start = [], threading.Barrier(20)

    def press():
        start.wait(30)
        try:
            results.append(file_now(dossier, applicant).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(results) == 20
    assert len(set(results)) == 1
    with acting(applicant.pk):
        assert Submission.objects.count() == 1
        assert Letter.objects.filter(kind="filing_receipt").count() == 1
        assert OutgoingMail.objects.filter(recipient=applicant).count() == 1


@pytest.mark.django_db
def test_filing_refuses_what_is_missing_and_says_where(applicant):
    dossier = draft(applicant)
    save(dossier, applicant, birth_name=Typed(value=None))

    with pytest.raises(FilingRefused) as refusal, acting(applicant.pk) as act:
        file_dossier(
            dossier_id=dossier.pk, applicant=applicant, at=act.now, sworn=False, language="fr"
        )

    pages = {problem.step for problem in refusal.value.problems}
    assert pages == {"identity", "pieces", None}
    with acting(applicant.pk):
        assert not Submission.objects.exists()


@pytest.mark.django_db
def test_filing_refuses_a_territory_with_its_own_law_before_any_office(applicant):
    dossier = draft(applicant, evidence=True, commune="98818", postcode="98800")

    with pytest.raises(FilingRefused) as refusal:
        file_now(dossier, applicant)

    assert [problem.step for problem in refusal.value.problems] == ["address"]


@pytest.mark.django_db
def test_filing_before_the_window_is_refused_with_the_opening_day(applicant):
    dossier = draft(applicant, evidence=True, title_ends_on="2031-01-01")

    with pytest.raises(FilingRefused) as refusal:
        file_now(dossier, applicant)

    assert [problem.step for problem in refusal.value.problems] == ["current-title"]


@pytest.mark.django_db
def test_answers_to_hidden_questions_are_not_filed(applicant):
    dossier = draft(applicant, evidence=True)
    save(dossier, applicant, children=Typed(value=[{"child_name": "Zoé"}]))

    submission = file_now(dossier, applicant)

    assert "children" not in submission.answers


@pytest.mark.django_db
def test_a_filed_dossier_refuses_new_answers_with_a_sentence(applicant):
    dossier = filed(applicant)

    with pytest.raises(rules.DossierClosed, match="déjà déposée"):
        save(dossier, applicant, birth_name=Typed(value="Autre"))


@pytest.mark.django_db
def test_a_discarded_draft_cannot_be_filed(applicant):
    dossier = draft(applicant, evidence=True)
    with acting(applicant.pk) as act:
        discard_draft(dossier_id=dossier.pk, applicant=applicant, at=act.now)

    with pytest.raises(rules.DossierClosed):
        file_now(dossier, applicant)


@pytest.mark.django_db
def test_the_files_of_a_discarded_draft_are_deleted(applicant):
    dossier = draft(applicant, evidence=True)
    with acting(applicant.pk) as act:
        discard_draft(dossier_id=dossier.pk, applicant=applicant, at=act.now)

    with acting(applicant.pk):
        files = StoredFile.objects.filter(subject_id=dossier.pk)
        given, kept = files.count(), files.kept().count()
    deleting = ProcrastinateJob.objects.filter(task_name="vault.delete_objects").count()
    assert (given > 0, kept, deleting) == (True, 0, given)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "update dossiers_submission set answers = '{}'",
        "update dossiers_submission set sworn_text = 'autre'",
        "update dossiers_dossier set number = '0000000000000000000'",
        "update dossiers_dossier set filed_at = null, number = null",
        "update dossiers_dossier set applicant_id = applicant_id + 1",
    ],
)
def test_the_database_refuses_to_change_what_was_filed(applicant, change):
    filed(applicant)

    with pytest.raises(DatabaseError), acting(applicant.pk), connection.cursor() as cursor:
        cursor.execute(change)


def save(dossier, applicant, **typed):
    with acting(applicant.pk) as act:
        return save_answers(dossier_id=dossier.pk, applicant=applicant, typed=typed, at=act.now)
