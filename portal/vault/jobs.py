"""What is done to objects outside a request: previews, deletion, sweeping."""

from datetime import timedelta

from django.core.files.storage import storages

from portal.core import clock
from portal.core.jobs import job, opened
from portal.vault import previews, services, storage
from portal.vault.arrival import jobs as _arrival  # noqa: F401 -- the queue reads this module
from portal.vault.enums import FileKind
from portal.vault.models import StoredFile

_SWEPT_DAYS = range(2, 9)


@job("vault.make_preview", queue="default", system=True, atomic=False)
def make_preview(*, file_id, **_later_arguments):
    """Keep the image of a file's first page. Running it twice keeps one."""
    with opened():
        stored = StoredFile.objects.kept().filter(pk=file_id, preview_key="").first()
    if stored is None:
        return
    try:
        picture = previews.first_page(services.open_file(stored), stored.content_type)
    except previews.NoPreview:
        return  # the reviewer opens the file itself
    key = storage.put(picture, kind=stored.kind, folder="preview")
    with opened():
        kept = StoredFile.objects.kept().filter(pk=file_id, preview_key="").update(preview_key=key)
    if not kept:
        storage.discard(key, kind=stored.kind)


@job("vault.delete_objects", queue="default", system=True, atomic=False)
def delete_objects(*, file_id, **_later_arguments):
    """Delete the bytes of a removed file; deleting them again changes nothing."""
    with opened():
        stored = StoredFile.objects.exclude(removed_at=None).get(pk=file_id)
    keys = [key for key in (stored.storage_key, stored.preview_key) if key]
    for key in keys:
        if not storage.discard(key, kind=stored.kind):
            raise storage.StorageDown("the object was not deleted")


@job("vault.sweep_orphans", queue="default", system=True, atomic=False, cron="17 3 * * *")
def sweep_orphans(**_later_arguments):
    """Delete objects of past days that no row names: their request died before its row."""
    for days in _SWEPT_DAYS:
        day = clock.today() - timedelta(days=days)
        for folder in ("preview", *FileKind.values):
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
            StoredFile.objects.filter(preview_key__in=keys).values_list("preview_key", flat=True)
        )
    for key in sorted(keys - known):
        store.delete(key)
