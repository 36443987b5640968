"""A false alarm ends when two people ask and the antivirus finds nothing; never before."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence.models import TimelineLine
from portal.vault import antivirus
from portal.vault.enums import ScanState
from portal.vault.judging import jobs as judging_jobs
from portal.vault.judging import second_looks
from portal.vault.models import SecondLook
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.dossiers import draft, give
from tests.factories.vault import NOTHING_FOUND, judged, run, update_as_worker

pytestmark = pytest.mark.django_db
VIRUS = antivirus.Verdict(ScanState.INFECTED, "27065 2026-11-20", "Eicar")
SILENT = antivirus.Verdict(ScanState.NOT_SCANNED, reason="down")


@pytest.fixture
def people():
    return [UserFactory(administrator=True) for _one in range(2)]


@pytest.fixture
def says(monkeypatch):
    """What the antivirus says from now on."""
    return lambda verdict: monkeypatch.setattr(antivirus, "scan", lambda _given: verdict)


@pytest.fixture
def infected(applicant, says):
    says(VIRUS)
    paper = give(draft(applicant), applicant, "passport")
    return judged(paper.file)


def again(stored):
    with acting(stored.applicant_id):
        stored.refresh_from_db()
        return stored.scan_state


def ask(stored, person, reason="Faux positif connu."):
    with as_worker(), acting(person.pk, scope="system") as act:
        return second_looks.ask(stored.pk, person, reason, act.now)


def look_twice(stored):
    run(judging_jobs.look_twice, file_id=str(stored.pk))


def test_two_people_and_a_clean_scan_give_the_file_back(infected, people, says):
    says(NOTHING_FOUND)
    ask(infected, people[0])
    look_twice(infected)
    assert again(infected) == ScanState.INFECTED

    ask(infected, people[1])
    assert again(infected) == ScanState.INFECTED
    look_twice(infected)
    look_twice(infected)

    assert again(infected) == ScanState.CLEAN
    with acting(infected.applicant_id):
        assert infected.renditions.filter(kind="copy").count() == 1
        assert TimelineLine.objects.filter(kind="file_cleared").count() == 1
    acts = JournalLine.objects.filter(subject_id=str(infected.pk)).order_by("id")
    told = [line.act for line in acts if line.act.startswith("file.")]
    assert told == ["file.refuse", "file.second_look", "file.second_look", "file.looked_twice"]


def test_one_person_twice_or_somebody_else_is_not_two_people(infected, people):
    ask(infected, people[0])

    for person in (people[0], UserFactory()):
        with pytest.raises(DomainRefusal):
            ask(infected, person)
    with (
        pytest.raises(IntegrityError, match="two_different_people"),
        as_worker(),
        acting(None, scope="system") as act,
    ):
        SecondLook.objects.update(second_by=people[0], second_at=act.now)
    with (
        pytest.raises(IntegrityError, match="two people"),
        transaction.atomic(),
        acting(None, scope="system") as act,
    ):
        update_as_worker(infected, scan_state="clean", threat="", scanned_at=act.now)


def test_while_the_antivirus_is_silent_or_finds_it_still_the_file_stays_hidden(
    infected, people, says
):
    for person in people:
        ask(infected, person)
    says(SILENT)
    with pytest.raises(antivirus.Silent):
        look_twice(infected)
    assert again(infected) == ScanState.INFECTED

    says(VIRUS)
    look_twice(infected)

    assert again(infected) == ScanState.INFECTED
    with as_worker(), acting(None, scope="system"):
        assert SecondLook.objects.get().outcome == "infected"
    ask(infected, people[0])  # it may be asked again


def test_the_monthly_scan_tells_that_a_file_is_no_longer_flagged(
    infected, people, says, move_clock
):
    says(NOTHING_FOUND)
    move_clock(timedelta(days=31))

    run(judging_jobs.scan_again)
    run(judging_jobs.scan_again)

    assert again(infected) == ScanState.INFECTED
    with as_worker(), acting(None, scope="system"):
        assert SecondLook.objects.get().first_by_id is None
    assert sorted(one.to for one in mail.outbox) == sorted([one.email] for one in people)


def test_the_command_lists_and_asks(infected, people, capsys):
    def vault(*said):
        run(lambda: call_command("vault", *said))
        return capsys.readouterr().out

    assert f"{infected.pk} Eicar: set aside" in vault("suspects")
    for person in people:
        said = vault("look-twice", str(infected.pk), "--by", person.email, "--reason", "Connu.")
    assert "asked by two people" in said
    with pytest.raises(CommandError, match="Nobody"):
        vault("look-twice", str(infected.pk), "--by", "nobody@example.org")
