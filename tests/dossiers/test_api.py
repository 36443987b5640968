"""What other rooms see of a dossier."""

import datetime as dt

import pytest

from dossiers import api
from dossiers.catalogue.loader import catalogue
from dossiers.queries.summary import Asker
from portal.core.door import acting
from portal.correspondence.models import Letter
from portal.correspondence.rendering import page, pdf
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import STUDENT, draft, filed

pytestmark = pytest.mark.django_db


def test_the_summary_says_who_asks_for_what_with_which_files(applicant):
    dossier = filed(applicant)

    with acting(applicant.pk):
        view = api.dossier_summary(dossier.pk, "fr")

    assert (view.number, view.names) == (dossier.number, "Ada Inventée EXEMPLE")
    assert view.identity.birth_date == dt.date(1999, 5, 4)
    assert (view.identity.nationality, view.identity.nationality_code) == ("Brésil", "BR")
    assert view.address_lines[-1] == "69003 Lyon 3e Arrondissement"
    assert ("Nationalité", "Brésil") in next(s for s in view.sections if s.code == "passport").rows
    assert all(box.files for box in view.evidence)
    assert [submission.number for submission in view.submissions] == [1]


def test_who_has_no_fixed_address_is_written_to_where_their_mail_is_received(applicant):
    answers = {"housing": "domiciled", "domiciliation_name": "Association Exemple"}
    dossier = filed(applicant, **answers, host_name="Jamais demandé")

    with acting(applicant.pk):
        view = api.dossier_summary(dossier.pk, "fr")
        receipt = Letter.objects.get(dossier_id=dossier.pk, kind="filing_receipt")

    assert view.address_lines == (
        "Association Exemple",
        "1 rue de l’Exemple",
        "69003 Lyon 3e Arrondissement",
    )
    assert receipt.context["recipient_address"] == list(view.address_lines)
    assert "domiciliation-certificate" in {box.rule_code for box in view.evidence}
    assert "proof-of-address" not in {box.rule_code for box in view.evidence}
    assert "host_name" not in view.submissions[0].answers


def test_a_guardian_asks_for_a_child_and_every_letter_names_both(applicant):
    given = {
        "guardian_birth_name": "TUTRICE",
        "guardian_given_names": "Inès",
        "authority_basis": "guardian",
        "given_names": "Nour",
        "authority_explained": "Jamais demandé",
    }
    dossier = filed(applicant, "minor-travel-document", **given)

    with acting(applicant.pk):
        view = api.dossier_summary(dossier.pk, "fr")
        receipt = Letter.objects.get(dossier_id=dossier.pk, kind="filing_receipt")
        (line,) = api.dossiers_of(applicant)

    boxes = {box.rule_code for box in view.evidence}
    assert view.asker == Asker("Inès TUTRICE", "Je suis son tuteur ou sa tutrice")
    assert (view.addressed["recipient_name"], view.names) == ("Inès TUTRICE", "Nour EXEMPLE")
    assert "guardian-judgment" in boxes
    assert "parental-authority" not in boxes
    assert "authority_explained" not in view.submissions[0].answers
    assert line.about == "Nour EXEMPLE"
    html = page(receipt)
    assert receipt.context["recipient_name"] == "Inès TUTRICE"
    assert "<strong>Inès TUTRICE</strong> a déposé en ligne" in html
    assert "Demande faite pour" in html
    assert "La demande est faite pour <strong>Nour EXEMPLE</strong>" in html


def test_who_asks_for_oneself_is_the_only_name_of_a_letter(applicant):
    dossier = filed(applicant)

    with acting(applicant.pk):
        view = api.dossier_summary(dossier.pk, "fr")

    assert view.asker is None
    assert (view.addressed["recipient_name"], view.addressed["about"]) == (view.names, "")


def test_the_summary_speaks_the_language_asked(applicant):
    dossier = filed(applicant)

    with acting(applicant.pk):
        view = api.dossier_summary(dossier.pk, "ar")

    assert view.identity.nationality == "البرازيل"


def test_the_summary_of_another_persons_dossier_does_not_exist(applicant):
    dossier = filed(UserFactory())

    with pytest.raises(api.Dossier.DoesNotExist), acting(applicant.pk):
        api.dossier_summary(dossier.pk)


def test_the_list_has_two_statements_however_long(applicant, django_assert_num_queries):
    for code in catalogue():
        draft(applicant, code)
    with acting(applicant.pk):
        api.dossiers_of(applicant)

        with django_assert_num_queries(2):
            lines = api.dossiers_of(applicant)

    assert sorted(line.procedure_code for line in lines) == list(catalogue())
    assert all(line.is_draft for line in lines)


def test_the_office_is_written_on_everything_that_goes_with_the_dossier(applicant):
    dossier = filed(applicant)

    with acting(applicant.pk):
        api.set_prefecture(dossier.pk, "34")

    with acting(None, prefectures=["34"]):
        view = api.dossier_summary(dossier.pk)
        assert (view.prefecture_code, len(view.submissions)) == ("34", 1)
        assert all(file.prefecture_code == "34" for box in view.evidence for file in box.files)
        assert Letter.objects.filter(dossier_id=dossier.pk, kind="filing_receipt").exists()
    with acting(None, prefectures=["75"]):
        assert not api.Dossier.objects.filter(pk=dossier.pk).exists()


def test_the_facts_of_every_procedure_are_whole_in_each_language():
    for language in ("fr", "en", "ar"):
        facts = api.procedures(language)

        assert [fact.code for fact in facts] == list(catalogue())
        assert all(fact.title and fact.window and fact.channel for fact in facts)
        assert [fact.code for fact in facts if not fact.evidence] == ["visa-validation"]
    assert api.procedure(STUDENT, "fr").start_url.endswith("/student-renewal/commencer/")
    with pytest.raises(KeyError):
        api.procedure("inconnue")


def test_meanings_and_title_rules_come_from_what_was_filed(applicant):
    dossier = filed(applicant, title_ends_on="2027-02-01")

    with acting(applicant.pk):
        assert api.answer_meaning(dossier, "title_ends_on") == dt.date(2027, 2, 1)
    assert api.title_rules(dossier).maximum == 48


def test_the_receipt_says_that_it_proves_filing_and_no_right_to_stay(applicant):
    dossier = filed(applicant)
    with acting(applicant.pk):
        letter = Letter.objects.get(dossier_id=dossier.pk, kind="filing_receipt")

    html = page(letter)

    assert dossier.number in html
    assert "Ada Inventée EXEMPLE" in html
    assert "Elle ne prouve pas que le séjour est régulier." in html
    assert "R.431-15-1" in html
    assert pdf(letter).startswith(b"%PDF")
