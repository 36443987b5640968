"""Contesting over HTTP: the person's form, the desk's answers, who may do which."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import Role
from portal.core.models import JournalLine
from tests.factories.workflows import GROUNDS, Life, agent, applicant
from workflows.enums import CaseState
from workflows.models import Appeal

pytestmark = pytest.mark.django_db
TYPED = {"kind": "gracious", "text": "Mon école a confirmé mon inscription."}


def refused():
    return Life().acknowledged().proposed("refuse").signed()


def at_home(person):
    client = Client()
    client.force_login(person)
    client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def file_url(life):
    return reverse("workflows:appeal", args=[life.dossier.pk])


def one(life):
    with life.desk():
        return Appeal.objects.get(case_id=life.id)


def act_url(name, life):
    return reverse(f"desk:{name}", args=[one(life).pk])


def case_url(life):
    return reverse("desk:case", args=[life.id])


def test_the_person_contests_online_and_reads_what_follows():
    life = refused()
    browser, home = at_home(life.applicant), reverse("space:dossier", args=[life.dossier.pk])
    assert file_url(life) in browser.get(home).text

    page = browser.get(file_url(life)).text
    assert "Vous pouvez contester jusqu’au" in page
    assert home in page
    empty = browser.post(file_url(life), {})
    assert set(empty.context["form"].errors) == {"kind", "text"}

    told = browser.post(file_url(life), TYPED, follow=True).text
    assert "Votre recours est reçu" in told
    assert "Recours gracieux" in told
    assert one(life).text == TYPED["text"]


def test_without_a_refusal_there_is_nothing_to_contest():
    life = Life().acknowledged()
    browser = at_home(life.applicant)

    assert "rien à contester" in browser.get(file_url(life)).text
    assert "rien n’a été envoyé" in browser.post(file_url(life), TYPED).text


def test_another_persons_refusal_does_not_exist():
    life = refused()

    assert at_home(applicant()).get(file_url(life)).status_code == 404
    assert at_home(applicant()).post(file_url(life), TYPED).status_code == 404


def test_the_office_rejects_with_two_people(at_desk):
    life = refused().appealed()
    writer, signer = at_desk(life.reviewer), at_desk(life.signatory)
    assert act_url("write_rejection", life) in writer.get(case_url(life)).text
    assert "Je conteste." in writer.get(act_url("write_rejection", life)).text

    told = writer.post(act_url("write_rejection", life), GROUNDS, follow=True).text
    assert "Le rejet est écrit" in told
    reading = signer.get(act_url("sign_rejection", life))
    assert GROUNDS["grounds_fact"] in reading.text
    seen = reading.context["form"].initial["seen"]
    done = signer.post(
        act_url("sign_rejection", life),
        {"seen": seen, "answer": "sign", "read_everything": "on"},
        follow=True,
    ).text

    assert "Le rejet est signé" in done
    again = signer.get(act_url("sign_rejection", life), follow=True).text
    assert "Aucun acte n’attend ici" in again
    home = at_home(life.applicant).get(reverse("space:dossier", args=[life.dossier.pk])).text
    assert "rejeté" in home


def test_a_rejection_is_sent_back_with_a_note_that_the_writer_reads(at_desk):
    life = refused().appealed().rejection_written()
    writer, signer = at_desk(life.reviewer), at_desk(life.signatory)
    seen = signer.get(act_url("sign_rejection", life)).context["form"].initial["seen"]
    typed = {"seen": seen, "answer": "send_back", "note": "Répondez sur l’inscription."}

    told = signer.post(act_url("sign_rejection", life), typed, follow=True).text

    assert "Le rejet est renvoyé" in told
    assert act_url("sign_rejection", life) not in signer.get(case_url(life)).text
    for page in (case_url(life), act_url("write_rejection", life)):
        assert "Répondez sur l’inscription." in writer.get(page).text
    home = at_home(life.applicant).get(reverse("space:dossier", args=[life.dossier.pk])).text
    assert "Répondez sur" not in home


def test_reading_what_a_person_contests_leaves_a_line_of_the_journal(at_desk):
    life = refused().appealed()

    at_desk(life.reviewer).get(act_url("write_rejection", life))

    read = JournalLine.objects.filter(act="case.read", actor_id=life.reviewer.pk)
    assert read.count() == 1


def test_a_supervisor_accepts_and_the_case_is_open_again(at_desk):
    life = refused().appealed()
    browser = at_desk(life.supervisor)
    assert act_url("accept_appeal", life) in browser.get(case_url(life)).text

    told = browser.post(
        act_url("accept_appeal", life),
        {"reason": "Pièce retrouvée.", "last_step": life.case.last_step},
        follow=True,
    ).text

    assert "Le recours est accepté" in told
    assert life.case.state == CaseState.UNDER_REVIEW


def test_an_acceptance_from_an_old_page_is_refused_in_words(at_desk):
    life = refused().appealed()

    answer = at_desk(life.supervisor).post(
        act_url("accept_appeal", life), {"reason": "Pièce retrouvée.", "last_step": 1}
    )

    assert answer.status_code == 200
    assert "Rien n’a été fait à votre demande" in answer.text
    assert one(life).settled_at is None


def test_a_supervisor_records_a_court_case(at_desk):
    life = refused()
    browser, url = at_desk(life.supervisor), reverse("desk:record_appeal", args=[life.id])
    assert url in browser.get(case_url(life)).text

    told = browser.post(url, {"court_number": "2600001", "text": ""}, follow=True).text
    again = browser.post(url, {"court_number": "2600001", "text": ""}).text

    assert "Le recours contentieux est enregistré" in told
    assert "2600001" in told
    assert "déjà enregistré" in again
    received = Life()
    other = reverse("desk:record_appeal", args=[received.id])
    assert "Aucun acte n’attend ici" in browser.get(other, follow=True).text


@pytest.mark.parametrize(
    ("name", "role", "office", "status"),
    [
        ("write_rejection", Role.SIGNATORY, "75", 403),
        ("write_rejection", Role.REVIEWER, "34", 404),
        ("sign_rejection", Role.REVIEWER, "75", 403),
        ("sign_rejection", Role.SIGNATORY, "34", 404),
        ("accept_appeal", Role.REVIEWER, "75", 403),
        ("accept_appeal", Role.SUPERVISOR, "34", 404),
    ],
)
def test_another_role_or_office_answers_nothing(at_desk, name, role, office, status):
    life = refused().appealed().rejection_written()
    browser = at_desk(agent(role.value, office=office))

    assert browser.get(act_url(name, life)).status_code == status
    assert browser.post(act_url(name, life), GROUNDS).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_the_supervision_page_lists_appeals_at_the_same_cost(at_desk, statements, rows):
    lives = [refused().appealed() for _ in range(rows)]
    browser = at_desk(lives[0].supervisor)
    browser.get(reverse("desk:supervision"))

    with statements(13):
        text = browser.get(reverse("desk:supervision")).text

    assert [life.dossier.number in text for life in lives] == [True] * rows
    assert "Aucun recours n’attend" not in text
