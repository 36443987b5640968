"""The desk of assignments over HTTP: the next case, a colleague's, the team, a conflict."""

import datetime as dt

import pytest
from django.urls import reverse

from portal.accounts.api import set_contacts
from portal.accounts.enums import Role
from portal.accounts.models import Absence
from portal.core import clock
from portal.core.door import acting
from portal.core.models import JournalLine
from tests.factories.accounts import as_worker
from tests.factories.workflows import Life, agent, filed_dossier
from workflows.enums import CaseState
from workflows.models import Case
from workflows.queries import counts, queue

pytestmark = pytest.mark.django_db
SUPERVISOR = Role.SUPERVISOR.value


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def page_of(life):
    return reverse("desk:case", args=[life.id])


def test_take_next_opens_the_case(at_desk):
    life = Life()
    browser = at_desk(life.reviewer)

    assert "Prendre le suivant" in browser.get(reverse("desk:queue")).text
    response = browser.post(reverse("desk:take_next"))

    assert (response.status_code, response["Location"]) == (302, page_of(life))
    assert "Ce dossier vous est confié." in browser.get(page_of(life)).text


def test_with_nothing_to_take_the_agent_reads_so(at_desk):
    response = at_desk(agent()).post(reverse("desk:take_next"), follow=True)

    assert response.redirect_chain[0][0] == reverse("desk:queue")
    assert "Aucun dossier n’attend d’être instruit par vous." in response.text


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.SUPERVISOR])
def test_only_reviewers_are_offered_the_next_case(at_desk, role):
    browser = at_desk(agent(role.value))

    assert "Prendre le suivant" not in browser.get(reverse("desk:queue")).text
    assert browser.post(reverse("desk:take_next")).status_code == 403


def test_a_colleague_reads_the_case_and_is_told_why_they_cannot_act(at_desk):
    life = Life()
    colleague = agent()
    browser = at_desk(colleague)
    url = reverse("desk:acknowledge", args=[life.id])

    assert life.case.holder_name not in browser.get(reverse("desk:queue")).text
    page = browser.get(page_of(life))
    answers = [
        browser.get(url, follow=True),
        browser.post(url, {"last_step": life.case.last_step, "read_everything": "on"}, follow=True),
    ]

    assert "Ce dossier est confié à un collègue." in page.text
    assert life.reviewer.display_name not in page.text
    for answer in answers:
        assert answer.redirect_chain[0][0] == page_of(life)
        assert "vous pouvez le lire, pas l’instruire" in answer.text
    assert life.case.state == CaseState.RECEIVED
    lines = JournalLine.objects.filter(act="access.refused", actor_id=colleague.pk)
    assert lines.count() == 2


def test_a_supervisor_sees_who_has_what_and_gives_a_case_away(at_desk):
    life = Life()
    other = agent()
    browser = at_desk(life.supervisor)

    listed = browser.get(reverse("desk:queue")).text
    page = browser.get(page_of(life)).text
    url = reverse("desk:give_away", args=[life.id])
    form = browser.get(url).text
    seen = {"last_step": life.case.last_step, "holder": life.reviewer.pk}
    empty = browser.post(url, seen)
    browser.post(url, seen | {"reason": "Congé maternité."})

    assert life.reviewer.display_name in listed
    assert f"confié à {life.reviewer.display_name}" in page.replace("<bdi>", "")
    assert 'name="reason"' in form
    assert other.display_name not in form
    assert empty.status_code == 200
    assert life.case.reviewer_id == other.pk


def test_a_case_that_nobody_has_is_not_given_away(at_desk):
    dossier = filed_dossier()
    with acting(dossier.applicant_id):
        case = Case.objects.get()

    page = at_desk(agent(SUPERVISOR)).get(reverse("desk:give_away", args=[case.pk]), follow=True)

    assert "Personne n’a ce dossier" in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_team_page_costs_the_same_for_one_and_three(at_desk, number, statements):
    for _ in range(number):
        Life()
    browser = at_desk(agent(SUPERVISOR))
    browser.get(reverse("desk:team"))

    with statements(9):
        page = browser.get(reverse("desk:team"))

    assert "Agents de la préfecture" in page.text
    assert "Aucune absence notée" in page.text


