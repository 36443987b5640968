"""What the desk and the person read of routing: who has the case, why, and where it should be."""

import pytest
from django.urls import reverse

from dossiers.models import Submission
from portal.accounts.enums import Role
from portal.core.door import acting
from tests.dossiers.conftest import enter
from tests.factories.workflows import PAPEETE, Life, agent, filed_dossier
from workflows.enums import CaseState
from workflows.models import Case
from workflows.views.acts import Acknowledge

pytestmark = pytest.mark.django_db

LYON_7 = "69387"


@pytest.fixture
def life():
    return Life()


@pytest.fixture
def misplaced(life):
    """A case whose last filing, a completion for instance, gives an address of another office."""
    with acting(life.applicant.pk) as act:
        first = Submission.objects.get(dossier=life.dossier)
        Submission.objects.create(
            dossier=life.dossier,
            applicant=life.applicant,
            prefecture_code="75",
            number=2,
            answers=first.answers | {"commune": LYON_7},
            sworn_text=first.sworn_text,
            language="fr",
            filed_at=act.now,
        )
    return life


def case_page(at_desk, person, life):
    return at_desk(person).get(reverse("desk:case", args=[life.id]))


def test_the_case_page_says_which_service_has_the_case_and_why(at_desk, life):
    page = case_page(at_desk, life.reviewer, life)

    for words in ("Service compétent", "Service du séjour des étrangers", "R. 431-20"):
        assert words in page.text
    assert "La règle désigne une autre préfecture" not in page.text


@pytest.mark.parametrize(
    ("commune", "office", "marked"), [("97611", "976", True), ("34172", "34", False)]
)
def test_what_is_not_confirmed_is_marked(at_desk, commune, office, marked):
    life = Life(office=office, commune=commune)

    page = case_page(at_desk, life.reviewer, life)

    assert ("à vérifier" in page.text) is marked


def test_a_wrong_office_forwards_in_one_click(at_desk, misplaced):
    browser = at_desk(misplaced.reviewer)
    page = browser.get(reverse("desk:case", args=[misplaced.id]))
    offered = page.context["competence"].elsewhere

    assert (offered.code, offered.name) == ("69", "Préfecture du Rhône")
    assert "La règle désigne une autre préfecture" in page.text
    response = browser.post(
        reverse("desk:reroute", args=[misplaced.id]),
        {
            "last_step": page.context["case"].last_step,
            "prefecture": offered.code,
            "reason": offered.reason,
        },
    )

    assert (response.status_code, response["Location"]) == (302, reverse("desk:queue"))
    with acting(misplaced.applicant.pk):
        case = Case.objects.select_related("service").get(pk=misplaced.id)
    assert (case.prefecture_code, case.service.prefecture_id) == ("69", "69")
    assert case.routing_rule == "residence"


def test_the_form_proposes_the_office_of_the_rule_first(at_desk, misplaced):
    page = at_desk(misplaced.reviewer).get(reverse("desk:reroute", args=[misplaced.id]))

    form = page.context["form"]
    assert form.fields["prefecture"].choices[0][0] == form["prefecture"].value() == "69"
    assert form["reason"].value().startswith("Adresse déclarée : Lyon 7e Arrondissement.")
    assert len(form.fields["prefecture"].choices) == 102


def test_where_the_rule_agrees_the_form_chooses_nothing(at_desk, life):
    page = at_desk(life.reviewer).get(reverse("desk:reroute", args=[life.id]))

    form = page.context["form"]
    assert form.fields["prefecture"].choices[0][0] == ""
    assert form["reason"].value() is None


def test_who_may_not_forward_reads_and_has_no_button(at_desk, misplaced):
    page = case_page(at_desk, misplaced.signatory, misplaced)

    assert "La règle désigne une autre préfecture" in page.text
    assert "Transmettre à" not in page.text


def test_after_the_decision_no_other_office_is_proposed(at_desk, misplaced):
    misplaced.acknowledged().proposed("refuse").signed()

    page = case_page(at_desk, misplaced.reviewer, misplaced)

    assert page.context["competence"].elsewhere is None


def test_the_supervisor_reads_why_no_office_was_found(at_desk):
    dossier = filed_dossier(commune=PAPEETE)
    with acting(dossier.applicant_id):
        case = Case.objects.get(dossier=dossier)
    boss = agent(Role.SUPERVISOR.value)

    page = at_desk(boss).get(reverse("desk:route", args=[case.pk]))

    assert case.state == CaseState.FILED
    assert "Pourquoi la règle ne choisit pas" in page.text
    assert "a ses propres règles dans le territoire" in page.text


def test_the_person_reads_which_service_has_the_dossier(client, life):
    enter(client, life.applicant)

    page = client.get(reverse("space:dossier", args=[life.dossier.pk]))

    assert "Le service qui a votre dossier" in page.text
    assert "Service du séjour des étrangers" in page.text
    assert reverse("dossiers:address", args=[life.dossier.pk]) in page.text


def test_the_reroute_form_asks_little(at_desk, misplaced, statements):
    browser = at_desk(misplaced.reviewer)
    address = reverse("desk:reroute", args=[misplaced.id])
    browser.get(address)

    with statements(15):
        assert browser.get(address).status_code == 200


def test_an_act_on_a_case_that_has_just_left_is_explained(at_desk, life, monkeypatch):
    def leaves(**_facts):
        raise Case.DoesNotExist

    monkeypatch.setattr(Acknowledge, "service", staticmethod(leaves))
    browser = at_desk(life.reviewer)

    response = browser.post(
        reverse("desk:acknowledge", args=[life.id]),
        {"last_step": life.case.last_step, "read_everything": "on"},
    )

    assert response["Location"] == reverse("desk:queue")
    assert "vient de partir vers une autre préfecture" in browser.get(response["Location"]).text
