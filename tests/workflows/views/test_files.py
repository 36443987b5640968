"""The papers of a case: given to its office only, one journal line for each opening."""

import pytest
from django.urls import reverse

from portal.accounts.enums import Role
from portal.core.door import acting
from portal.core.models import JournalLine
from tests.factories.dossiers import filed
from tests.factories.vault import bear_a_seal, clear_papers_of, cleared, judged
from tests.factories.workflows import Life, agent, applicant
from workflows.services import rerouting

pytestmark = pytest.mark.django_db
ADDRESSES = {
    "desk:file": (),
    "desk:page": (1, 1400),
    "desk:copy": (),
}
GIVEN = ["desk:page", "desk:copy"]


@pytest.fixture
def life():
    dossier = filed(applicant())
    with acting(dossier.applicant_id):
        dossier.refresh_from_db()
    return Life(office=dossier.prefecture_code, dossier=dossier)


@pytest.fixture
def paper(life):
    with life.desk():
        given = life.dossier.evidence.select_related("file").order_by("rule_code", "pk")[0]
    return cleared(given.file)


def url_of(name, paper):
    return reverse(name, args=[paper.pk, *ADDRESSES[name]])


def lines_of(person):
    return JournalLine.objects.filter(act="document.read", actor_id=person.pk).count()


@pytest.mark.parametrize("name", GIVEN)
def test_a_paper_is_given_and_each_opening_leaves_a_line(at_desk, life, paper, name):
    browser = at_desk(life.reviewer)

    for _ in range(2):
        assert browser.get(url_of(name, paper)).status_code == 200

    line = JournalLine.objects.filter(act="document.read").order_by("pk").first()
    assert (line.subject_id, line.dossier_id) == (str(paper.pk), life.dossier.pk)
    assert lines_of(life.reviewer) == 2


@pytest.mark.parametrize("name", ADDRESSES)
def test_another_office_gets_nothing_and_leaves_no_reading(at_desk, life, paper, name):
    stranger = agent(office="2A")

    assert at_desk(stranger).get(url_of(name, paper)).status_code == 404
    assert lines_of(stranger) == 0


def test_a_counter_agent_does_not_open_papers(at_desk, life, paper):
    counter = agent(Role.COUNTER_AGENT.value, office=life.office)

    assert at_desk(counter).get(reverse("desk:file", args=[paper.pk])).status_code == 403


def test_the_former_office_gets_nothing_once_the_case_has_left(at_desk, life, paper):
    with life.desk() as act:
        rerouting.reroute(
            case_id=life.id,
            prefecture_code="2A",
            reason="Déménagement.",
            actor=life.reviewer,
            at=act.now,
            seen=life.case.last_step,
        )

    assert at_desk(life.reviewer).get(reverse("desk:file", args=[paper.pk])).status_code == 404
    there = at_desk(agent(office="2A"))
    assert there.get(reverse("desk:file", args=[paper.pk])).status_code == 200


def test_the_case_page_shows_every_paper_in_seventeen_statements(at_desk, life, statements):
    browser = at_desk(life.reviewer)
    clear_papers_of(life.dossier)
    browser.get(reverse("desk:case", args=[life.id]))

    with statements(17):
        page = browser.get(reverse("desk:case", args=[life.id]))

    with life.desk():
        papers = life.dossier.evidence.count()
    assert page.text.count("/pages/1/480/") == papers > 3


def test_the_page_of_a_paper_shows_its_image_in_nine_statements(at_desk, life, paper, statements):
    browser = at_desk(life.reviewer)
    browser.get(url_of("desk:file", paper))

    with statements(9):
        page = browser.get(url_of("desk:file", paper))

    assert reverse("desk:page", args=[paper.pk, 1, 1400]) in page.text
    assert reverse("desk:copy", args=[paper.pk]) in page.text
    assert reverse("desk:case", args=[life.id]) in page.text
    assert lines_of(life.reviewer) == 0


def test_a_page_out_of_the_document_does_not_exist(at_desk, life, paper):
    browser = at_desk(life.reviewer)

    for asked in ("0", "2", "-1", "x", "²", "", "9" * 30):
        assert browser.get(url_of("desk:file", paper), {"page": asked}).status_code == 404


def test_a_paper_that_is_not_scanned_is_looked_at_and_not_taken(at_desk, life):
    with life.desk():
        given = life.dossier.evidence.select_related("file").order_by("rule_code", "pk")[1]
    paper = judged(given.file)
    browser = at_desk(life.reviewer)

    page = browser.get(url_of("desk:file", paper))

    assert "Pas encore analysé par l’antivirus" in page.text
    assert reverse("desk:copy", args=[paper.pk]) not in page.text
    assert browser.get(url_of("desk:page", paper)).status_code == 200
    assert browser.get(url_of("desk:copy", paper)).status_code == 404


@pytest.mark.parametrize(
    ("facts", "words", "badge"),
    [
        (("invalid", "revoked"), "Le certificat du signataire a été révoqué.", "2D-Doc à regarder"),
        (("unverified", "authority"), "rien ne dit qu’il est vrai", "2D-Doc non vérifié"),
    ],
)
def test_the_agent_reads_what_the_code_of_a_paper_says(at_desk, life, paper, facts, words, badge):
    bear_a_seal(paper, *facts)
    browser = at_desk(life.reviewer)

    assert badge in browser.get(reverse("desk:case", args=[life.id])).text
    assert words in browser.get(url_of("desk:file", paper)).text

    lines = JournalLine.objects.filter(act="document.read", subject_id=str(paper.pk))
    assert [line.facts for line in lines] == [{"shown": "machine_reading"}]
