"""A mandate from the person's page to the helper's, as browsers without JavaScript see it."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import CompletionItem, Dossier, Mandate, Submission
from portal.accounts.models import Membership
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.models import Letter, TimelineLine
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import STUDENT, draft, filed, picture
from tests.factories.mandates import firm, given, held, revoked
from tests.factories.vault import clear_papers_of
from tests.factories.workflows import Life
from workflows.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper(db):
    return UserFactory()


@pytest.fixture
def theirs(helper):
    """The helper's browser."""
    browser = Client()
    enter(browser, helper)
    return browser


def url(name, *args):
    return reverse(f"mandated:{name}", args=args)


def told(helper, **more):
    last = clock.today() + dt.timedelta(days=20)
    return {
        "person_name": "Amina Exemple",
        "kind": "relative",
        "email": helper.email,
        "scope": "all",
        "level": "file",
        "ends_on_day": last.day,
        "ends_on_month": last.month,
        "ends_on_year": last.year,
        **more,
    }


def test_from_the_invitation_to_the_filing(signed_in, theirs, applicant, helper):
    dossier = draft(applicant, evidence=True)
    given_page = signed_in.post(reverse("dossiers:mandate_give"), told(helper), follow=True)
    with acting(applicant.pk):
        mandate = Mandate.objects.get()
    assert "L’invitation est envoyée" in given_page.text
    assert "Amina Exemple vous propose un mandat" in theirs.get(reverse("helper:home")).text
    assert theirs.get(url("tasks", dossier.pk)).status_code == 404

    page = reverse("helper:accept", args=[mandate.pk])
    assert "Toutes ses démarches" in theirs.get(page).text
    refused = theirs.post(page, {"name": "Karim Aide"})
    home = theirs.post(page, {"name": "Karim Aide", "agreed": "on"}, follow=True)

    assert "Cochez la case pour accepter" in refused.text
    assert url("tasks", dossier.pk) in home.text
    for name in ("tasks", "evidence", "check", "declare"):
        shown = theirs.get(url(name, dossier.pk))
        assert shown.status_code == 200
        assert "Vous agissez au nom de Amina Exemple" in shown.text
        assert f"/mon-espace/dossiers/{dossier.pk}" not in shown.text
    assert "j’agis au nom de Amina Exemple" in shown.text
    filed_page = theirs.post(url("declare", dossier.pk), {"sworn": "on"}, follow=True)
    assert "Votre demande est déposée" in filed_page.text
    with acting(applicant.pk):
        assert Submission.objects.get().typed_by_id == helper.pk
        letter = Letter.objects.get(dossier_id=dossier.pk)
    assert "en préparation" in theirs.get(url("letter", letter.pk)).text
    follow = theirs.get(reverse("helper:dossier", args=[dossier.pk]))
    assert "Karim Aide, au nom de Amina Exemple" in follow.text
    own = signed_in.get(reverse("space:dossier", args=[dossier.pk]))
    assert "Karim Aide, au nom de Amina Exemple" in own.text
    assert JournalLine.objects.filter(act="mandate.read", actor_id=helper.pk).exists()


def test_every_open_page_stops_at_the_next_request_once_revoked(
    signed_in, theirs, applicant, helper
):
    dossier = draft(applicant, evidence=True)
    mandate = held(applicant, helper)
    with acting(applicant.pk):
        paper = dossier.evidence.order_by("pk").first().file_id
    pages = [url("tasks", dossier.pk), url("step", dossier.pk, "identity"), url("file", paper)]
    assert [theirs.get(page).status_code for page in pages] == [200, 200, 200]

    signed_in.post(reverse("dossiers:mandate_revoke", args=[mandate.pk]))

    answers = [theirs.get(page) for page in pages[:2]]
    answers.append(theirs.post(url("step", dossier.pk, "identity"), {"birth_name": "AUTRE"}))
    answers.append(theirs.post(url("declare", dossier.pk), {"sworn": "on"}))
    answers.append(theirs.post(url("evidence_box", dossier.pk, "passport"), {"file": picture()}))
    assert {(one.status_code, one["Location"]) for one in answers} == {
        (302, reverse("helper:home"))
    }
    assert "Ce mandat est terminé" in theirs.get(reverse("helper:home")).text
    assert theirs.get(pages[2]).status_code == 404
    with acting(applicant.pk):
        kept = Dossier.objects.get()
        assert (kept.answers["birth_name"], kept.filed_at) == ("EXEMPLE", None)


def test_a_mandate_to_read_shows_and_refuses_every_act(theirs, applicant, helper):
    dossier = draft(applicant, evidence=True)
    held(applicant, helper, level="read")

    assert theirs.get(url("tasks", dossier.pk)).status_code == 200
    acts = [
        theirs.post(url("step", dossier.pk, "identity"), {"birth_name": "AUTRE"}),
        theirs.post(url("declare", dossier.pk), {"sworn": "on"}),
        theirs.post(url("evidence_box", dossier.pk, "passport"), {"file": picture()}),
    ]

    assert [one.status_code for one in acts] == [403, 403, 403]


def test_a_helper_who_may_not_file_is_refused_the_declaration(theirs, applicant, helper):
    dossier = draft(applicant, evidence=True)
    held(applicant, helper, level="fill")

    assert theirs.get(url("declare", dossier.pk)).status_code == 403
    assert url("declare", dossier.pk) not in theirs.get(url("check", dossier.pk)).text
    sent = theirs.post(
        url("evidence_box", dossier.pk, "passport") + "?", {"file": picture()}, follow=True
    )
    assert sent.status_code == 200


