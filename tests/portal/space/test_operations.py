"""Pages of those who keep the portal running and of those who check it."""

import uuid

import pytest
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core import clock, door, jobs, journal
from portal.core.models import JournalLine
from portal.vault import api as vault
from portal.vault.models import RetentionRule
from tests.factories.accounts import UserFactory


@pytest.fixture
def enter(client, db):
    """Sign in at the agents' door."""

    def sign_in(**facts):
        user = UserFactory(**facts)
        client.post(
            reverse("desk:sign_in"), {"email": user.email, "password": "un mot de passe de test"}
        )
        return client

    return sign_in


def enqueue_a_job():
    with door.acting(None):
        number = jobs.enqueue("core.retry", job_id=0)
    return number


def test_operator_sees_failed_jobs_and_tries_again(enter, as_role):
    browser = enter(administrator=True)
    number = enqueue_a_job()
    with as_role("worker"), connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_jobs set status = 'failed', attempts = 3 where id = %s", [number]
        )

    page = browser.get(reverse("desk:jobs"))
    answer = browser.post(reverse("desk:retry_job", args=[number]))

    assert "core.retry" in page.content.decode()
    assert answer.status_code == 302
    assert ProcrastinateJob.objects.filter(task_name="core.retry", args__job_id=number).exists()


def test_operator_without_trouble_is_told_so(enter):
    page = enter(administrator=True).get(reverse("desk:jobs"))

    assert "Aucune tâche en difficulté" in page.content.decode()


def test_what_is_kept_without_end_is_said_until_a_rule_is_written(enter, as_role):
    browser = enter(administrator=True)

    before = browser.get(reverse("desk:jobs")).content.decode()
    with as_role("worker"), door.acting(None, scope="system") as act:
        for situation in vault.Situation.values:
            if vault.days_kept(situation, clock.legal_day(act.now)) is None:
                RetentionRule.objects.create(
                    situation=situation, days=1827, starts_on="2026-01-01", source="Arrêté du …"
                )
    after = browser.get(reverse("desk:jobs")).content.decode()

    assert "Des fichiers sont gardés sans fin" in before
    assert "Demande refusée" in before
    assert "sans fin" not in after


def test_auditor_lands_on_the_journal_and_leaves_a_line(enter):
    browser = enter(auditor=True)

    page = browser.get(reverse("desk:journal"))

    assert page.status_code == 200
    assert JournalLine.objects.filter(act="journal.read").count() == 1


def test_auditor_reads_one_dossiers_lines_page_after_page(enter):
    dossier = uuid.uuid4()
    with door.acting(3, prefectures=["34"]):
        for _ in range(103):
            journal.record("x.y", subject_type="dossier", subject_id=dossier, dossier_id=dossier)
    browser = enter(auditor=True)

    first = browser.get(reverse("desk:journal"), {"dossier": str(dossier)})
    older = browser.get(
        reverse("desk:journal"), {"dossier": str(dossier), "before": first.context["before"]}
    )

    assert (len(first.context["lines"]), len(older.context["lines"])) == (100, 3)
    assert first.context["broken_at"] is None


@pytest.mark.parametrize("typed", ["x", "'", "\u202e", "9" * 200, "a\x00b"])
def test_any_search_gets_an_answer(enter, typed):
    page = enter(auditor=True).get(reverse("desk:journal"), {"dossier": typed, "before": "9" * 30})

    assert page.status_code == 200


@pytest.mark.parametrize("name", ["desk:jobs", "desk:journal", "desk:suspects"])
@pytest.mark.parametrize("facts", [{"reviewer": True}, {"supervisor": True}, {"editor": True}])
def test_others_are_refused(enter, name, facts):
    answer = enter(**facts).get(reverse(name))

    assert answer.status_code in (302, 403)
