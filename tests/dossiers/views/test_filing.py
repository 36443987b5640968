"""From the task list to the filed page, as a person without JavaScript does it."""

import pytest
from django.urls import reverse

from dossiers.models import Dossier, Submission
from portal.core.door import acting
from portal.correspondence.models import Letter
from tests.factories.dossiers import STUDENT, draft, filed

pytestmark = pytest.mark.django_db


def page(name, dossier):
    return reverse(f"dossiers:{name}", args=[dossier.pk])


def test_starting_twice_opens_the_same_draft(signed_in, applicant):
    url = reverse("dossiers:start", args=[STUDENT])

    shown = signed_in.get(url)
    first, second = signed_in.post(url), signed_in.post(url)

    assert "Commencer ma demande" in shown.text
    assert first["Location"] == second["Location"]
    assert signed_in.get(url)["Location"] == first["Location"]
    with acting(applicant.pk):
        assert Dossier.objects.count() == 1


def test_starting_needs_a_known_procedure_and_an_account(client, signed_in):
    assert signed_in.get(reverse("dossiers:start", args=["inconnue"])).status_code == 404
    signed_in.cookies.clear()

    way_in = client.get(reverse("dossiers:start", args=[STUDENT]))

    assert "next=%2Fmon-espace%2Fdemarches%2Fstudent-renewal%2Fcommencer" in way_in["Location"]


def test_the_task_list_of_a_new_draft_has_everything_to_do(signed_in, applicant):
    start = signed_in.post(reverse("dossiers:start", args=[STUDENT]))

    response = signed_in.get(start["Location"])

    assert {task["state"] for task in response.context["tasks"]} == {"todo"}
    assert [task["state"] for task in response.context["last_tasks"]] == ["todo", "blocked"]


def test_the_check_page_shows_answers_files_and_change_links(signed_in, applicant):
    dossier = draft(applicant, evidence=True)

    response = signed_in.get(page("check", dossier))

    assert "EXEMPLE" in response.text
    assert f"{reverse('dossiers:step', args=[dossier.pk, 'identity'])}?verification=1" in (
        response.text
    )
    assert response.context["problems"] == []


def test_the_check_page_of_an_unfinished_draft_links_each_problem(signed_in, applicant):
    dossier = draft(applicant)

    response = signed_in.get(page("check", dossier))

    assert {problem["href"] for problem in response.context["problems"]} == {
        page("evidence", dossier)
    }
    assert page("declare", dossier) not in response.text


def test_filing_needs_the_sworn_box_then_shows_the_number(signed_in, applicant):
    dossier = draft(applicant, evidence=True)

    refused = signed_in.post(page("declare", dossier), {})
    done = signed_in.post(page("declare", dossier), {"sworn": "on"}, follow=True)
    again = signed_in.post(page("declare", dossier), {"sworn": "on"}, follow=True)

    assert "Cochez la déclaration" in refused.text
    with acting(applicant.pk):
        number = Dossier.objects.get(pk=dossier.pk).number
        assert Submission.objects.count() == 1
        assert Letter.objects.filter(kind="filing_receipt").count() == 1
    assert number in done.text
    assert number in again.text
    assert "Elle ne prouve pas que votre séjour est régulier." in done.text


def test_filing_what_is_incomplete_links_to_what_is_missing(signed_in, applicant):
    dossier = draft(applicant)

    response = signed_in.post(page("declare", dossier), {"sworn": "on"})

    assert response.status_code == 200
    assert page("evidence", dossier) in {p["href"] for p in response.context["problems"]}


def test_the_filed_page_of_a_draft_leads_back_to_its_tasks(signed_in, applicant):
    dossier = draft(applicant)

    assert signed_in.get(page("filed", dossier))["Location"] == page("tasks", dossier)


def test_withdrawing_asks_first_then_stops(signed_in, applicant):
    dossier = filed(applicant)

    asked = signed_in.get(page("withdraw", dossier))
    unsure = signed_in.post(page("withdraw", dossier), {})
    done = signed_in.post(page("withdraw", dossier), {"sure": "on"}, follow=True)
    again = signed_in.get(page("withdraw", dossier))

    assert "revenir en arrière" in asked.text
    assert "Cochez la case" in unsure.text
    assert "Vous avez abandonné cette demande" in done.text
    assert "ne peut plus être abandonnée" in again.text


def test_discarding_a_draft_erases_its_answers(signed_in, applicant):
    dossier = draft(applicant)

    signed_in.post(page("discard", dossier), {"sure": "on"})

    with acting(applicant.pk):
        dossier.refresh_from_db()
        assert (dossier.answers, bool(dossier.withdrawn_at)) == ({}, True)
    assert signed_in.get(page("tasks", dossier)).status_code == 404


def test_pages_speak_arabic_from_right_to_left(signed_in, applicant):
    applicant.language = "ar"
    applicant.save(update_fields=["language"])
    dossier = draft(applicant)

    response = signed_in.get(reverse("dossiers:step", args=[dossier.pk, "identity"]))

    assert 'dir="rtl"' in response.text
    assert "اللقب عند الولادة" in response.text