@pytest.mark.parametrize("address", ["desk:team", "desk:supervision"])
def test_beyond_the_most_that_is_counted_a_supervisor_reads_that_there_are_more(
    at_desk, address, monkeypatch
):
    monkeypatch.setattr(queue, "MOST", 1)
    monkeypatch.setattr(counts, "MOST", 1)
    browser = at_desk(agent(SUPERVISOR))
    filed_dossier()
    one = browser.get(reverse(address)).text
    for _ in range(2):
        filed_dossier()

    many = browser.get(reverse(address)).text

    assert "1 dossier n’est encore confié à personne" in one
    assert "Plus de 1 dossiers ne sont encore confiés à personne" in many


def test_an_absence_is_noted_shown_and_ended(at_desk):
    boss, person, today = agent(SUPERVISOR), agent(), clock.today()
    browser = at_desk(boss)
    url = reverse("desk:record_absence")

    browser.get(url)
    response = browser.post(
        url,
        {"agent": person.pk, **day("first_day", today), **day("last_day", today)},
        follow=True,
    )
    again = browser.post(
        url, {"agent": person.pk, **day("first_day", today), **day("last_day", today)}
    )

    assert response.redirect_chain[0][0] == reverse("desk:team")
    assert "L’absence est notée." in response.text
    assert "Absent" in response.text
    assert "Une absence est déjà notée à ces dates." in again.text
    absence = Absence.objects.get()
    assert (absence.starts_on, absence.ends_on) == (today, today)

    for _twice in range(2):
        browser.post(reverse("desk:end_absence", args=[absence.pk]))
    assert "Aucune absence notée" in browser.get(reverse("desk:team")).text


@pytest.mark.parametrize("office", ["34", "75"])
def test_a_supervisor_notes_no_absence_of_another_office_nor_of_themselves(at_desk, office):
    boss, today = agent(SUPERVISOR), clock.today()
    person = agent(office="34") if office == "34" else boss

    response = at_desk(boss).post(
        reverse("desk:record_absence"),
        {"agent": person.pk, **day("first_day", today), **day("last_day", today)},
    )

    assert response.status_code == 200
    assert not Absence.objects.exists()


def test_an_absence_of_another_office_does_not_exist(at_desk):
    boss, person, today = agent(SUPERVISOR, office="34"), agent(office="34"), clock.today()
    absence = Absence.objects.create(
        user=person, starts_on=today, back_on=today + dt.timedelta(days=9), recorded_by=boss
    )

    response = at_desk(agent(SUPERVISOR)).post(reverse("desk:end_absence", args=[absence.pk]))

    assert response.status_code == 404


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SIGNATORY])
def test_the_team_is_for_its_supervisors(at_desk, role):
    browser = at_desk(agent(role.value))

    assert browser.get(reverse("desk:team")).status_code == 403
    assert browser.get(reverse("desk:record_absence")).status_code == 403


def test_a_signatory_close_to_the_person_does_not_see_the_case_to_sign_and_reads_why(at_desk):
    life = Life().acknowledged().proposed("refuse")
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(life.signatory, at=act.now, emails=[life.applicant.email])
    browser = at_desk(life.signatory)
    url = reverse("desk:sign", args=[life.id])

    listed = browser.get(reverse("desk:signatures"))
    answers = [
        browser.get(url, follow=True),
        browser.post(url, {"last_step": life.case.last_step, "answer": "sign"}, follow=True),
    ]

    assert life.case.holder_name not in listed.text
    for answer in answers:
        assert "une autre personne doit s’en charger" in answer.text
    assert life.case.state == CaseState.DECISION_PROPOSED
