"""The desk over HTTP: what an agent sees, does, and is refused."""

import pytest
from django.urls import reverse

from portal.accounts.enums import Role
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence import rendering
from portal.correspondence.models import Letter
from tests.factories.dossiers import filed
from tests.factories.workflows import Life, agent, applicant, filed_dossier

pytestmark = pytest.mark.django_db
LISTS = ["desk:queue", "desk:search", "desk:supervision"]
ACTS = {
    "desk:acknowledge": Role.REVIEWER,
    "desk:ask_completion": Role.REVIEWER,
    "desk:ask_opinion": Role.REVIEWER,
    "desk:propose": Role.REVIEWER,
    "desk:reroute": Role.REVIEWER,
}


def url(name, life):
    return reverse(name, args=[life.id])


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_for_a_reviewer(at_desk, name):
    assert at_desk(agent()).get(reverse(name)).status_code == 200


def test_the_queue_shows_due_who_what(at_desk):
    life = Life()

    page = at_desk(life.reviewer).get(reverse("desk:queue"))

    assert page.status_code == 200
    assert life.case.holder_name in page.text
    assert life.case.dossier_number in page.text


def test_the_desk_and_its_letters_name_the_child_and_who_asks(at_desk):
    child = {"given_names": "Nour", "guardian_birth_name": "TUTRICE", "authority_basis": "mother"}
    dossier = filed(applicant(), "minor-travel-document", guardian_given_names="Inès", **child)
    with acting(dossier.applicant_id):
        dossier.refresh_from_db()
    life = Life(office=dossier.prefecture_code, dossier=dossier)

    shown = at_desk(life.reviewer).get(url("desk:case", life)).text

    assert "Demande faite par <strong>Inès TUTRICE</strong>" in shown
    assert "pour <strong>Nour EXEMPLE</strong>. Lien déclaré" in shown
    assert "Je suis sa mère" in shown
    life.acknowledged().proposed("refuse").signed()
    with life.desk():
        letter = Letter.objects.get(dossier_id=dossier.pk, kind="decision")
    html = rendering.page(letter)
    assert (letter.context["recipient_name"], life.case.holder_name) == (
        "Inès TUTRICE",
        "Nour EXEMPLE",
    )
    assert "Elle concerne Nour EXEMPLE, né ou née le" in html
    assert "Vous êtes né ou née" not in html


def test_another_office_sees_nothing(at_desk):
    life = Life()
    stranger = at_desk(agent(office="34"))

    assert life.case.holder_name not in stranger.get(reverse("desk:queue")).text
    assert stranger.get(url("desk:case", life)).status_code == 404
    for name in ACTS:
        assert stranger.get(url(name, life)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_for_one_and_three(at_desk, rows, statements):
    reviewer = agent()
    for _ in range(rows):
        filed_dossier()
    browser = at_desk(reviewer)
    browser.get(reverse("desk:queue"))

    with statements(5):
        assert browser.get(reverse("desk:queue")).status_code == 200


def test_the_case_page_costs_little_and_leaves_one_line(at_desk, statements):
    life = Life().acknowledged().proposed()
    browser = at_desk(life.reviewer)
    browser.get(url("desk:case", life))

    with statements(19):
        page = browser.get(url("desk:case", life))

    assert page.status_code == 200
    assert "Étudiant" in page.text or "étudiant" in page.text
    assert JournalLine.objects.filter(act="case.read", subject_id=str(life.id)).count() == 2


@pytest.mark.parametrize(("name", "proposed"), [("desk:propose", False), ("desk:sign", True)])
def test_each_page_that_shows_the_answers_leaves_a_line(at_desk, name, proposed):
    life = Life().acknowledged()
    if proposed:
        life.proposed()
    reader = life.signatory if proposed else life.reviewer

    assert at_desk(reader).get(url(name, life)).status_code == 200

    lines = JournalLine.objects.filter(act="case.read", subject_id=str(life.id))
    assert [line.actor_id for line in lines] == [reader.pk]


@pytest.mark.parametrize("name", list(ACTS))
def test_each_act_has_a_page_when_it_is_possible(at_desk, name):
    life = Life()
    if name in {"desk:ask_opinion", "desk:propose"}:
        life.acknowledged()

    assert at_desk(life.reviewer).get(url(name, life)).status_code == 200
