"""Each act of the desk over HTTP: done, refused, and what a refusal leaves."""

import datetime as dt

import pytest
from django.urls import reverse

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence.api import Letter, OutgoingMail, TimelineLine
from portal.correspondence.rendering import page as text_of
from tests.factories.workflows import (
    GROUNDS,
    PAPEETE,
    Life,
    agent,
    checked_in_a_form,
    filed_dossier,
)
from workflows.enums import CaseState
from workflows.models import Case, Decision, Proposal

pytestmark = pytest.mark.django_db


def post(browser, name, life, *, seen=None, **answers):
    seen = life.case.last_step if seen is None else seen
    return browser.post(reverse(name, args=[life.id]), {"last_step": seen, **answers})


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


COMPLETION = {
    "pick_field_passport_number": "on",
    "why_field_passport_number": "Le numéro ne se lit pas.",
    "message": "Bonjour.",
}
GRANT = {"outcome": "grant", "title_months": "12", **GROUNDS}


def checks(life, outcome):
    with life.desk():
        return checked_in_a_form(life.dossier, outcome)


def in_days(life, days):
    with life.desk() as act:
        return clock.legal_day(act.now) + dt.timedelta(days=days)


def test_acknowledging_goes_back_to_the_case(at_desk):
    life = Life()

    response = post(at_desk(life.reviewer), "desk:acknowledge", life, read_everything="on")

    assert (response.status_code, response["Location"]) == (
        302,
        reverse("desk:case", args=[life.id]),
    )
    assert life.case.state == CaseState.UNDER_REVIEW


def test_acknowledging_without_having_read_is_refused(at_desk):
    life = Life()

    response = post(at_desk(life.reviewer), "desk:acknowledge", life)

    assert response.status_code == 200
    assert "Confirmez que vous avez ouvert chaque pièce." in response.text
    assert life.case.state == CaseState.RECEIVED


def test_a_page_without_its_step_is_refused(at_desk):
    life = Life()

    response = post(at_desk(life.reviewer), "desk:acknowledge", life, seen="", read_everything="on")

    assert "rouvrez le dossier" in response.text
    assert life.case.state == CaseState.RECEIVED


def test_who_comes_second_reads_what_happened_and_the_case_as_it_is(at_desk):
    life = Life()
    first, other = life.reviewer, agent()
    seen = life.case.last_step
    life.reviewer = other
    post(at_desk(other), "desk:acknowledge", life, read_everything="on")
    life.reviewer = first

    response = post(
        at_desk(life.reviewer), "desk:acknowledge", life, seen=seen, read_everything="on"
    )

    assert response.status_code == 200
    assert "Ce dossier a changé pendant que vous le lisiez" in response.text
    assert "Agent instructeur" in response.text
    assert "En cours d’instruction" in response.text
    assert other.display_name not in response.text
    assert life.case.last_step == seen + 1


def test_a_completion_is_asked_once_with_its_reasons(at_desk):
    life = Life()
    due_on = in_days(life, 30)

    answers = COMPLETION | day("due_on", due_on) | {"send": "1"}
    response = post(at_desk(life.reviewer), "desk:ask_completion", life, **answers)

    case = life.case
    assert response.status_code == 302
    assert (case.state, case.due_on) == (CaseState.COMPLETION_REQUESTED, due_on)
    page = at_desk(life.reviewer).get(reverse("desk:case", args=[life.id]))
    assert "Le numéro ne se lit pas." in page.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"pick_field_passport_number": ""}, "Cochez au moins une pièce"),
        ({"why_field_passport_number": ""}, "Dites à la personne ce qui manque"),
        ({"due_on_year": "2020"}, "La date doit être"),
        ({"why_field_passport_number": "a\u202eb"}, "caractère invisible"),
    ],
)
def test_an_unclear_request_is_not_sent(at_desk, change, sentence):
    life = Life()
    answers = COMPLETION | day("due_on", in_days(life, 30)) | change

    response = post(at_desk(life.reviewer), "desk:ask_completion", life, **answers)

    assert response.status_code == 200
    assert sentence in response.text
    assert life.case.state == CaseState.RECEIVED


def test_an_opinion_is_asked_and_received(at_desk):
    life = Life().acknowledged()
    browser = at_desk(life.reviewer)
    due = day("due_on", in_days(life, 20))

    post(browser, "desk:ask_opinion", life, kind="school", question="Assidue ?", **due)
    assert life.case.state == CaseState.OPINION_REQUESTED
    refused = post(browser, "desk:receive_opinion", life, answer="favourable")
    assert "Recopiez l’avis" in refused.text
    post(browser, "desk:receive_opinion", life, answer="favourable", text="Oui.")

    assert life.case.state == CaseState.UNDER_REVIEW