def test_a_helper_begins_a_request_that_the_mandate_covers(theirs, applicant, helper):
    mandate = held(applicant, helper, procedure_code=STUDENT)

    begun = theirs.post(url("start", mandate.pk, STUDENT))
    other = theirs.post(url("start", mandate.pk, "address-change"))

    with acting(applicant.pk):
        dossier = Dossier.objects.get()
    assert begun["Location"] == url("tasks", dossier.pk)
    assert other.status_code == 404


def test_papers_open_for_the_helper_and_leave_a_line(theirs, applicant, helper):
    dossier = filed(applicant)
    clear_papers_of(dossier)
    held(applicant, helper, level="read")
    with acting(applicant.pk):
        paper = dossier.evidence.order_by("pk").first().file_id

    assert theirs.get(url("file", paper)).status_code == 200
    assert theirs.get(url("file_page", paper, 1, 480)).status_code == 200
    assert Client().get(url("file", paper)).status_code == 302
    stranger = Client()
    enter(stranger, UserFactory())
    assert stranger.get(url("file", paper)).status_code == 404
    assert JournalLine.objects.filter(actor_id=helper.pk, dossier_id=dossier.pk).exists()


def test_the_answer_does_not_say_whether_an_account_exists(signed_in, helper):
    page = reverse("dossiers:mandate_give")

    known = signed_in.post(page, told(helper), follow=True)
    unknown = signed_in.post(page, told(helper, email="x@ailleurs.fr"), follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert "L’invitation est envoyée" in known.text
    assert "L’invitation est envoyée" in unknown.text


def test_ones_own_dossiers_alone_may_be_named(signed_in, helper):
    theirs = draft(UserFactory())

    answer = signed_in.post(
        reverse("dossiers:mandate_give"), told(helper, scope=f"dossier:{theirs.pk}")
    )

    assert answer.status_code == 200
    assert not Mandate.objects.exists()


def test_an_organisation_is_made_joined_and_sees_its_mandates_in_one_list(applicant):
    chief, second = UserFactory(), UserFactory()
    browsers = [Client(), Client()]
    for browser, user in zip(browsers, (chief, second), strict=True):
        enter(browser, user)
    made = browsers[0].post(
        reverse("helper:organisation_make"),
        {
            "name": "Association Exemple",
            "kind": "association",
            "registration": "552 100 554",
            "own_name": "Une Présidente",
        },
    )
    assert "pas encore vérifiée" in browsers[0].get(made["Location"]).text
    browsers[0].post(made["Location"], {"email": second.email})
    with acting_for(second):
        invitation = Membership.objects.get()
    home = browsers[1].get(reverse("helper:home"))
    join = reverse("helper:organisation_join", args=[invitation.pk])
    assert join in home.text
    joined = browsers[1].post(join, {"name": "Deux"}, follow=True)
    assert "Association Exemple" in joined.text
    assert browsers[1].post(made["Location"], {"email": "x@exemple.fr"}).status_code == 403


def test_the_list_costs_the_same_for_one_mandate_and_for_many(theirs, helper, applicant):
    filed(applicant)
    held(applicant, helper)
    with CaptureQueriesContext(connection) as one:
        theirs.get(reverse("helper:home"))
    for _ in range(3):
        person = UserFactory()
        filed(person)
        held(person, helper)
    with CaptureQueriesContext(connection) as many:
        assert theirs.get(reverse("helper:home")).status_code == 200

    assert len(many) == len(one)


def test_the_case_page_says_who_acts_and_until_when(at_desk, applicant, helper):
    filed(applicant)
    agent = UserFactory(reviewer=True)
    mandate = held(applicant, helper)
    with acting_for(agent):
        case = Case.objects.get()
    page = reverse("desk:case", args=[case.pk])

    assert "Karim Aide" in at_desk(agent).get(page).text
    revoked(mandate, applicant)
    assert "Karim Aide" not in at_desk(agent).get(page).text


def test_a_member_takes_a_mandate_for_the_organisation(applicant):
    chief = UserFactory()
    office = firm(chief)
    mandate = given(applicant, chief.email, for_organisation=True)
    browser = Client()
    enter(browser, chief)

    taken = browser.post(
        reverse("helper:accept", args=[mandate.pk]),
        {"organisation": str(office.pk), "agreed": "on"},
        follow=True,
    )

    assert "Vous avez accepté ce mandat" in taken.text
    assert "Cabinet Exemple" in taken.text


def test_a_helper_answers_the_prefecture_and_the_review_goes_on(theirs, helper):
    life = Life().completion_asked(days=60)
    held(life.applicant, helper, level="fill")
    pk = life.dossier.pk
    with acting(life.applicant.pk):
        item = CompletionItem.objects.get(dossier=pk)
    assert "Répondre à la préfecture" in theirs.get(reverse("helper:home")).text
    assert url("extend", pk) in theirs.get(url("completion", pk)).text
    late = theirs.post(url("extend", pk), {"reason": "Le consulat est fermé."}, follow=True)
    assert late.status_code == 200

    theirs.post(url("completion_item", pk, item.pk), {item.code: "12AB34567"})
    sent = theirs.post(url("completion", pk), follow=True)

    assert "Votre complément est envoyé" in sent.text
    with acting(life.applicant.pk):
        assert Submission.objects.get(dossier=pk, number=2).typed_by_id == helper.pk
        line = TimelineLine.objects.get(kind="sent_by_mandatary")
    assert line.params["mandatary"] == "Karim Aide"
    assert life.case.state != "completion_requested"
