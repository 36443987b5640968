"""A false alarm ends when two people ask and the antivirus finds nothing; never before."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

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
    with acting(person.pk, scope="operations") as act:
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


def test_the_command_lists_and_asks_for_nobody(infected, people, capsys):
    ask(infected, people[0])

    run(lambda: call_command("vault", "suspects"))

    assert f"{infected.pk} Eicar: asked by one person" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("vault", "look-twice", str(infected.pk))


@pytest.mark.parametrize(
    ("asks", "why"),
    [
        (lambda me, other, at: {"first_by": other, "first_at": at, "reason": "x"}, "own name"),
        (lambda me, other, at: {"ended_at": at, "outcome": "clean"}, "the worker alone"),
    ],
)
def test_the_web_asks_under_the_name_of_who_acts_alone(infected, people, asks, why):
    me, other = people
    with acting(me.pk, scope="operations") as act:
        said = {"file_id": infected.pk, "opened_at": act.now, "threat": "x"}
        said |= asks(me, other, act.now)

        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            SecondLook.objects.create(**said)


def test_the_web_asks_for_an_infected_file_alone_and_only_from_the_page(applicant, people, says):
    says(NOTHING_FOUND)
    clean = judged(give(draft(applicant), applicant, "passport").file)

    with pytest.raises(DomainRefusal, match="mis à l’écart"):
        ask(clean, people[0])
    with (
        pytest.raises(IntegrityError, match="not set aside"),
        acting(people[0].pk, scope="operations") as act,
    ):
        SecondLook.objects.create(file_id=clean.pk, opened_at=act.now, threat="x")
    with acting(people[0].pk):
        assert not SecondLook.objects.exists()


def test_two_administrators_ask_on_the_page(infected, people, at_desk):
    url = reverse("desk:suspects")
    said = {"file": str(infected.pk), "reason": "Faux positif connu.", "confirmed": "on"}

    unconfirmed = at_desk(people[0]).post(url, said | {"confirmed": ""})
    first = at_desk(people[0]).post(url, said, follow=True)
    again_by_first = at_desk(people[0]).post(url, said)
    seen_by_second = at_desk(people[1]).get(url, {"fichier": str(infected.pk)})
    second = at_desk(people[1]).post(url, said | {"reason": ""}, follow=True)

    assert "Cochez la case" in unconfirmed.content.decode()
    assert "Une deuxième personne doit la faire aussi" in first.content.decode()
    assert "Une deuxième personne doit le demander aussi" in again_by_first.content.decode()
    page = seen_by_second.content.decode()
    assert "Faux positif connu." in page
    assert "Eicar" in page
    assert "piece.jpg" not in page
    assert f'value="{infected.pk}"' in page
    assert "La nouvelle analyse est demandée" in second.content.decode()
    lines = JournalLine.objects.filter(act="file.second_look", subject_id=str(infected.pk))
    assert [line.actor_id for line in lines.order_by("id")] == [one.pk for one in people]
    assert ProcrastinateJob.objects.filter(
        task_name="vault.look_twice", args__file_id=str(infected.pk)
    ).exists()


def test_who_asked_is_never_replaced(infected, people):
    look = ask(infected, people[0])

    with acting(people[1].pk, scope="operations") as act:
        mine = {"first_by": people[1], "first_at": act.now, "reason": "Moi."}
        with pytest.raises(IntegrityError, match="asked already"), transaction.atomic():
            SecondLook.objects.filter(pk=look.pk).update(**mine)
