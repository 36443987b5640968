"""Wrapping the dossiers' keys again when another master key takes over. No file is touched.

One dossier at a time, its row locked: the new object is written and opened, then the row points
to it, then the former object goes. Killed between any two of these, the row points to an object
that opens; what is left over is deleted by the next night (`reconciling`). Two at once wait for
each other at the row, and the second finds nothing to do.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count

from portal.core import door
from portal.vault import keyring, keys, stores
from portal.vault.errors import StorageDown
from portal.vault.models import DataKey

BATCH = 500


def rewrap_all() -> Iterator[tuple[UUID, StorageDown | None]]:
    """Wrap again every key that an older master key wraps; each with what went wrong, if anything.

    What was done stays done: another run goes on where this one was stopped.
    """
    newest, after = keyring.newest(), None
    while batch := _batch(newest, after):
        for subject_id in batch:
            try:
                rewrap(subject_id)
            except StorageDown as error:
                yield subject_id, error
            else:
                yield subject_id, None
        after = batch[-1]


def rewrap(subject_id: UUID) -> bool:
    """Wrap one dossier's key with the newest master key; False when there is nothing to do.

    Raises Missing, Unreadable or StorageDown, and changes nothing then.
    """
    newest = keyring.newest()
    with door.acting(None, scope="system"):
        row = (
            DataKey.objects.select_for_update(of=("self",))
            .filter(subject_id=subject_id, destroyed_at=None, generation__lt=newest)
            .first()
        )
        if row is None:
            return False
        former = row.storage_key
        row.storage_key = keys.written(keys.read(former, subject_id), subject_id, newest)
        row.generation = newest
        row.save(update_fields=["storage_key", "generation"])
    stores.delete(stores.KEYS, former)
    return True


def by_generation() -> dict[int, int]:
    """How many living keys each master key wraps: at none, it may leave the keyring."""
    with door.acting(None, scope="system"):
        counted = (
            DataKey.objects.filter(destroyed_at=None)
            .values_list("generation")
            .annotate(Count("subject_id"))
            .order_by("generation")
        )
        return dict(counted)


def _batch(newest, after):
    with door.acting(None, scope="system"):
        left = DataKey.objects.filter(destroyed_at=None, generation__lt=newest)
        if after is not None:
            left = left.filter(subject_id__gt=after)
        return list(left.order_by("subject_id").values_list("subject_id", flat=True)[:BATCH])
