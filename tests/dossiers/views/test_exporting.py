"""Everything back: the copy holds all of it, proves it, and is its person's alone."""

import datetime as dt
import hashlib
import io
import json
import subprocess
import zipfile

import pikepdf
import pytest
from django.core.files.storage import storages
from django.db import IntegrityError
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from dossiers import jobs
from dossiers.models import Dossier, Export
from dossiers.services import exporting
from portal.core import archives
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence import jobs as correspondence_jobs
from portal.correspondence.models import Letter, OutgoingMail
from portal.vault import api as vault
from portal.vault import ending, stores
from portal.vault import jobs as vault_jobs
from portal.vault.models import StoredFile
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.dossiers import draft, file_now, give, picture
from tests.factories.mandates import held
from tests.factories.vault import run, update_as_worker

pytestmark = pytest.mark.django_db


def url(dossier, name="export"):
    return reverse(f"dossiers:{name}", args=[dossier.pk])


def make():
    """Run what was asked for, as the worker does."""
    waiting = ProcrastinateJob.objects.filter(task_name="dossiers.make_export", status="todo")
    for line in waiting.order_by("id"):
        with as_worker():
            jobs.make_export(**line.args)


def taken(client, dossier):
    """The archive that the person gets."""
    answer = client.get(url(dossier, "export_file"))
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


def copied(client, dossier):
    """Asked for, made, taken."""
    assert client.post(url(dossier, "export_ask")).status_code == 302
    make()
    return taken(client, dossier)


def exports(person):
    with acting(person.pk):
        return list(Export.objects.select_related("file").order_by("asked_at"))


@pytest.fixture
def dossier(applicant):
    """Filed, with its receipt, and a name of file that would lie."""
    begun = draft(applicant, evidence=True)
    give(begun, applicant, "passport", picture("relevé\u202egpj.exe\u200b.jpg"))
    file_now(begun, applicant)
    with acting(applicant.pk):
        letter = Letter.objects.get()
        found = Dossier.objects.get(pk=begun.pk)
    run(correspondence_jobs.render_letter, letter_id=str(letter.pk))
    return found


