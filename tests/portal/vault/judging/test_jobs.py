"""A file becomes what it is worth, however often its jobs run and whatever dies meanwhile."""

import copy
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from django.http import Http404
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.vault import antivirus, jobs, storage
from portal.vault import api as vault
from portal.vault.enums import ScanState
from portal.vault.judging import apart, cleaning
from portal.vault.judging import jobs as judging_jobs
from portal.vault.models import Rendition, ScanAlarm
from tests import antivirus as other
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.vault import judged, run, update_as_worker
from tests.portal.vault import samples
from tests.portal.vault.test_reading import request_of

pytestmark = pytest.mark.django_db


def received(applicant, data=None, **facts):
    facts = {"subject_id": uuid.uuid4(), "applicant_id": applicant.pk} | facts
    return vault.receive(samples.upload(data or samples.pdf(2)), **facts)


def again(stored):
    with acting(stored.applicant_id):
        stored.refresh_from_db()
        return stored.scan_state


def made_of(stored):
    with acting(stored.applicant_id):
        rows = stored.renditions.order_by("kind", "page", "width")
        return list(rows.values_list("kind", "page", "width"))


def objects():
    store = storages["evidence"]
    return sorted(
        f"{folder}/{day}/{name}"
        for folder in store.listdir("")[0]
        for day in store.listdir(folder)[0]
        for name in store.listdir(f"{folder}/{day}")[1]
    )


def queued(name):
    return ProcrastinateJob.objects.filter(task_name=name, status="todo").count()


ALL_OF_TWO_PAGES = [("copy", 0, 0), *(("page", p, w) for p in (1, 2) for w in (480, 1400))]


def test_a_file_without_an_antivirus_is_drawn_and_said_not_to_be_scanned(applicant):
    stored = judged(received(applicant))

    assert (stored.scan_state, stored.scanned_at) == (ScanState.NOT_SCANNED, None)
    assert made_of(stored) == ALL_OF_TWO_PAGES


def test_a_file_that_the_antivirus_has_seen_is_clean_with_its_moment(applicant, clamd):
    stored = judged(received(applicant))

    assert stored.scan_state == ScanState.CLEAN
    assert stored.scanned_at is not None
    assert stored.signatures.startswith("27065 ")


def test_running_it_twice_makes_nothing_more(applicant, clamd):
    stored = judged(received(applicant))
    before = objects()

    judged(stored)

    assert objects() == before
    assert made_of(stored) == ALL_OF_TWO_PAGES


def test_a_run_that_dies_after_keeping_the_images_leaves_no_object(applicant, monkeypatch):
    stored = received(applicant)
    before = objects()
    monkeypatch.setattr(judging_jobs.verdicts, "settle", _dies)

    with pytest.raises(KeyboardInterrupt):
        judged(stored)

    assert again(stored) == ScanState.SCANNING
    assert objects() == before
    monkeypatch.undo()
    assert judged(stored).scan_state == ScanState.NOT_SCANNED


def _dies(*_said, **_facts):
    raise KeyboardInterrupt


def test_two_runs_at_once_keep_one_set_of_images(applicant, monkeypatch):
    stored = received(applicant)
    keep = judging_jobs.verdicts.keep

    def keep_late(stored, cleaned):
        monkeypatch.setattr(judging_jobs.verdicts, "keep", keep)
        judged(copy.copy(stored))  # the other run, from beginning to end
        return keep(stored, cleaned)

    monkeypatch.setattr(judging_jobs.verdicts, "keep", keep_late)
    judged(stored)

    assert made_of(stored) == ALL_OF_TWO_PAGES
    with acting(applicant.pk):
        rows = set(Rendition.objects.values_list("storage_key", flat=True))
    assert {key for key in objects() if key.startswith(("clean/", "page/"))} >= rows
    assert len([key for key in objects() if key in rows]) == len(rows) == 5


def test_a_long_document_is_drawn_by_several_jobs(applicant):
    stored = received(applicant, samples.pdf(23))
    run(judging_jobs.judge, file_id=str(stored.pk))
    assert queued("vault.draw_pages") == 1

    run(judging_jobs.draw_pages, file_id=str(stored.pk), first=11)
    run(judging_jobs.draw_pages, file_id=str(stored.pk), first=11)
    assert queued("vault.draw_pages") == 2
    run(judging_jobs.draw_pages, file_id=str(stored.pk), first=21)

    assert queued("vault.draw_pages") == 2
    assert len(made_of(stored)) == 1 + 23 * 2


def test_an_infected_file_is_set_aside_and_its_person_told(applicant, clamd):
    stored = judged(received(applicant, samples.pdf() + other.WORM + b"\n%%EOF"))

    assert (stored.scan_state, stored.threat) == (ScanState.INFECTED, "Portal.Worm.UNOFFICIAL")
    assert made_of(stored) == []
    line = JournalLine.objects.get(act="file.refuse")
    assert (line.subject_id, line.facts["state"]) == (str(stored.pk), "infected")


def test_what_a_process_cannot_read_is_unreadable_and_the_worker_lives(applicant, monkeypatch):
    stored = received(applicant)
    monkeypatch.setattr(cleaning, "_PDF_LIMITS", apart.Limits(memory=40 * 1024 * 1024))

    judged(stored)

    assert again(stored) == ScanState.UNREADABLE
    assert made_of(stored) == []
    assert judged(received(applicant, samples.picture())).scan_state == ScanState.NOT_SCANNED


