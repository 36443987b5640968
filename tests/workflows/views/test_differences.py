"""What changed since an agent's last look, between any two filings, and what persons stated."""

import pytest
from django.urls import reverse

from dossiers.models import Statement
from dossiers.services.stating import state
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence.models import TimelineLine
from tests.factories.workflows import Life, agent, amended
from workflows.models import CaseReading

pytestmark = pytest.mark.django_db
NEWS = "Changé depuis votre dernière visite"


def url(name, life, *args):
    return reverse(name, args=[life.id, *args])


def stated(life, kind="card_not_given", text="Guichet de Paris, en mars."):
    with acting(life.applicant.pk) as act:
        return state(
            dossier_id=life.dossier.pk,
            applicant=life.applicant,
            kind=kind,
            text=text,
            at=act.now,
        )


def test_an_agent_who_has_read_the_case_sees_what_changed_until_they_say_so(at_desk):
    life = Life()
    browser = at_desk(life.reviewer)
    assert NEWS not in browser.get(url("desk:case", life)).text
    amended(life, address_line="2 rue Neuve")

    for _again in range(2):
        page = browser.get(url("desk:case", life)).text
        assert NEWS in page
        assert "<del><bdi>1 rue de l’Exemple</bdi></del>" in page
        assert "<ins><bdi>2 rue Neuve</bdi></ins>" in page

    for _again in range(2):
        browser.post(url("desk:mark_read", life), {"filing": "2"})
    assert NEWS not in browser.get(url("desk:case", life)).text
    with life.desk():
        assert CaseReading.objects.filter(case=life.id).count() == 1
    assert JournalLine.objects.filter(act="case.changes_read").count() == 2

    amended(life, address_line="3 rue Neuve")
    assert "<del><bdi>2 rue Neuve</bdi></del>" in browser.get(url("desk:case", life)).text


def test_who_comes_for_the_first_time_reads_all_and_no_news(at_desk):
    life = Life()
    amended(life)

    assert NEWS not in at_desk(agent()).get(url("desk:case", life)).text


def test_a_mark_that_no_page_gave_marks_nothing_more_than_was_filed(at_desk):
    life = Life()
    browser = at_desk(life.reviewer)

    for text in ("", "0", "x", "²", "9999", "99999"):
        assert browser.post(url("desk:mark_read", life), {"filing": text}).status_code == 302

    with life.desk():
        assert [one.submission_number for one in CaseReading.objects.all()] == [1]


def test_the_signer_reads_what_changed_since_the_proposal(at_desk):
    life = Life().acknowledged().proposed()
    amended(life, address_line="2 rue Neuve")

    page = at_desk(life.signatory).get(url("desk:sign", life)).text

    assert "Changé depuis la proposition" in page
    assert "2 rue Neuve" in page
    assert "La signature est bloquée" in page


def test_any_two_filings_are_compared_and_the_reading_is_journalled(at_desk):
    life = Life()
    for number in (2, 3):
        amended(life, address_line=f"{number} rue Neuve")
    browser = at_desk(life.reviewer)

    page = browser.get(url("desk:versions", life), {"de": "3", "a": "1"})

    assert [page.context[side].number for side in ("older", "newer")] == [1, 3]
    assert "<ins><bdi>3 rue Neuve</bdi></ins>" in page.text
    assert "Modification par la personne" in page.text
    lines = JournalLine.objects.filter(act="case.read", actor_id=life.reviewer.pk)
    assert [line.facts for line in lines] == [{"filing": 3}]
    assert browser.get(url("desk:versions", life), {"de": "9"}).status_code == 404
    assert at_desk(agent(office="34")).get(url("desk:versions", life)).status_code == 404


def test_the_pages_of_differences_cost_little(at_desk, statements):
    life = Life().acknowledged().proposed()
    amended(life)
    browser = at_desk(life.reviewer)
    for name in ("desk:case", "desk:versions"):
        browser.get(url(name, life))

    with statements(22):
        browser.get(url("desk:case", life))
    with statements(8):
        browser.get(url("desk:versions", life))


def test_a_statement_is_a_task_with_its_outcome_and_stops_nothing(at_desk):
    life = Life()
    made, again = stated(life), stated(life)
    assert made == again
    life.acknowledged()
    browser = at_desk(life.reviewer)
    assert "Attend une réponse" in browser.get(url("desk:case", life)).text
    assert url("desk:case", life) in browser.get(reverse("desk:statements")).text
    assert url("desk:case", life) not in (
        at_desk(agent(office="34")).get(reverse("desk:statements")).text
    )

    page = url("desk:settle_statement", life, made.pk)
    browser = at_desk(life.reviewer)
    assert "Choisissez ce que vous avez trouvé" in browser.post(page, {"note": "Vu."}).text
    answer = {"outcome": "lost_by_us", "note": "Nous en commandons une autre."}
    assert browser.post(page, answer)["Location"] == url("desk:case", life)
    assert browser.get(page)["Location"] == url("desk:case", life)
    assert "déjà été donnée" in browser.post(page, answer | {"outcome": "kept_here"}).text

    with acting(life.applicant.pk):
        kept = Statement.objects.get(pk=made.pk)
        told = TimelineLine.objects.filter(dossier_id=life.dossier.pk)
        kinds = set(told.values_list("kind", flat=True))
    assert (kept.outcome, kept.settled_by_id) == ("lost_by_us", life.reviewer.pk)
    assert {"dossier_statement_card_not_given", "dossier_statement_settled"} <= kinds
    assert JournalLine.objects.get(act="statement.settled").facts == {"outcome": "lost_by_us"}


def test_another_reviewer_does_not_answer_in_the_place_of_who_has_the_case(at_desk):
    life = Life()
    made = stated(life)

    response = at_desk(agent()).get(url("desk:settle_statement", life, made.pk))

    assert response.status_code in (302, 403)
    with life.desk():
        assert Statement.objects.get(pk=made.pk).settled_at is None
