"""Before a request begins: the right procedure, the right channel, the days and the price."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from dossiers.catalogue.channels import Channel
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.text import Text
from dossiers.models import Dossier
from dossiers.queries import channels
from dossiers.services.filing import FilingRefused
from portal.core import clock
from portal.core.door import acting
from tests.factories.dossiers import STUDENT, draft, file_now

pytestmark = pytest.mark.django_db
START = reverse("dossiers:start", args=[STUDENT])
WHERE = Text(fr="Allez à l’accueil.", en="Go to the counter.", ar="اذهبوا إلى الاستقبال.")


@pytest.fixture
def law(monkeypatch):
    """The channels of the student renewal, as a test has them."""

    def say(*rows):
        changed = replace(catalogue()[STUDENT], channels=rows)
        monkeypatch.setattr(channels, "catalogue", lambda: {STUDENT: changed})

    return say


def counter(**facts):
    facts = {"confidence": "sourced", "since": dt.date(2024, 1, 1)} | facts
    return Channel(channel="counter", legal=("un arrêté",), where=WHERE, **facts)


def drafts_of(person):
    with acting(person.pk):
        return Dossier.objects.of_applicant(person).count()


def test_a_confirmed_channel_refuses_a_start_and_says_where_to_go(law, signed_in, applicant):
    law(counter())

    shown = signed_in.get(START)
    refused = signed_in.post(START)

    for page in (shown, refused):
        assert "Allez à l’accueil." in page.text
        assert "un arrêté" in page.text
        assert "Commencer ma demande" not in page.text
    assert drafts_of(applicant) == 0


def test_an_unconfirmed_channel_informs_and_refuses_nothing(law, signed_in, applicant):
    law(counter(since=None))

    assert "à confirmer</h" in signed_in.get(START).text
    assert signed_in.post(START).status_code == 302
    assert drafts_of(applicant) == 1


def test_the_channel_is_that_of_where_the_person_lives(law, signed_in, applicant):
    law(Channel(channel="online", confidence="sourced"), counter(territories=("977",)))

    assert "Allez à l’accueil." not in signed_in.get(START).text
    assert "Allez à l’accueil." in signed_in.get(START, {"departement": "977"}).text
    assert signed_in.post(f"{START}?departement=977").status_code == 200
    assert signed_in.post(f"{START}?departement=69").status_code == 302
    assert drafts_of(applicant) == 1


def test_a_channel_that_changed_is_said_before_filing_and_nothing_is_lost(
    law, signed_in, applicant
):
    dossier = draft(applicant, evidence=True)
    before = dict(dossier.answers)
    law(counter())

    check = signed_in.get(reverse("dossiers:check", args=[dossier.pk]))
    tasks = signed_in.get(reverse("dossiers:tasks", args=[dossier.pk]))
    with pytest.raises(FilingRefused, match="Allez à l’accueil"):
        file_now(dossier, applicant)

    for page in (check, tasks):
        assert "Allez à l’accueil." in page.text
        assert "Vos réponses et vos pièces sont gardées." in page.text
    with acting(applicant.pk):
        kept = Dossier.objects.get(pk=dossier.pk)
    assert (kept.answers, kept.filed_at) == (before, None)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (90, "Vous êtes dans les délais."),
        (300, "Vous pourrez déposer votre demande à partir du"),
        (10, "180 euros (CESEDA L.436-5)"),
    ],
)
def test_the_start_page_says_the_days_of_the_case_and_what_lateness_costs(signed_in, days, words):
    ends_on = clock.today() + dt.timedelta(days=days)
    said = {"date_day": ends_on.day, "date_month": ends_on.month, "date_year": ends_on.year}

    shown = signed_in.get(START, said)

    assert words in shown.text
    assert "Commencer ma demande" in shown.text


def test_what_lateness_costs_is_said_on_the_pages_of_the_draft(signed_in, applicant):
    ends_on = clock.today() + dt.timedelta(days=10)
    dossier = draft(applicant, evidence=True, title_ends_on=ends_on.isoformat())

    for name in ("tasks", "check"):
        shown = signed_in.get(reverse(f"dossiers:{name}", args=[dossier.pk])).text
        assert "180 euros (CESEDA L.436-5)" in shown


def test_the_finder_asks_one_question_a_page_and_ends_with_the_procedure(client):
    first = client.get(reverse("orientation"))
    unanswered = client.get(reverse("orientation"), {"suite": "document"})
    second = client.get(reverse("orientation"), {"document": "visa", "suite": "document"})
    road = {"document": "visa", "visa": "ending", "after-visa": "student"}
    found = client.get(reverse("orientation"), road)

    assert "Quel document avez-vous" in first.text
    assert "Choisissez une réponse." in unanswered.text
    assert "Choisissez une réponse." not in second.text
    assert 'name="document" value="visa"' in second.text
    assert found.context["case"]["facts"].code == STUDENT
    assert START in found.text
    assert "75 euros au total" in found.text
    assert "Entre le 120e et le 60e jour" in found.text
    assert f"{reverse('orientation')}?document=visa" in found.text


def test_the_finder_says_where_to_go_when_it_is_not_here(client):
    shown = client.get(reverse("orientation"), {"document": "none", "without": "asylum"})

    assert "structure de premier accueil" in shown.text
    assert "À confirmer" in shown.text


def test_the_finder_keeps_nothing_and_bears_noise(client):
    shown = client.get(reverse("orientation"), {"document": "\x00", "departement": "zz"})

    assert shown.status_code == 200
    assert set(shown.cookies) <= {"csrftoken"}
