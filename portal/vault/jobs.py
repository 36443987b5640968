"""What is done to objects outside a request: judging, deletion, sweeping."""

from datetime import timedelta

from django.core.files.storage import storages

from portal.core import clock
from portal.core.jobs import job, opened
from portal.vault import storage
from portal.vault.enums import FileKind
from portal.vault.judging import jobs as judging_jobs
from portal.vault.models import Rendition, StoredFile

# The queue finds the jobs of a room in this module alone.
__all__ = ["delete_objects", "judging_jobs", "sweep_orphans"]

_SWEPT_DAYS = range(2, 9)


@job("vault.delete_objects", queue="default", system=True, atomic=False)
def delete_objects(*, file_id, **_later_arguments):
    """Delete the bytes of a removed file; deleting them again changes nothing."""
    with opened():
        stored = StoredFile.objects.exclude(removed_at=None).get(pk=file_id)
        made = list(stored.renditions.values_list("storage_key", flat=True).order_by("pk"))
    for key in (stored.storage_key, *made):
        if not storage.discard(key, kind=stored.kind):
            raise storage.StorageDown("the object was not deleted")


@job("vault.sweep_orphans", queue="default", system=True, atomic=False, cron="17 3 * * *")
def sweep_orphans(**_later_arguments):
    """Delete objects of past days that no row names: their request died before its row."""
    for days in _SWEPT_DAYS:
        day = clock.today() - timedelta(days=days)
        for folder in ("clean", "page", *FileKind.values):
            for alias in storage.ALIASES:
                _sweep(alias, f"{folder}/{day:%Y-%m-%d}")


def _sweep(alias, folder):
    store = storages[alias]
    try:
        _folders, names = store.listdir(folder)
    except FileNotFoundError:
        return
    keys = {f"{folder}/{name}" for name in names if name}
    if not keys:
        return
    with opened():
        known = set(
            StoredFile.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True)
        )
        known |= set(
            Rendition.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True)
        )
    for key in sorted(keys - known):
        store.delete(key)
