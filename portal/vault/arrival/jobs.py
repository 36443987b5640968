"""What ends without its person: staged pieces of uploads that ended, or that nobody continued."""

from datetime import timedelta

from portal.core.jobs import enqueue, job, opened
from portal.vault import storage
from portal.vault.arrival import services, staging
from portal.vault.arrival.models import OPEN, Upload, UploadChunk

REMEMBERED_FOR = timedelta(days=7)
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
