"""Files as the worker leaves them: judged, with their clean copy and page images."""

from django.db import connection

from portal.core.door import acting
from portal.vault.jobs import judging_jobs


def judged(stored):
    """The same file once the worker has judged it, and drawn all its pages."""
    as_worker(judging_jobs.judge, file_id=str(stored.pk))
    for first in range(11, stored.pages + 1, 10):
        as_worker(judging_jobs.draw_pages, file_id=str(stored.pk), first=first)
    with acting(stored.applicant_id):
        stored.refresh_from_db()
    return stored


def as_worker(job, **identifiers):
    """Run a job as the worker does."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        (before,) = cursor.fetchone()
        cursor.execute("set role portal_worker")
        try:
            job(**identifiers)
        finally:
            if not connection.needs_rollback:
                cursor.execute(f"set role {before}")
