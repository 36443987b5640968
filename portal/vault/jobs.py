"""What is done to objects outside a request: judging, deletion, comparison, end."""

from datetime import date
from uuid import UUID

from django.conf import settings

from portal.core import clock
from portal.core.jobs import enqueue, enqueue_many, job, opened
from portal.vault import (
    alarms,
    ending,
    key_copies,
    naming,
    reconciling,
    services,
    storage,
)
from portal.vault.arrival import jobs as _arrival_jobs  # noqa: F401 -- found in this module alone
from portal.vault.judging import jobs as _judging_jobs  # noqa: F401 -- found in this module alone
from portal.vault.judging import marks
from portal.vault.models import StoredFile


@job("vault.delete_objects", queue="default", system=True, atomic=False)
def delete_objects(*, file_id, **_later_arguments):
    """Delete the bytes of a removed file; deleting them again changes nothing."""
    with opened():
        stored = StoredFile.objects.exclude(removed_at=None).get(pk=file_id)
        keys = naming.objects_of(stored)
        marks.forget(stored)
    for key in keys:
        if not storage.discard(key, kind=stored.kind):
            raise storage.StorageDown("the object was not deleted")


@job("vault.look_again", queue="default", system=True, atomic=False, attempts=4)
def look_again(*, file_id, **_later_arguments):
    """Read a file that was in trouble: whole, its alarm ends; else this job fails and is seen."""
    with opened():
        stored = StoredFile.objects.kept().filter(pk=file_id).first()
    if stored is None:
        return
    services.open_file(stored)
    with opened():
        alarms.end(stored)


@job("vault.reconcile", queue="default", system=True, cron="17 3 * * *")
def reconcile(**_later_arguments):
    """Every night: one job for each day of each store to compare, and for a share of the keys."""
    enqueue("vault.finish_moves")
    for alias in storage.ALIASES:
        days = reconciling.days_to_compare(alias)
        enqueue_many("vault.compare_day", [{"alias": alias, "day": f"{day}"} for day in days])
    beginnings = key_copies.slice_of(clock.today())
    enqueue_many("vault.compare_keys", [{"beginning": one} for one in beginnings])


@job("vault.finish_moves", queue="default", system=True, atomic=False)
def finish_moves(**_later_arguments):
    """Go on with what a killed run was setting aside."""
    reconciling.finish_moves()


@job("vault.compare_day", queue="default", system=True, atomic=False)
def compare_day(*, alias, day, **_later_arguments):
    """Compare the rows and the objects of one day. Running it twice finds nothing more."""
    reconciling.compare(alias, date.fromisoformat(day))


@job("vault.compare_keys", queue="default", system=True, atomic=False)
def compare_keys(*, beginning, **_later_arguments):
    """Compare a share of the keys with their objects. Running it twice finds nothing more."""
    key_copies.compare(beginning)


@job("vault.destroy_key_objects", queue="default", system=True, atomic=False)
def destroy_key_objects(*, subject_id, **_later_arguments):
    """Delete the objects of a destroyed key; deleting them again changes nothing."""
    ending.destroy_key_objects(UUID(subject_id))


@job("vault.end_passing", queue="default", system=True, cron="9 * * * *")
def end_passing(**_later_arguments):
    """Every hour: end the copies whose own time is over."""
    ending.end_passing(clock.now())


@job("vault.expire_due", queue="default", system=True, atomic=False, cron="47 3 * * *")
def expire_due(**_later_arguments):
    """Every night: end the files whose time is over, up to the day's ceiling, unless stopped."""
    if not settings.VAULT_EXPIRES:
        return
    with opened():
        today = clock.today()
        over = ending.due(today, ending.left_today(today))
    for one in over:
        ending.end_if_due(one)
