"""What ends without its person: staged pieces of uploads that ended, or that nobody continued."""

from datetime import timedelta

from django.core.files.storage import storages

from portal.core import clock
from portal.core.jobs import enqueue, job, opened
from portal.vault import storage
from portal.vault.arrival import services, staging
from portal.vault.arrival.models import OPEN, Upload, UploadChunk
from portal.vault.enums import FileKind

REMEMBERED_FOR = timedelta(days=7)
_SWEPT_DAYS = range(2, 9)
_AT_ONCE = 500


@job("vault.clear_upload", queue="default", system=True, atomic=False)
def clear_upload(*, upload_id, **_later_arguments):
    """Delete the pieces of an upload that has ended. Running it twice deletes them once."""
    with opened():
        pieces = UploadChunk.objects.filter(upload_id=upload_id).exclude(upload__state__in=OPEN)
        staged = list(pieces.values_list("pk", "storage_key"))
    for _pk, key in staged:
        if not staging.discard(key):
            raise storage.StorageDown("a piece was not deleted")
    with opened():
        UploadChunk.objects.filter(pk__in=[pk for pk, _key in staged]).delete()


@job("vault.expire_uploads", queue="default", system=True, atomic=False, cron="11 * * * *")
def expire_uploads(**_later_arguments):
    """End the uploads that nobody continued in a day; forget those that ended a week ago."""
    with opened() as act:
        late = Upload.objects.still_open().filter(expires_at__lte=act.now)
        for upload in late.order_by("expires_at", "pk")[:_AT_ONCE]:
            services.expire(upload, act.now)
    with opened() as act:
        over = Upload.objects.filter(ended_at__lte=act.now - REMEMBERED_FOR)
        for upload in over.filter(chunks=None).order_by("ended_at", "pk")[:_AT_ONCE]:
            upload.delete()
        for upload in over.exclude(chunks=None).order_by("ended_at", "pk").distinct()[:_AT_ONCE]:
            enqueue("vault.clear_upload", upload_id=str(upload.pk))


@job("vault.sweep_staging", queue="default", system=True, atomic=False, cron="23 3 * * *")
def sweep_staging(**_later_arguments):
    """Delete staged pieces of past days that no row names: their request died before its row.

    A fragment under a random key, of an upload that goes on without it: nothing of it is worth
    keeping, and its bytes were never said to be received.
    """
    store = storages[storage.alias_of(FileKind.EVIDENCE)]
    for days in _SWEPT_DAYS:
        folder = f"{staging.FOLDER}/{clock.today() - timedelta(days=days):%Y-%m-%d}"
        try:
            _folders, names = store.listdir(folder)
        except FileNotFoundError:
            continue
        keys = {f"{folder}/{name}" for name in names if name}
        with opened():
            named = UploadChunk.objects.filter(storage_key__in=keys)
            known = set(named.values_list("storage_key", flat=True))
        for key in sorted(keys - known):
            store.delete(key)
