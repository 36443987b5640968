"""A card that was never handed over is stated, at filing or after: the request goes on."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from dossiers.models import Dossier, Statement
from dossiers.services.withdrawing import seal, withdraw_dossier
from portal.core.door import acting
from tests.factories.dossiers import draft, filed

pytestmark = pytest.mark.django_db


def url(dossier, kind="card_not_given"):
    return reverse("dossiers:state", args=[dossier.pk, kind])


def made(dossier):
    with acting(dossier.applicant_id):
        return list(Statement.objects.filter(dossier=dossier))


def test_it_is_ticked_at_filing_and_the_request_is_filed(signed_in, applicant):
    mine = draft(applicant, evidence=True)
    page = reverse("dossiers:declare", args=[mine.pk])
    assert "Ma carte précédente ne m’a jamais été remise" in signed_in.get(page).text

    for _ in range(2):
        signed_in.post(page, {"sworn": "on", "card_not_given": "on"})

    assert [(one.kind, one.text) for one in made(mine)] == [("card_not_given", "")]
    with acting(applicant.pk):
        kept = Dossier.objects.get(pk=mine.pk)
    assert kept.filed_at is not None
    assert made(mine)[0].prefecture_code == kept.prefecture_code


def test_a_first_request_is_not_asked_about_a_card(signed_in, applicant):
    first = draft(applicant, "student-first", evidence=True)

    page = signed_in.get(reverse("dossiers:declare", args=[first.pk]))

    assert "card_not_given" not in page.text


def test_it_is_stated_after_filing_once_while_nobody_has_answered(signed_in, applicant):
    dossier = filed(applicant)
    with acting(applicant.pk) as act:
        seal(dossier_id=dossier.pk, at=act.now)

    for text in ("Guichet 3, en mars.", "Encore."):
        response = signed_in.post(url(dossier), {"text": text})
        assert response["Location"] == reverse("space:dossier", args=[dossier.pk])

    assert [one.text for one in made(dossier)] == ["Guichet 3, en mars."]
    followed = signed_in.get(response["Location"])
    assert "ne vous a jamais été remise" in followed.text
    assert url(dossier) in followed.text
    assert "ne vous a pas encore répondu" in signed_in.get(url(dossier)).text


def test_a_mistake_in_civil_status_says_what_it_is(signed_in, applicant):
    dossier = filed(applicant)
    page = url(dossier, "civil_status")

    assert "Dites ce qui est faux" in signed_in.post(page, {"text": ""}).text
    signed_in.post(page, {"text": "Deux lettres inversées : EXMEPLE."})

    assert [one.kind for one in made(dossier)] == ["civil_status"]
    assert signed_in.get(url(dossier, "else")).status_code == 404


def test_a_draft_or_a_request_given_up_takes_no_statement(signed_in, applicant):
    mine = draft(applicant)
    assert "pas encore déposée" in signed_in.post(url(mine), {"text": ""}).text
    done = filed(applicant, "address-change")
    with acting(applicant.pk) as act:
        withdraw_dossier(dossier_id=done.pk, applicant=applicant, at=act.now)

    assert "abandonnée" in signed_in.post(url(done), {"text": ""}).text
    assert made(mine) == made(done) == []


def test_the_database_keeps_an_answer_as_it_was_given(applicant):
    dossier = filed(applicant)
    with acting(applicant.pk) as act:
        row = Statement.objects.create(
            dossier=dossier,
            applicant=applicant,
            prefecture_code=dossier.prefecture_code,
            kind="card_not_given",
        )
        row.settled_at, row.settled_by = act.now, applicant
        row.outcome, row.note = "corrected", "Vu."
        with pytest.raises(IntegrityError, match="the_outcome_answers"), transaction.atomic():
            row.save()
        row.outcome = "lost_by_us"
        row.save()
        row.note = "Autre chose."
        with pytest.raises(IntegrityError, match="an answer that was given"), transaction.atomic():
            row.save()
