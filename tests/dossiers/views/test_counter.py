"""A person files at the counter, as an agent without JavaScript does it with them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.catalogue.conditions import evidence_for
from dossiers.demo import example_answers
from dossiers.forms.answers import questions_of
from dossiers.forms.posting import as_posted
from dossiers.models import AssistedSession, Dossier, Submission
from portal.accounts.models import User
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.correspondence.models import Letter, TimelineLine
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.assistance import at_counter, opened, recognised
from tests.factories.dossiers import STUDENT, draft, picture

pytestmark = pytest.mark.django_db
WHY = {"procedure": STUDENT, "reason": "no_device", "consent": "paper", "present": "on"}
SIGNED = {"sworn": "on", "read_back": "on"}


@pytest.fixture
def agent(db):
    return UserFactory(counter_agent=True)


@pytest.fixture
def desk(agent):
    return at_counter(agent)


def url(name, *args):
    return reverse(f"assisted:{name}", args=args)


def identify(desk, email, born=("4", "5", "1999")):
    day, month, year = born
    return desk.post(
        url("identify"),
        {
            "email": email,
            "birth_date_day": day,
            "birth_date_month": month,
            "birth_date_year": year,
        },
    )


def test_somebody_without_an_account_files_a_whole_request(desk, agent):
    enrolled = desk.post(url("enrol"), {"email": "sans@exemple.fr", "language": "fr"})
    tasks = desk.post(enrolled["Location"], WHY)["Location"]
    person = User.objects.get(email="sans@exemple.fr")
    with acting(person.pk):
        dossier = Dossier.objects.get()
    fill(desk, dossier)

    shown = desk.get(url("check", dossier.pk))
    unsigned = desk.post(url("declare", dossier.pk), {"sworn": "on"})
    done = desk.post(url("declare", dossier.pk), SIGNED)
    again = desk.post(url("declare", dossier.pk), SIGNED)
    receipt = desk.get(done["Location"])

    assert tasks == url("tasks", dossier.pk)
    assert shown.context["problems"] == []
    assert "Signature de la personne" in shown.text
    assert "doit relire ses réponses et signer" in unsigned.text
    assert done["Location"] == again["Location"] == url("filed", dossier.pk)
    with acting(person.pk):
        dossier.refresh_from_db()
        submission = Submission.objects.get()
        assert (submission.channel, submission.typed_by_id) == ("counter", agent.pk)
        assert Letter.objects.filter(kind="filing_receipt").count() == 1
        assert TimelineLine.objects.filter(kind="dossier_filed_at_counter").count() == 1
    assert dossier.number in receipt.text
    assert "EXEMPLE" not in receipt.text


def fill(desk, dossier):
    """Every page and every box, as they are shown."""
    answers = example_answers(dossier.procedure, clock.today())
    for step in dossier.procedure.steps:
        questions = questions_of(step, answers)
        if not questions:
            continue
        posted = {}
        for question in questions:
            posted |= as_posted(question, answers.get(question.name))
        posted |= {"continue": "1"}
        for question in questions:
            if question.kind == "yes_no" and answers.get(question.name) is not None:
                posted[question.name] = "yes" if answers[question.name] else "no"
        answer = desk.post(url("step", dossier.pk, step.code), posted)
        assert answer.status_code == 302, answer.text
        assert answer["Location"].startswith("/counter/depot/")
    for rule in evidence_for(dossier.procedure, answers):
        if rule.required:
            answer = desk.post(
                url("evidence_box", dossier.pk, rule.code), {"file": picture()}, follow=True
            )
            assert "bien reçu" in answer.text


def test_an_online_draft_is_taken_up_where_it_is(desk, applicant):
    dossier = draft(applicant, evidence=True)

    found = identify(desk, applicant.email.upper())
    page = desk.get(found["Location"])
    tasks = desk.post(found["Location"], WHY)

    assert "p•••@exemple.fr" in page.text
    assert applicant.email not in page.text
    assert tasks["Location"] == url("tasks", dossier.pk)
    shown = desk.get(tasks["Location"])
    assert "/mon-espace/" not in shown.text
    assert "Supprimer ce brouillon" not in shown.text
    assert desk.get(found["Location"]).status_code == 404
    assert url("tasks", dossier.pk) in desk.get(url("home")).text


def test_every_link_of_the_draft_stays_at_the_counter(desk, agent, applicant):
    dossier = draft(applicant, evidence=True)
    opened(agent, applicant)

    for name in ("tasks", "evidence", "check", "declare"):
        shown = desk.get(url(name, dossier.pk))
        assert shown.status_code == 200
        assert "/mon-espace/" not in shown.text
        assert "Dépôt assisté, jusqu’à" in shown.text


def test_an_unknown_account_reads_like_a_wrong_date(desk, applicant):
    draft(applicant)

    unknown, wrong = (
        identify(desk, "nobody@exemple.fr"),
        identify(desk, applicant.email, ("1", "1", "1990")),
    )

    sentence = "Aucun compte ne correspond à ces réponses."
    assert sentence in unknown.text
    assert sentence in wrong.text


def test_identifying_asks_for_one_of_the_two(desk):
    assert "Écrivez l’adresse e-mail du compte" in identify(desk, "").text


def test_the_form_wants_a_reason_a_consent_and_the_person(desk, agent, applicant):
    draft(applicant)
    page = url("open", recognised(agent, applicant).identification)

    refused = desk.post(page, WHY | {"reason": "other", "present": ""})

    assert "Écrivez la raison en quelques mots." in refused.text
    assert "Sans la personne" in refused.text
    with acting_for(agent):
        assert not AssistedSession.objects.exists()


def test_the_person_is_told_and_ends_the_help_from_their_page(client, desk, agent, applicant):
    dossier = draft(applicant)
    opened(agent, applicant)
    enter(client, applicant)
    shown = client.get(reverse("dossiers:tasks", args=[dossier.pk]))

    ended = client.post(reverse("dossiers:end_help", args=[dossier.pk]), follow=True)
    late = desk.post(url("step", dossier.pk, "identity"), {"birth_name": "X"}, follow=True)

    assert "Un agent de guichet remplit cette demande avec vous" in shown.text
    assert "L’agent n’a plus accès" in ended.text
    assert "Mettre fin à l’aide" not in ended.text
    assert late.redirect_chain == [(url("home"), 302)]
    assert "vous n’y avez plus accès" in late.text
    with acting(applicant.pk):
        assert Dossier.objects.get().answers["birth_name"] == "EXEMPLE"


def test_the_agent_ends_the_help_and_the_person_goes_on(client, desk, agent, applicant):
    dossier = draft(applicant, evidence=True)
    opened(agent, applicant)

    ended = desk.post(url("end", dossier.pk))
    enter(client, applicant)
    filed = client.post(reverse("dossiers:declare", args=[dossier.pk]), {"sworn": "on"})

    assert ended["Location"] == url("home")
    assert desk.get(url("tasks", dossier.pk))["Location"] == url("home")
    assert filed["Location"] == reverse("dossiers:filed", args=[dossier.pk])
    with acting(applicant.pk):
        assert Submission.objects.get().channel == "online"


def test_a_request_filed_at_the_counter_is_the_persons_own(client, desk, agent, applicant):
    dossier = draft(applicant, evidence=True)
    opened(agent, applicant)
    desk.post(url("declare", dossier.pk), SIGNED)
    enter(client, applicant)

    page = client.get(reverse("space:dossier", args=[dossier.pk]))
    client.post(reverse("dossiers:withdraw", args=[dossier.pk]), {"sure": "on"})

    assert "Un agent de guichet a déposé votre demande avec vous" in page.text
    assert str(agent) not in page.text
    with acting(applicant.pk):
        assert Dossier.objects.get().withdrawn_at is not None


def test_the_agent_opens_a_scan_and_the_reading_is_written(desk, agent, applicant, owner):
    dossier = draft(applicant, evidence=True)
    opened(agent, applicant)
    with acting(applicant.pk):
        file_id = dossier.evidence.order_by("pk").first().file_id

    shown = desk.get(url("file", file_id))

    assert shown.status_code == 200
    assert at_counter(UserFactory(counter_agent=True)).get(url("file", file_id)).status_code == 404
    desk.post(url("end", dossier.pk))
    assert desk.get(url("file", file_id)).status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "signatory", "supervisor"])
def test_other_roles_have_no_such_pages(role):
    client = at_counter(UserFactory(**{role: True}))

    assert {client.get(url(name)).status_code for name in ("home", "identify", "enrol")} == {403}


def test_anothers_help_does_not_exist(agent, applicant):
    dossier = draft(applicant)
    opened(agent, applicant)
    colleague = at_counter(UserFactory(counter_agent=True))
    elsewhere = at_counter(UserFactory(counter_agent=True, prefecture="75"))

    for client in (colleague, elsewhere):
        assert client.get(url("tasks", dossier.pk)).status_code == 404
        assert client.post(url("declare", dossier.pk), SIGNED).status_code == 404
        assert client.post(url("end", dossier.pk)).status_code == 404


def test_when_the_time_is_over_nothing_is_saved(desk, agent, applicant, move_clock):
    dossier = draft(applicant, evidence=True)
    opened(agent, applicant)
    move_clock(dt.timedelta(hours=2, minutes=1))

    late = desk.post(url("declare", dossier.pk), SIGNED, follow=True)

    assert "vous n’y avez plus accès" in late.text
    assert "Le temps prévu est passé" in late.text
    with acting(applicant.pk):
        assert Dossier.objects.get().is_draft


def test_an_agent_without_a_post_any_more_is_refused(desk, agent, applicant):
    dossier = draft(applicant)
    opened(agent, applicant)
    with as_worker():
        agent.posts.update(ends_on=dt.date(2021, 1, 1))

    assert desk.get(url("tasks", dossier.pk)).status_code == 403


def test_pages_of_the_draft_ask_a_bounded_number_of_questions(desk, agent, applicant):
    dossier = draft(applicant, evidence=True)
    opened(agent, applicant)
    budgets = {"tasks": 24, "evidence": 23, "check": 25}

    for name, budget in budgets.items():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            desk.get(url(name, dossier.pk))
        assert len(asked) <= budget, (name, len(asked))


def test_what_the_agent_types_is_kept_until_the_help_ends(desk, agent, applicant):
    dossier = draft(applicant)
    opened(agent, applicant)
    keep = url("step_keep", dossier.pk, "identity")
    assert keep in desk.get(url("step", dossier.pk, "identity")).text

    told = desk.post(keep, {"birth_name": "AU GUICHET"}).json()
    desk.post(url("end", dossier.pk))
    late = desk.post(keep, {"birth_name": "TROP TARD"})

    assert told["said"].startswith("Enregistré")
    assert late.status_code == 302
    with acting(applicant.pk):
        assert Dossier.objects.get().answers["birth_name"] == "AU GUICHET"
