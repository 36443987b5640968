"""The reasons of a silent refusal over HTTP: the person's page, the desk's two acts."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import Role
from portal.core import clock
from tests.factories.workflows import Life, agent, applicant, filed_dossier
from workflows.models import ReasonsRequest

pytestmark = pytest.mark.django_db
WRITTEN = {"grounds_law": "Article L. 422-1 du CESEDA.", "grounds_fact": "Études interrompues."}


def silent():
    filed_at = clock.now() - dt.timedelta(days=100)
    return Life(dossier=filed_dossier(filed_at=filed_at)).acknowledged().silent()


def at_home(person):
    client = Client()
    client.force_login(person)
    client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def ask_url(life):
    return reverse("workflows:ask_reasons", args=[life.dossier.pk])


def url(name, life):
    return reverse(f"desk:{name}", args=[life.id])


def test_the_person_asks_in_one_click_and_a_confirmation():
    life = silent()
    browser, home = at_home(life.applicant), reverse("space:dossier", args=[life.dossier.pk])
    assert ask_url(life) in browser.get(home).text

    page = browser.get(ask_url(life)).text
    assert "un mois pour vous écrire ses raisons" in page
    assert home in page

    told = browser.post(ask_url(life), follow=True).text
    assert "Votre demande est partie" in told
    assert "Vous avez demandé les raisons le" in told
    assert ask_url(life) not in told
    assert "Vous avez demandé les raisons le" in browser.get(ask_url(life)).text
    browser.post(ask_url(life))
    with life.desk():
        assert ReasonsRequest.objects.count() == 1


def test_where_no_silence_refused_the_page_says_so_and_asks_nothing():
    life = Life().acknowledged()
    browser = at_home(life.applicant)

    assert "Il n’y a pas, ou plus, de refus" in browser.get(ask_url(life)).text
    assert "rien n’a été demandé" in browser.post(ask_url(life)).text
    with life.desk():
        assert not ReasonsRequest.objects.exists()


def test_another_persons_refusal_does_not_exist():
    life = silent()

    assert at_home(applicant()).get(ask_url(life)).status_code == 404
    assert at_home(applicant()).post(ask_url(life)).status_code == 404


def test_the_office_writes_then_signs(at_desk):
    life = silent().reasons_asked()
    writer, signer = at_desk(life.reviewer), at_desk(life.signatory)
    page = writer.get(url("case", life)).text
    assert url("write_reasons", life) in page
    assert url("sign_reasons", life) not in signer.get(url("case", life)).text

    told = writer.post(url("write_reasons", life), WRITTEN, follow=True).text
    assert "Les motifs sont écrits" in told
    reading = signer.get(url("sign_reasons", life))
    assert "Études interrompues." in reading.text
    seen = reading.context["form"].initial["seen"]
    missing = signer.post(url("sign_reasons", life), {"seen": seen, "answer": "sign"}).text
    assert "Confirmez que vous avez tout lu." in missing

    done = signer.post(
        url("sign_reasons", life),
        {"seen": seen, "answer": "sign", "read_everything": "on"},
        follow=True,
    ).text
    assert "Les motifs sont signés" in done
    assert "Communiqués le" in done
    home = at_home(life.applicant).get(reverse("space:dossier", args=[life.dossier.pk])).text
    assert "La préfecture vous a écrit ses raisons" in home


def test_the_second_person_sends_back_with_a_note_that_the_writer_reads(at_desk):
    life = silent().reasons_asked().reasons_written()
    writer, signer = at_desk(life.reviewer), at_desk(life.signatory)
    seen = signer.get(url("sign_reasons", life)).context["form"].initial["seen"]
    typed = {"seen": seen, "answer": "send_back"}

    assert "Dites ce qui doit être revu." in signer.post(url("sign_reasons", life), typed).text
    typed["note"] = "Citez la pièce manquante."
    told = signer.post(url("sign_reasons", life), typed, follow=True).text

    assert "Les motifs sont renvoyés" in told
    assert url("sign_reasons", life) not in signer.get(url("case", life)).text
    for page in ("case", "write_reasons"):
        assert "Citez la pièce manquante." in writer.get(url(page, life)).text
    home = at_home(life.applicant).get(reverse("space:dossier", args=[life.dossier.pk])).text
    assert "Citez la pièce" not in home
    writer.post(url("write_reasons", life), WRITTEN)
    assert url("sign_reasons", life) in signer.get(url("case", life)).text


def test_writing_again_shows_what_was_written(at_desk):
    life = silent().reasons_asked().reasons_written()

    assert "Études suivies." in at_desk(life.reviewer).get(url("write_reasons", life)).text


def test_an_empty_reason_is_refused_with_a_sentence(at_desk):
    life = silent().reasons_asked()

    answer = at_desk(life.reviewer).post(url("write_reasons", life), {"grounds_law": "x"})

    assert answer.status_code == 200
    assert answer.context["form"].errors["grounds_fact"]


@pytest.mark.parametrize("name", ["write_reasons", "sign_reasons"])
def test_without_a_request_the_case_page_says_so(at_desk, name):
    life = silent()
    person = life.reviewer if name == "write_reasons" else life.signatory

    for method in ("get", "post"):
        answer = getattr(at_desk(person), method)(url(name, life), follow=True)
        assert "Aucun acte n’attend ici" in answer.text


@pytest.mark.parametrize(
    ("name", "roles", "office", "status"),
    [
        ("write_reasons", [Role.SIGNATORY], "75", 403),
        ("write_reasons", [Role.SUPERVISOR], "75", 403),
        ("write_reasons", [Role.REVIEWER], "34", 404),
        ("sign_reasons", [Role.REVIEWER], "75", 403),
        ("sign_reasons", [Role.SIGNATORY], "34", 404),
    ],
)
def test_another_role_or_office_does_neither(at_desk, name, roles, office, status):
    life = silent().reasons_asked().reasons_written()
    browser = at_desk(agent(*[role.value for role in roles], office=office))

    assert browser.get(url(name, life)).status_code == status
    assert browser.post(url(name, life), WRITTEN).status_code == status


def test_who_wrote_cannot_open_the_signature(at_desk):
    life = silent().reasons_asked()
    both = life.reviewer = agent(Role.REVIEWER.value, Role.SIGNATORY.value)
    life.reasons_written(both)

    assert at_desk(both).get(url("sign_reasons", life)).status_code == 403
    assert url("sign_reasons", life) not in at_desk(both).get(url("case", life)).text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_supervision_page_lists_what_is_owed_at_the_same_cost(at_desk, statements, rows):
    lives = [silent().reasons_asked() for _ in range(rows)]
    browser = at_desk(lives[0].reviewer)
    browser.get(reverse("desk:supervision"))

    with statements(9):
        text = browser.get(reverse("desk:supervision")).text

    assert [life.dossier.number in text for life in lives] == [True] * rows
    assert "À écrire" in text