def test_two_people_decide_over_http(at_desk):
    life = Life().acknowledged()

    post(
        at_desk(life.reviewer),
        "desk:propose",
        life,
        **GRANT,
        **checks(life, "grant"),
        **day("title_starts_on", dt.date(2027, 3, 1)),
    )
    queue = at_desk(life.signatory).get(reverse("desk:signatures"))
    sheet = at_desk(life.signatory).get(reverse("desk:sign", args=[life.id]))
    response = post(at_desk(life.signatory), "desk:sign", life, answer="sign", read_everything="on")

    assert life.case.holder_name in queue.text
    for said in (
        GROUNDS["grounds_fact"],
        "Les études sont réelles",
        "Vu au dossier.",
        "par délégation",
    ):
        assert said in sheet.text
    assert response.status_code == 302
    assert life.case.state == CaseState.IN_PRODUCTION


def test_a_grant_needs_its_dates(at_desk):
    life = Life().acknowledged()

    response = post(at_desk(life.reviewer), "desk:propose", life, outcome="grant", **GROUNDS)

    assert "Indiquez le premier jour du titre." in response.text
    assert "Choisissez la durée du titre." in response.text
    assert "Dites si cette condition est remplie." in response.text
    with life.desk():
        assert not Proposal.objects.exists()


def test_from_an_incomplete_dossier_the_form_offers_a_closure_only(at_desk):
    life = Life()

    page = at_desk(life.reviewer).get(reverse("desk:propose", args=[life.id]))
    response = post(at_desk(life.reviewer), "desk:propose", life, outcome="refuse", **GROUNDS)

    assert 'value="grant"' not in page.text
    assert response.status_code == 200
    assert life.case.state == CaseState.RECEIVED


def test_taking_a_text_of_the_library_proposes_nothing_and_keeps_what_was_typed(at_desk):
    life = Life().acknowledged()
    typed = {"outcome": "refuse", "ground": "refuse-identity", "grounds_fact": "Déjà écrit."}
    answers = typed | {"check_studies": "not_met", "note_studies": "Aucun résultat."}

    response = post(at_desk(life.reviewer), "desk:propose", life, fill="1", **answers)

    for text in ("Déjà écrit.", "Ils n’établissent pas", "Vos résultats sont les suivants"):
        assert text in response.text
    assert "Aucun résultat." in response.text
    assert "data-error-summary" not in response.text
    assert life.case.state == CaseState.UNDER_REVIEW
    with life.desk():
        assert not Proposal.objects.exists()


def test_a_text_left_unfinished_is_refused(at_desk):
    life = Life().acknowledged()
    texts = {"grounds_law": "Article.", "grounds_fact": "Vous avez [… quoi]."}

    response = post(
        at_desk(life.reviewer),
        "desk:propose",
        life,
        outcome="refuse",
        **texts,
        **checks(life, "refuse"),
    )

    assert "Remplacez chaque" in response.text
    assert life.case.state == CaseState.UNDER_REVIEW


def test_a_closure_is_proposed_with_its_reason_and_the_signatory_reads_it(at_desk):
    life = Life()
    browser = at_desk(life.reviewer)

    refused = post(browser, "desk:propose", life, outcome="close", **GROUNDS)
    post(browser, "desk:propose", life, outcome="close", ground="close-not-supplied", **GROUNDS)
    sheet = at_desk(life.signatory).get(reverse("desk:sign", args=[life.id]))

    assert "Choisissez le motif du classement sans suite." in refused.text
    assert "Pièce indispensable demandée et non donnée" in sheet.text


def test_the_board_is_asked_with_its_hearing_and_the_person_is_summoned(at_desk):
    life = Life(procedure="spouse-of-french-first").acknowledged()
    browser, due = at_desk(life.reviewer), day("due_on", in_days(life, 40))
    asked = {"kind": "residence_board", "question": "Refus envisagé.", **due}
    soon, later = (day("hearing_on", in_days(life, days)) for days in (5, 20))
    place = {"hearing_place": "À 9 h, salle inventée"}

    without = post(browser, "desk:ask_opinion", life, **asked)
    too_soon = post(browser, "desk:ask_opinion", life, **asked, **soon, **place)
    assert life.case.state == CaseState.UNDER_REVIEW
    post(browser, "desk:ask_opinion", life, **asked, **later, **place)

    assert "Indiquez le jour où la commission" in without.text
    assert "Indiquez l’heure et le lieu" in without.text
    assert "quinze jours après sa convocation" in too_soon.text
    assert life.case.state == CaseState.OPINION_REQUESTED
    with life.desk():
        text = text_of(Letter.objects.get(kind="board_summons"))
    for said in ("salle inventée", "un avocat", "interprète"):
        assert said in text
    with acting(life.applicant.pk):
        assert OutgoingMail.objects.filter(subject__contains="commission").count() == 1
        line = TimelineLine.objects.get(kind="case_ask_opinion")
    assert line.letter_id is not None


