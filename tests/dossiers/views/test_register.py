"""“Find my information”: asked in a job, read on a page that comes again, never in the way."""

import datetime as dt

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from dossiers import jobs
from dossiers.models import RegisterLookup
from portal.core.door import acting
from tests.factories.dossiers import draft

pytestmark = pytest.mark.django_db
ASKED = {
    "foreigner_number": "99 0000 0001",
    "birth_date_day": "4",
    "birth_date_month": "5",
    "birth_date_year": "1999",
}


@pytest.fixture
def dossier(applicant):
    return draft(applicant)


@pytest.fixture
def url(dossier):
    return reverse("dossiers:register", args=[dossier.pk])


def work(as_role):
    queued = ProcrastinateJob.objects.filter(task_name="dossiers.ask_register")
    with as_role("worker"):
        for line in queued.order_by("id"):
            jobs.ask_register(**line.args)


def test_asked_waited_for_then_read(signed_in, dossier, url, register, as_role, move_clock):
    waiting = signed_in.post(url, ASKED, follow=True)

    assert "Nous lisons le registre" in waiting.text
    assert waiting["Refresh"] == "3"
    assert "Refresh" not in signed_in.get(f"{url}?fixe=1")
    work(as_role)
    assert "Nous lisons le registre" in signed_in.get(url).text
    move_clock(dt.timedelta(seconds=9))
    found = signed_in.get(url)
    assert "Ville-Exemple" in found.text
    assert "Refresh" not in found


def test_all_that_is_wrong_reads_the_same(signed_in, dossier, url, register, as_role, move_clock):
    pages = set()
    for wrong in (
        {"foreigner_number": "9912345678"},
        {"foreigner_number": "pas un numéro"},
        {"birth_date_day": "5"},
    ):
        signed_in.post(url, ASKED | wrong)
        work(as_role)
        move_clock(dt.timedelta(seconds=9))
        page = signed_in.get(url).text.partition("<h1>")[2]
        pages.add(page.partition("<form")[0])

    assert len(pages) == 1
    assert "ne correspondent à personne" in pages.pop()


def test_what_is_missing_is_said_and_nothing_is_asked(signed_in, applicant, url, register):
    refused = signed_in.post(url, {"foreigner_number": ""})

    assert refused.context["form"].errors.keys() == {"foreigner_number", "birth_date"}
    with acting(applicant.pk):
        assert not RegisterLookup.objects.exists()


def test_the_draft_offers_it_where_a_register_is_known(signed_in, dossier, url, settings):
    tasks = reverse("dossiers:tasks", args=[dossier.pk])

    assert url not in signed_in.get(tasks).text
    assert "n’est pas proposée" in signed_in.get(url).text
    assert "n’est pas proposée" in signed_in.post(url, ASKED).text
    settings.REGISTER_URL = "http://127.0.0.1:9/"
    assert url in signed_in.get(tasks).text


def test_a_register_that_is_away_blocks_nothing(signed_in, url, settings, move_clock):
    settings.REGISTER_URL = "http://127.0.0.1:9/"
    signed_in.post(url, ASKED)
    move_clock(dt.timedelta(seconds=70))

    page = signed_in.get(url)

    assert "n’y êtes pour rien" in page.text
    assert "Chercher dans le registre" in page.text
