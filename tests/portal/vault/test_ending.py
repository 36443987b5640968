"""Files end by rule and date, never while held, never more in a day than was said."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.vault import api as vault
from portal.vault import ending, jobs
from portal.vault.models import Keeping, LegalHold, RetentionRule, StoredFile
from tests.factories.accounts import UserFactory
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def applicant():
    return UserFactory()


@pytest.fixture
def worker(as_role):
    with as_role("worker"):
        yield


def receive(applicant, subject_id, **facts):
    return vault.receive(
        samples.upload(samples.pdf(), "Nadia.pdf"),
        subject_id=subject_id,
        applicant_id=applicant.pk,
        **facts,
    )


def kept_since(days, situation="refused", subject_id=None):
    """A dossier in this situation for so many days."""
    subject_id = subject_id or uuid.uuid4()
    with acting(None, scope="system") as act:
        since = clock.legal_day(act.now) - timedelta(days=days)
        vault.keep_from(subject_id, situation, since)
    return subject_id


def rule(days=100, situation="refused", starts_on=date(2026, 1, 1)):
    with acting(None, scope="system"):
        RetentionRule.objects.create(
            situation=situation, days=days, starts_on=starts_on, source="a text"
        )


def due():
    with acting(None, scope="system"):
        return [one.subject_id for one in ending.due(clock.today(), 1000)]


def system(read):
    with acting(None, scope="system"):
        return read()


def test_a_situation_without_a_rule_never_ends(worker):
    kept_since(20_000)

    assert due() == []


def test_the_day_after_the_time_is_over_and_not_before(worker):
    rule(100)
    kept_since(100)
    over = kept_since(101)

    assert due() == [over]


def test_the_rule_in_force_is_the_last_that_began(worker):
    rule(100)
    rule(10, starts_on=date(2026, 6, 1))
    rule(1, starts_on=date(2099, 1, 1))
    over = kept_since(11)
    kept_since(9)

    assert due() == [over]


def test_a_rule_is_never_changed_and_says_its_text(worker):
    rule()

    with pytest.raises(IntegrityError), acting(None, scope="system"):
        RetentionRule.objects.create(
            situation="refused", days=1, starts_on=date(2027, 1, 1), source=""
        )
    with pytest.raises(IntegrityError), acting(None, scope="system"):
        rule(50)


def test_the_end_leaves_tombstones_and_one_line(applicant, worker):
    subject_id = uuid.uuid4()
    files = [receive(applicant, subject_id), receive(applicant, subject_id)]
    letter = vault.store_bytes(
        samples.pdf(),
        "letter.pdf",
        "application/pdf",
        subject_id=subject_id,
        applicant_id=applicant.pk,
        kind="letter",
    )
    other = receive(applicant, uuid.uuid4())
    with acting(applicant.pk):
        vault.grant_access(subject_id, "69", ["reviewer"], "case")

    with acting(None, scope="system"):
        ended = vault.expire(subject_id, vault.Removal.EXPIRED)
        again = vault.expire(subject_id, vault.Removal.EXPIRED)

    assert (ended.files, again.files) == (3, 0)
    for stored in [*files, letter]:
        kept = system(lambda stored=stored: StoredFile.objects.get(pk=stored.pk))
        assert (kept.size, kept.sha256, kept.removed_why, kept.original_name) == (
            stored.size,
            stored.sha256,
            "expired",
            "",
        )
        assert kept.removed_at
        with pytest.raises(vault.StorageDown):
            vault.open_file(stored)
        jobs.delete_objects(file_id=str(stored.pk))
        alias = "letters" if stored.kind == "letter" else "evidence"
        assert not storages[alias].exists(stored.storage_key)
    jobs.destroy_key_objects(subject_id=str(subject_id))
    assert storages["keys"].names_after(f"{subject_id}/") == []
    assert vault.open_file(other)
    lines = system(lambda: list(JournalLine.objects.filter(act="documents.ended")))
    assert [line.facts for line in lines] == [{"why": "expired", "situation": "", "files": 3}]
    with acting(None, prefectures=["69"]):
        assert not vault.AccessGrant.objects.open().exists()


def test_nothing_is_added_to_a_dossier_that_ended(applicant, worker):
    subject_id = uuid.uuid4()
    kept = vault.keep(samples.upload(samples.pdf()), subject_id=subject_id)
    system(lambda: vault.expire(subject_id, vault.Removal.EXPIRED))

    with pytest.raises(DomainRefusal, match="n’existent plus"), acting(applicant.pk):
        vault.register(kept, subject_id=subject_id, applicant_id=applicant.pk)
    with pytest.raises(DomainRefusal):
        receive(applicant, subject_id)


def test_a_dossier_that_never_had_a_file_takes_none_after_its_end(applicant, worker):
    subject_id = uuid.uuid4()
    system(lambda: vault.expire(subject_id, vault.Removal.ORDERED))

    with pytest.raises(DomainRefusal):
        receive(applicant, subject_id)


def test_a_held_dossier_does_not_end_whoever_asks(applicant, worker):
    rule(100)
    subject_id = kept_since(500)
    stored = receive(applicant, subject_id)
    call_command("vault", "hold", str(subject_id), "--reason", "appeal before the court")

    assert due() == []
    with pytest.raises(CommandError, match="retenus"):
        call_command("vault", "destroy", str(subject_id))
    with acting(None, scope="system"):
        assert ending.end_if_due(ending.Due(subject_id, "refused", TODAY, 100)) is None
    with (
        pytest.raises(IntegrityError, match="held"),
        acting(None, scope="system"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "update vault_datakey set destroyed_at = now() where subject_id = %s", [subject_id]
        )
    assert vault.open_file(stored)

    call_command("vault", "release", str(subject_id))
    assert due() == [subject_id]
    call_command("vault", "expire")
    with pytest.raises(vault.StorageDown):
        vault.open_file(stored)


def test_what_has_ended_is_not_held(worker):
    subject_id = uuid.uuid4()
    system(lambda: vault.expire(subject_id, vault.Removal.EXPIRED))

    with pytest.raises(CommandError, match="n’existent plus"):
        call_command("vault", "hold", str(subject_id), "--reason", "too late")


def test_the_ceiling_of_a_day_counts_every_run_of_it(worker, settings):
    settings.VAULT_EXPIRED_A_DAY = 3
    rule(100)
    for days in (500, 400, 300, 200, 150):
        kept_since(days)

    jobs.expire_due()
    jobs.expire_due()

    assert len(due()) == 2
    running = system(lambda: list(Keeping.objects.order_by("since").values_list("expired_at")))
    assert [bool(expired_at) for (expired_at,) in running] == [True] * 3 + [False] * 2


def test_the_next_day_goes_on(worker, settings, move_clock):
    settings.VAULT_EXPIRED_A_DAY = 1
    rule(100)
    kept_since(500), kept_since(400)
    jobs.expire_due()
    assert len(due()) == 1

    move_clock(timedelta(days=1))
    jobs.expire_due()

    assert due() == []


def test_the_kill_switch_stops_the_job_and_the_command_but_not_the_dry_run(
    applicant, worker, settings, capsys
):
    settings.VAULT_EXPIRES = False
    rule(100)
    subject_id = kept_since(500)
    stored = receive(applicant, subject_id)

    jobs.expire_due()
    with pytest.raises(CommandError, match="PORTAL_VAULT_EXPIRES"):
        call_command("vault", "expire")
    call_command("vault", "expire", "--dry-run")

    said = capsys.readouterr().out
    assert f"{subject_id}: 1 files, {stored.size} bytes, would be refused since" in said
    assert vault.open_file(stored)
    assert due() == [subject_id]


def test_a_dry_run_changes_nothing(applicant, worker, capsys):
    subject_id = uuid.uuid4()
    stored = receive(applicant, subject_id)
    before = ProcrastinateJob.objects.count(), system(JournalLine.objects.count)

    call_command("vault", "destroy", str(subject_id), "--dry-run")

    assert f"{subject_id}: 1 files, {stored.size} bytes, would be destroyed" in (
        capsys.readouterr().out
    )
    assert before == (ProcrastinateJob.objects.count(), system(JournalLine.objects.count))
    assert vault.open_file(stored)


def test_a_dossier_that_moved_meanwhile_is_left_alone(worker):
    rule(100)
    subject_id = kept_since(500)
    (one,) = system(lambda: ending.due(clock.today(), 10))
    kept_since(0, subject_id=subject_id)

    assert ending.end_if_due(one) is None


def test_a_living_dossier_runs_nothing_and_an_ended_one_stays_so(worker):
    rule(100)
    subject_id = kept_since(500)
    system(lambda: vault.keep_open(subject_id))
    assert due() == []

    kept_since(500, subject_id=subject_id)
    call_command("vault", "expire")

    with acting(None, scope="system"):
        with pytest.raises(DomainRefusal):
            vault.keep_open(subject_id)
        assert vault.keep_many_from("refused", [(subject_id, TODAY)]) == 0


def test_saying_that_a_dossier_nobody_spoke_of_is_open_writes_nothing(worker):
    system(lambda: vault.keep_open(uuid.uuid4()))

    assert system(Keeping.objects.count) == 0


def test_rules_and_holds_are_written_by_commands(worker, capsys):
    call_command("vault", "rule", "granted", "1827", "--from", "2026-01-01", "--source", "a text")
    with pytest.raises(CommandError, match="already"):
        call_command("vault", "rule", "granted", "5", "--from", "2026-01-01", "--source", "another")
    call_command("vault", "hold", str(uuid.uuid4()), "--reason", "an inquiry")
    call_command("vault", "rules")

    said = capsys.readouterr().out
    assert "granted: 1827 days (a text); 0 dossiers" in said
    assert "closed: no rule: kept without end until one is written (to confirm)" in said
    assert "held: 1" in said
    with pytest.raises(CommandError, match="not held"):
        call_command("vault", "release", str(uuid.uuid4()))


def test_the_web_ends_nothing(applicant):
    with pytest.raises(Exception, match="permission denied"), acting(applicant.pk):
        vault.expire(uuid.uuid4(), vault.Removal.EXPIRED)


def test_a_hold_is_history(worker):
    subject_id = uuid.uuid4()
    system(lambda: ending.hold(subject_id, "an inquiry"))
    assert system(lambda: ending.hold(subject_id, "again")).reason == "an inquiry"

    with pytest.raises(IntegrityError), acting(None, scope="system"):
        LegalHold.objects.update(reason="another")


@pytest.mark.parametrize("name", ["", "another.pdf"])
def test_the_name_of_a_living_file_never_changes_and_a_removed_one_has_none(applicant, name):
    stored = receive(applicant, uuid.uuid4())

    with pytest.raises(IntegrityError, match="never changed"), acting(applicant.pk):
        StoredFile.objects.filter(pk=stored.pk).update(original_name=name)
    with pytest.raises(IntegrityError, match="keeps_no_name"), acting(applicant.pk):
        StoredFile.objects.filter(pk=stored.pk).update(removed_at=clock.now())