def test_the_copy_holds_everything_and_its_sums_are_accepted(
    signed_in, applicant, dossier, tmp_path
):
    archive = copied(signed_in, dossier)

    names = archive.namelist()
    archive.extractall(tmp_path)
    checked = subprocess.run(
        ["/usr/bin/sha256sum", "--strict", "-c", "SHA256SUMS"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == len(names) - 1
    version = json.loads(archive.read("réponses/dépôt 1.json"))
    assert version["dossier"] == dossier.number
    assert version["answers"] == dossier.answers
    assert version["sworn_text"] == dossier.procedure.sworn_statement.fr
    with acting(applicant.pk):
        kept = StoredFile.objects.about(dossier.pk).exclude(kind="export")
        originals = {one.sha256: one for one in kept}
        whole = [vault.open_file(one) for one in originals.values()]
    given = {
        hashlib.sha256(archive.read(name)).hexdigest()
        for name in names
        if name.startswith(("documents/", "courriers/"))
    }
    assert given == set(originals)
    assert {hashlib.sha256(data).hexdigest() for data in whole} == given
    assert dossier.number in archive.read("chronologie.txt").decode()
    assert "Tous vos documents sont dans la copie" in archive.read("LISEZ-MOI.txt").decode()
    with pikepdf.open(io.BytesIO(archive.read("résumé.pdf"))) as pdf:
        assert str(pdf.docinfo["/Title"]).startswith("Résumé de votre dossier")
    assert not any("\u202e" in name or "\u200b" in name or ".." in name for name in names)
    assert [line.act for line in lines(applicant)] == [
        "export.asked",
        "export.made",
        "export.taken",
    ]
    with acting(applicant.pk):
        assert (
            OutgoingMail.objects.filter(subject="La copie de votre dossier est prête").count() == 1
        )


def lines(person):
    with acting(person.pk):
        found = JournalLine.objects.filter(act__startswith="export.", actor_id=person.pk)
        return list(found.order_by("id"))


def test_a_draft_is_given_back_with_what_was_not_understood(signed_in, applicant):
    begun = draft(applicant)
    with acting(applicant.pk):
        Dossier.objects.filter(pk=begun.pk).update(raw_answers={"birth_date": {"": "l’été"}})

    said = json.loads(copied(signed_in, begun).read("réponses/brouillon.json"))

    assert said["answers"] == begun.answers
    assert said["not_understood"] == {"birth_date": {"": "l’été"}}


def test_what_is_not_given_back_is_named_with_the_reason(signed_in, applicant):
    begun = draft(applicant)
    infected = give(begun, applicant, "passport", picture("un.jpg")).file
    lost = give(begun, applicant, "passport", picture("deux.jpg", (1, 2, 3))).file
    cut = give(begun, applicant, "passport", picture("trois.jpg", (3, 2, 1))).file
    whole = give(begun, applicant, "passport", picture("quatre.jpg", (9, 9, 9))).file
    with acting(applicant.pk):
        for state, facts in (("scanning", {}), ("infected", {"threat": "Eicar"})):
            update_as_worker(infected, scan_state=state, **facts)
    stores.delete("evidence", lost.storage_key)
    with open(storages["evidence"].path(cut.storage_key), "r+b") as kept:
        kept.truncate(200)

    archive = copied(signed_in, begun)

    told = archive.read("LISEZ-MOI.txt").decode()
    papers = [name for name in archive.namelist() if name.startswith("documents/")]
    assert len(papers) == 1
    assert hashlib.sha256(archive.read(papers[0])).hexdigest() == whole.sha256
    assert "un.jpg : Ce fichier contient un virus" in told
    assert "deux.jpg : Ce fichier n’a pas pu être relu" in told
    assert "trois.jpg : Ce fichier n’a pas pu être relu" in told


def test_asking_twice_asks_once_and_a_new_copy_replaces_the_old(signed_in, applicant, dossier):
    for _tab in range(2):
        signed_in.post(url(dossier, "export_ask"))
    assert ProcrastinateJob.objects.filter(task_name="dossiers.make_export").count() == 1
    waiting = signed_in.get(url(dossier))
    assert waiting["Refresh"] == "4"
    assert "Copie en préparation" in waiting.text
    assert "Refresh" not in signed_in.get(url(dossier) + "?fixe=1")
    for _killed_then_run_again in range(2):
        make()
    first = taken(signed_in, dossier)

    copied(signed_in, dossier)

    old, new = exports(applicant)
    assert (old.state, new.state) == ("replaced", "ready")
    assert old.file.removed_why == "withdrawn"
    assert first.namelist()
    for _more in range(exporting.MOST_A_DAY):
        signed_in.post(url(dossier, "export_ask"))
        make()
    assert len(exports(applicant)) == exporting.MOST_A_DAY
    assert (
        "plusieurs copies depuis hier"
        in signed_in.post(url(dossier, "export_ask"), follow=True).text
    )


def test_a_worker_killed_before_the_row_leaves_nothing_to_take_and_runs_again(
    signed_in, applicant, dossier, monkeypatch
):
    signed_in.post(url(dossier, "export_ask"))

    class Killed(BaseException):
        """As a process that ends."""

    def die(*_args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "_put_in_place", die)
        with pytest.raises(Killed):
            make()
    assert signed_in.get(url(dossier, "export_file")).status_code == 302
    make()

    assert taken(signed_in, dossier).testzip() is None
    assert [one.state for one in exports(applicant)] == ["ready"]


def test_a_store_that_is_down_is_tried_again_and_one_whose_key_went_says_no(
    signed_in, applicant, dossier, monkeypatch, as_role
):
    signed_in.post(url(dossier, "export_ask"))

    def down(*_args, **_options):
        raise vault.StorageDown("silent")

    with monkeypatch.context() as patch:
        patch.setattr(vault, "open_range", down)
        with pytest.raises(vault.StorageDown):
            make()
    assert exports(applicant)[0].state == "making"
    with as_role("worker"), acting(None, scope="system"):
        ending.expire(dossier.pk, "ordered")

    make()

    assert exports(applicant)[0].state == "failed"
    assert "La copie n’a pas pu être faite" in signed_in.get(url(dossier)).text


def test_the_copy_ends_after_seven_days(signed_in, applicant, dossier, move_clock):
    copied(signed_in, dossier)
    move_clock(dt.timedelta(days=7, minutes=1))

    # refused before any job has run
    assert signed_in.get(url(dossier, "export_file")).status_code == 302
    assert "Demander la copie" in signed_in.get(url(dossier)).text
    run(vault_jobs.end_passing)

    (export,) = exports(applicant)
    assert export.file.removed_why == "expired"
    with acting(applicant.pk):
        assert StoredFile.objects.about(dossier.pk).exists()


def test_nobody_else_gets_it_even_by_the_address_of_files(
    signed_in, client, applicant, dossier, at_desk
):
    copied(signed_in, dossier)
    file = exports(applicant)[0].file
    agent = UserFactory(prefecture="34", reviewer=True)
    other = UserFactory()
    enter(client, other)

    assert client.get(url(dossier, "export_file")).status_code == 404
    assert client.post(url(dossier, "export_ask")).status_code == 404
    desk = at_desk(agent)
    assert desk.get(reverse("desk:file", args=[file.pk])).status_code == 404
    assert desk.get(url(dossier, "export_file")).status_code in {302, 403}
    assert not vault.may_read(file, agent)
    with acting(None, prefectures=["34"]):
        assert not StoredFile.objects.filter(pk=file.pk).exists()
        assert not Export.objects.exists()

    held(applicant, other, level="read")
    assert client.get(reverse("mandated:file", args=[file.pk])).status_code == 404


def test_the_copy_goes_with_no_office_and_a_second_making_is_refused(
    signed_in, applicant, dossier, as_role
):
    copied(signed_in, dossier)
    file = exports(applicant)[0].file

    with as_role("worker"), acting(None, scope="system"):
        vault.set_prefecture(dossier.pk, "34")
        file.refresh_from_db()
        assert file.prefecture_code is None
    with pytest.raises(IntegrityError, match="belongs_to_no_office"), acting(applicant.pk):
        StoredFile.objects.filter(pk=file.pk).update(prefecture_code="34")
    signed_in.post(url(dossier, "export_ask"))
    with pytest.raises(IntegrityError, match="copied_once_at_a_time"), acting(applicant.pk):
        Export.objects.create(dossier=dossier, applicant=applicant, language="fr")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "-..-etc-passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("..", "document"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("a\nb\x00c.pdf", "a bc.pdf"),
        ("وثيقة.pdf", "وثيقة.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("C:\\a|b.pdf", "C--a-b.pdf"),
    ],
)
def test_a_part_of_a_name_leads_nowhere_and_hides_nothing(name, safe):
    assert archives.safe_part(name) == safe