def test_a_file_waits_for_an_antivirus_that_hangs_and_is_clean_when_it_is_back(
    applicant, fake_clamd, real_clamd, settings, move_clock
):
    fake_clamd(other.says_nothing)
    stored = judged(received(applicant))
    assert stored.scan_state == ScanState.NOT_SCANNED
    move_clock(timedelta(minutes=3))

    run(judging_jobs.judge_waiting)
    assert queued("vault.judge") == 1  # the one of the reception: nobody answers yet

    settings.CLAMD_ADDRESS, settings.CLAMD_SECONDS = real_clamd, 20
    run(judging_jobs.judge_waiting)
    assert queued("vault.judge") == 2
    assert judged(stored).scan_state == ScanState.CLEAN
    assert made_of(stored) == ALL_OF_TWO_PAGES


def test_what_a_dead_worker_left_is_taken_up_again(applicant, move_clock):
    stored = received(applicant)
    with acting(None, scope="system"):
        update_as_worker(stored, scan_state=ScanState.SCANNING)
    move_clock(timedelta(minutes=11))

    run(judging_jobs.judge_waiting)

    assert queued("vault.judge") == 2


def test_a_month_later_a_file_is_scanned_again_and_a_new_signature_sets_it_aside(
    applicant, clamd, settings, monkeypatch, move_clock
):
    plain, bad = (judged(received(applicant)) for _file in "ab")
    settings.CLAMD_SIGNATURE_DAYS = 90
    move_clock(timedelta(days=31))
    scan, seen = antivirus.scan, []

    def newer(given):
        seen.append(given)
        infected = antivirus.Verdict(ScanState.INFECTED, "27099 2026-12-28", threat="New.Worm")
        return infected if len(seen) == 1 else scan(given)

    monkeypatch.setattr(antivirus, "scan", newer)
    run(judging_jobs.scan_again)
    run(judging_jobs.scan_again)

    states = sorted([again(plain), again(bad)])
    assert (states, len(seen)) == (["clean", "infected"], 2)


def test_a_night_scans_no_more_than_its_ceiling(applicant, clamd, settings, move_clock):
    files = [judged(received(applicant)) for _file in "abc"]
    before = {stored.pk: stored.scanned_at for stored in files}
    settings.CLAMD_SIGNATURE_DAYS, settings.RESCAN_CEILING = 90, 2
    move_clock(timedelta(days=31))

    run(judging_jobs.scan_again)

    for stored in files:
        again(stored)
    assert sum(stored.scanned_at != before[stored.pk] for stored in files) == 2


def test_an_antivirus_that_is_silent_at_night_leaves_a_clean_file_clean(
    applicant, clamd, settings, move_clock
):
    stored = judged(received(applicant))
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    move_clock(timedelta(days=31))

    run(judging_jobs.scan_again)

    assert again(stored) == ScanState.CLEAN


def test_ten_minutes_of_silence_alarm_once_and_the_alarm_ends(
    applicant, fake_clamd, real_clamd, settings, move_clock
):
    administrator = UserFactory(administrator=True)
    fake_clamd(other.says_nothing)
    stored = judged(received(applicant))
    run(judging_jobs.watch_scans)
    assert not ScanAlarm.objects.exists()
    move_clock(timedelta(minutes=11))

    run(judging_jobs.watch_scans)
    run(judging_jobs.watch_scans)

    alarm = ScanAlarm.objects.get()
    assert (alarm.waiting, alarm.ended_at) == (1, None)
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        ([administrator.email], "L’antivirus ne répond plus")
    ]
    settings.CLAMD_ADDRESS, settings.CLAMD_SECONDS = real_clamd, 20
    judged(stored)
    run(judging_jobs.watch_scans)
    alarm.refresh_from_db()
    assert alarm.ended_at is not None


@pytest.mark.parametrize("kind", ["letter", "card"])
def test_what_the_portal_made_is_clean_and_is_not_judged(applicant, kind):
    stored = vault.store_bytes(
        samples.pdf(),
        "courrier.pdf",
        "application/pdf",
        subject_id=uuid.uuid4(),
        applicant_id=applicant.pk,
        kind=kind,
    )

    assert again(stored) == ScanState.CLEAN
    assert queued("vault.judge") == 0


def test_a_removed_file_is_not_judged_and_its_images_go_with_it(applicant):
    before = objects()
    stored, unseen = judged(received(applicant)), received(applicant)
    with acting(applicant.pk):
        for file in (stored, unseen):
            vault.remove(file)

    for file in (stored, unseen):
        run(judging_jobs.judge, file_id=str(file.pk))
        run(jobs.delete_objects, file_id=str(file.pk))
        run(jobs.delete_objects, file_id=str(file.pk))

    assert objects() == before
    assert made_of(unseen) == []
    again(stored)
    with acting_for(applicant), pytest.raises(Http404):
        vault.serve_page(request_of(applicant), stored, 1)


@pytest.mark.parametrize("change", [{"page": 7}, {"width": 7}, {"kind": "copy"}])
def test_what_was_made_stays_the_page_that_it_is(applicant, change):
    stored = judged(received(applicant))

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        as_worker(),
        acting(None, scope="system"),
    ):
        Rendition.objects.filter(file=stored, page=1).update(**change)


def test_the_store_that_is_down_leaves_the_file_waiting(applicant, monkeypatch):
    stored = received(applicant)
    monkeypatch.setattr(storage, "put", _is_down)

    with pytest.raises(vault.StorageDown):
        judged(stored)

    assert again(stored) == ScanState.SCANNING


def _is_down(*_said, **_facts):
    raise vault.StorageDown("down")