def test_sending_back_needs_a_note(at_desk):
    life = Life().acknowledged().proposed("refuse")
    browser = at_desk(life.signatory)

    refused = post(browser, "desk:sign", life, answer="send_back")
    post(browser, "desk:sign", life, answer="send_back", note="Trop court.")

    assert "Dites ce qui doit être revu." in refused.text
    assert life.case.state == CaseState.UNDER_REVIEW
    page = at_desk(life.reviewer).get(reverse("desk:case", args=[life.id]))
    assert "Trop court." in page.text


def test_who_proposed_sees_why_they_cannot_sign(at_desk):
    life = Life()
    life.reviewer = agent(Role.REVIEWER.value, Role.SIGNATORY.value)
    life.acknowledged().proposed("refuse")
    browser = at_desk(life.reviewer)

    page = browser.get(reverse("desk:case", args=[life.id]))
    response = post(browser, "desk:sign", life, answer="sign", read_everything="on")

    assert "une autre personne doit la signer" in page.text
    assert response.status_code == 403
    assert life.case.state == CaseState.DECISION_PROPOSED
    assert JournalLine.objects.filter(act="access.refused", actor_id=life.reviewer.pk).exists()
    with life.desk():
        assert not Decision.objects.exists()


def test_another_role_does_not_open_the_page(at_desk):
    life = Life()

    response = at_desk(life.signatory).get(reverse("desk:acknowledge", args=[life.id]))

    assert response.status_code == 403
    assert life.case.last_step == 2


def test_an_act_that_is_not_possible_explains_itself_on_the_case(at_desk):
    life = Life().acknowledged()

    page = at_desk(life.reviewer).get(reverse("desk:acknowledge", args=[life.id]), follow=True)

    assert page.redirect_chain[0][0] == reverse("desk:case", args=[life.id])
    assert "Pas à cette étape" in page.text


def test_rerouting_leads_back_to_the_queue(at_desk):
    life = Life()

    response = post(
        at_desk(life.reviewer), "desk:reroute", life, prefecture="34", reason="Déménagement."
    )

    assert response["Location"] == reverse("desk:queue")
    there = agent(office="34")
    assert at_desk(there).get(reverse("desk:case", args=[life.id])).status_code == 200
    assert at_desk(life.reviewer).get(reverse("desk:case", args=[life.id])).status_code == 404


def test_a_supervisor_reopens(at_desk):
    life = Life().acknowledged().proposed("refuse").signed()
    browser = at_desk(life.supervisor)

    listed = browser.get(reverse("desk:supervision"))
    post(browser, "desk:reopen", life, reason="Erreur de lecture.")

    assert life.case.holder_name in listed.text
    assert life.case.state == CaseState.UNDER_REVIEW


def test_a_decision_older_than_twelve_months_is_not_reopened_and_the_page_says_why(
    at_desk, move_clock
):
    life = Life().acknowledged().proposed("refuse").signed()
    move_clock(dt.timedelta(days=370))
    browser = at_desk(life.supervisor)

    page_of_case = browser.get(reverse("desk:case", args=[life.id]))
    post(browser, "desk:reopen", life, reason="Trop tard.")

    assert "La décision date de plus de douze mois" in page_of_case.text
    assert life.case.state == CaseState.REFUSED


def test_a_supervisor_routes_what_has_no_office(at_desk):
    dossier = filed_dossier(commune=PAPEETE)
    boss = agent(Role.SUPERVISOR.value)
    with_case = reverse("desk:supervision")

    browser = at_desk(boss)
    listed = browser.get(with_case)
    with acting(dossier.applicant_id):
        case = Case.objects.get()
    page = browser.get(reverse("desk:route", args=[case.pk]))
    response = browser.post(
        reverse("desk:route", args=[case.pk]),
        {"last_step": case.last_step, "prefecture": "75", "reason": "Adresse à Paris."},
    )

    assert case.holder_name in listed.text
    assert "rue de l’Exemple" in page.text
    assert "a ses propres règles dans le territoire" in page.text
    assert (response.status_code, response["Location"]) == (302, with_case)
    assert browser.get(reverse("desk:case", args=[case.pk])).status_code == 200
