"""Files as the worker leaves them: judged, with their clean copy and page images."""

from unittest import mock

from django.db import connection

from portal.core import clock
from portal.core.door import acting
from portal.vault import antivirus
from portal.vault.enums import ScanState
from portal.vault.judging import jobs as judging_jobs
from portal.vault.models import MachineReading, StoredFile
from tests.factories.accounts import as_worker

NOTHING_FOUND = antivirus.Verdict(ScanState.CLEAN, "27065 2026-11-20")


def judged(stored):
    """The same file once the worker has judged it, and drawn all its pages."""
    run(judging_jobs.judge, file_id=str(stored.pk))
    for first in range(11, stored.pages + 1, 10):
        run(judging_jobs.draw_pages, file_id=str(stored.pk), first=first)
    with acting(stored.applicant_id):
        stored.refresh_from_db()
    return stored


def cleared(stored):
    """The same, by an antivirus that finds nothing."""
    with mock.patch.object(antivirus, "scan", return_value=NOTHING_FOUND):
        return judged(stored)


def clear_papers_of(dossier):
    """Every paper of a dossier, judged and found clean."""
    with acting(dossier.applicant_id):
        papers = list(StoredFile.objects.about(dossier.pk).filter(kind="evidence"))
    return [cleared(paper) for paper in papers]


def run(job, **identifiers):
    """Run a job as the worker does; what it wrote before it failed stays written."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        (before,) = cursor.fetchone()
        cursor.execute("set role portal_worker")
        try:
            job(**identifiers)
        finally:
            if not connection.needs_rollback:
                cursor.execute(f"set role {before}")


def update_as_worker(stored, **facts):
    """Write the columns of a file as the worker's role does, in the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute("set local role portal_worker")
        StoredFile.objects.filter(pk=stored.pk).update(**facts)
        cursor.execute("set local role portal_web")


def bear_a_seal(stored, seal="invalid", why="signature", **facts):
    """What a machine read on a file, as the worker writes it."""
    with as_worker(), acting(None, scope="system"):
        return MachineReading.objects.create(
            file=stored, seal=seal, seal_why=why, read_at=clock.now(), **facts
        )
