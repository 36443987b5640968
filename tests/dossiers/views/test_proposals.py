"""What is known is proposed with its source; nothing is an answer before the person keeps it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import api, jobs
from dossiers.models import RegisterLookup
from dossiers.queries.answers import show_date
from dossiers.services import consulting
from dossiers.services.drafting import Typed, save_answers, start_draft
from portal.core import clock
from portal.core.door import acting
from tests.dossiers.views.test_steps import page_as_sent, step_url, stored
from tests.factories.accounts import UserFactory
from tests.factories.assistance import at_counter, opened
from tests.factories.dossiers import draft, file_now, filed
from workflows.models import Case

pytestmark = pytest.mark.django_db
OTHER = "duplicate"


def begun(owner, code=OTHER):
    """A draft in which nothing is answered."""
    with acting(owner.pk) as act:
        return start_draft(applicant=owner, procedure_code=code, at=act.now)


def offers(response):
    return {offer.name: offer for offer in response.context["proposals"].offers}


def press(client, dossier, page, step="identity", **pressed):
    return client.post(step_url(dossier, step), page_as_sent(page, **pressed), follow=True)


@pytest.fixture
def earlier(applicant):
    """What the person filed before."""
    return filed(applicant)


@pytest.fixture
def known(applicant, register, as_role, move_clock):
    """A draft about which the register has answered."""
    return asked(applicant, begun(applicant), as_role, move_clock)


def asked(applicant, dossier, as_role, move_clock):
    with acting(applicant.pk) as act:
        lookup = consulting.ask(
            dossier_id=dossier.pk,
            applicant=applicant,
            foreigner_number="9900000001",
            birth_date=dt.date(1999, 5, 4),
            at=act.now,
        )
    with as_role("worker"):
        jobs.ask_register(lookup_id=str(lookup.pk))
    move_clock(dt.timedelta(seconds=9))
    return dossier


def test_what_was_said_before_is_proposed_with_its_source_and_nothing_is_stored(
    signed_in, applicant, earlier
):
    dossier = begun(applicant)

    page = signed_in.get(step_url(dossier))

    source = f"Vous l’avez dit le {show_date(clock.today())} dans votre demande {earlier.number}."
    assert offers(page)["birth_name"].words == "EXEMPLE"
    assert offers(page)["birth_name"].source in page.text
    assert offers(page)["birth_name"].source == source
    assert page.context["form"]["birth_name"].value() in (None, "")
    assert set(stored(dossier).answers) <= {"email"}


def test_what_is_kept_is_an_answer_with_what_was_typed_beside_it(signed_in, applicant, earlier):
    dossier = begun(applicant)
    page = signed_in.get(step_url(dossier))

    after = press(signed_in, dossier, page, keep=offers(page)["birth_name"].key, given_names="Tapé")

    answers = stored(dossier).answers
    assert (answers["birth_name"], answers["given_names"]) == ("EXEMPLE", "Tapé")
    assert "birth_name" not in offers(after)
    assert "birth_date" in offers(after)
    assert "birth_date" not in answers


def test_everything_is_kept_by_one_button(signed_in, applicant, earlier):
    dossier = begun(applicant)
    page = signed_in.get(step_url(dossier, "address"))

    press(signed_in, dossier, page, "address", keep=page.context["proposals"].keys)

    answers = stored(dossier).answers
    assert (answers["postcode"], answers["commune"]) == ("69003", "69383")


def test_what_is_refused_is_proposed_no_more(signed_in, applicant, earlier):
    dossier = begun(applicant)
    page = signed_in.get(step_url(dossier))

    after = press(signed_in, dossier, page, refuse=offers(page)["birth_name"].key)

    assert "birth_name" not in offers(after)
    assert "birth_name" not in stored(dossier).answers


def test_a_proposal_that_changed_meanwhile_keeps_nothing(signed_in, applicant, earlier):
    dossier = begun(applicant)
    page = signed_in.get(step_url(dossier))

    after = press(signed_in, dossier, page, keep="birth_name:000000000000")

    assert "Rien n’a été gardé" in after.text
    assert "birth_name" not in stored(dossier).answers


def test_another_tab_wins_over_what_is_kept(signed_in, applicant, earlier):
    dossier = begun(applicant)
    page = signed_in.get(step_url(dossier))
    with acting(applicant.pk) as act:
        save_answers(
            dossier_id=dossier.pk,
            applicant=applicant,
            typed={"birth_name": Typed(value="Ailleurs")},
            at=act.now,
        )

    after = press(signed_in, dossier, page, keep=offers(page)["birth_name"].key)

    assert stored(dossier).answers["birth_name"] == "Ailleurs"
    assert after.status_code == 200


def test_a_hidden_question_codes_and_what_is_of_one_request_get_nothing(
    signed_in, applicant, earlier
):
    dossier = begun(applicant, "employee-renewal")

    proposed = {
        step.code: set(offers(page))
        for step in dossier.procedure.steps
        if hasattr(page := signed_in.get(step_url(dossier, step.code)), "context") and page.context
    }

    everything = set().union(*proposed.values())
    assert "passport_number" in everything
    assert not {"photo_code", "title_number", "title_ends_on", "has_children"} & everything
    shown = {q.name for step in dossier.procedure.steps for q in step.fields if q.when is None}
    assert everything <= shown


def test_nothing_of_another_person_is_proposed(signed_in, applicant):
    filed(UserFactory())

    page = signed_in.get(step_url(begun(applicant)))

    assert offers(page) == {}


def test_the_agent_at_the_counter_is_shown_nothing_of_other_requests(applicant, earlier):
    agent = UserFactory(counter_agent=True)
    session = opened(agent, applicant, code=OTHER)

    url = reverse("assisted:step", args=[session.dossier_id, "identity"])
    page = at_counter(agent).get(url)

    assert page.status_code == 200
    assert page.context["proposals"] is None
    assert "EXEMPLE" not in page.text


def test_proposing_costs_one_statement(signed_in, applicant, earlier):
    dossier = begun(applicant)
    signed_in.get(step_url(dossier))

    with CaptureQueriesContext(connection) as asked_for:
        signed_in.get(step_url(dossier))

    about = [q["sql"] for q in asked_for if "dossiers_submission" in q["sql"]]
    lookups = [q["sql"] for q in asked_for if "dossiers_registerlookup" in q["sql"]]
    assert len(about) == 1
    assert lookups == about


def test_what_the_register_knows_is_proposed_before_what_was_said(
    signed_in, applicant, earlier, known
):
    page = signed_in.get(step_url(known))

    offer = offers(page)["birth_name"]
    assert offer.source.startswith("Registre national des étrangers, lu le")
    assert "Le registre se trompe" in page.text
    kept = press(signed_in, known, page, keep=offer.key)
    assert stored(known).answers["birth_name"] == "EXEMPLE"
    assert "birth_name" not in offers(kept)


def test_an_answer_unlike_the_register_shows_both(signed_in, applicant, known):
    page = signed_in.get(step_url(known))
    press(signed_in, known, page, birth_name="Autre", later="1")

    again = signed_in.get(step_url(known))

    assert offers(again)["birth_name"].instead_of == "Autre"


def test_the_register_contested_stops_nothing_and_is_read_by_the_desk(
    signed_in, applicant, register, as_role, move_clock, at_desk
):
    dossier = asked(
        applicant, draft(applicant, evidence=True, birth_name="Juste"), as_role, move_clock
    )
    page = signed_in.get(step_url(dossier))

    contested = press(signed_in, dossier, page, contest=offers(page)["birth_name"].key)
    assert "Vous contestez le registre" in contested.text
    assert "birth_name" not in offers(contested)
    submission = file_now(dossier, applicant)

    assert [(c["field"], c["register"]) for c in submission.contested] == [
        ("birth_name", "EXEMPLE")
    ]
    assert stored(dossier).set_aside == {}
    with acting(applicant.pk):
        assert RegisterLookup.objects.get().facts is None
        (one,) = api.dossier_summary(dossier.pk, "fr").contested
    assert (one.words, one.said) == ("EXEMPLE", "Juste")
    with acting(None, prefectures=["69"]):
        case = Case.objects.get(dossier=dossier)
    desk = at_desk(UserFactory(reviewer=True)).get(reverse("desk:case", args=[case.pk]))
    assert "La personne conteste le registre" in desk.text
    assert "<bdi>EXEMPLE</bdi>" in desk.text


def test_a_contest_is_taken_back(signed_in, applicant, known):
    page = signed_in.get(step_url(known))
    contested = press(signed_in, known, page, contest=offers(page)["birth_name"].key)

    after = press(signed_in, known, contested, agree="birth_name")

    assert "birth_name" in offers(after)
    assert stored(known).set_aside == {}


def test_what_is_answered_as_the_register_says_is_not_contested_at_filing(
    signed_in, applicant, register, as_role, move_clock
):
    dossier = asked(
        applicant, draft(applicant, evidence=True, birth_name="Autre"), as_role, move_clock
    )
    page = signed_in.get(step_url(dossier))
    contested = press(signed_in, dossier, page, contest=offers(page)["birth_name"].key)
    press(signed_in, dossier, contested, birth_name="EXEMPLE", later="1")

    assert file_now(dossier, applicant).contested == []


def test_what_was_said_alone_cannot_be_contested(signed_in, applicant, earlier):
    dossier = begun(applicant)
    page = signed_in.get(step_url(dossier))

    press(signed_in, dossier, page, contest=offers(page)["birth_name"].key)

    assert stored(dossier).set_aside == {}
