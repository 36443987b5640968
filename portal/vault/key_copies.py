"""The nightly look at the store of keys: one living object for each living key, and no other.

A sixteenth of the dossiers each night, so that each is seen twice a month. A copy that a killed
rotation or a lost race left is deleted, once the key's own object has been opened; so is what is
left of a destroyed key. An object of a dossier that the database does not know is set aside: a
database restored from an earlier day would need it.
"""

import contextlib
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from portal.core import clock, door, journal
from portal.vault import keyring, keys, reconciling, storage, stores
from portal.vault.errors import Missing, StorageDown, Unreadable
from portal.vault.models import DataKey, StoredFile

logger = logging.getLogger(__name__)

SLICES = 16


def slice_of(day: date) -> list[str]:
    """How the dossiers of a night begin: sixteen of the 256 first bytes."""
    first = day.toordinal() % SLICES
    return [f"{number:02x}" for number in range(first, 256, SLICES)]


def compare(beginning: str) -> Counter[str]:
    """Compare the keys of the dossiers that begin so with their objects. Raises StorageDown."""
    counts: Counter[str] = Counter()
    seen: set[UUID] = set()
    for folder, names in groupby(_names(beginning), key=lambda name: name.partition("/")[0]):
        subject_id, found = _uuid(folder), list(names)
        if subject_id is None:
            continue
        seen.add(subject_id)
        counts["objects"] += len(found)
        counts += _look_at(subject_id, found)
    for subject_id in _living(beginning) - seen:
        _say_lost(subject_id, "no object")
        counts["lost"] += 1
    return counts


def _look_at(subject_id, names) -> Counter[str]:
    """One dossier: its row locked, so that no rotation writes meanwhile."""
    with door.acting(None, scope="system"):
        row = DataKey.objects.select_for_update(of=("self",)).filter(pk=subject_id).first()
        if row is not None and row.destroyed_at is not None:
            return Counter(deleted=_delete(names))
        if row is not None:
            try:
                keys.read(row.storage_key, subject_id)
            except (Missing, Unreadable) as error:
                if _adopt(row, names):
                    return Counter(adopted=1)
                _say_lost(subject_id, type(error).__name__)
                return Counter(lost=1)
            others = [name for name in names if name != row.storage_key and _is_old(name)]
            return Counter(deleted=_delete(others))
    strays = [name for name in names if _is_old(name)]
    for name in strays:
        reconciling.set_aside(stores.KEYS, name)
    return Counter(strays=len(strays))


def _adopt(row, names) -> bool:
    """Point the row to another object of its dossier that opens its files, if there is one.

    After a database of an earlier day was restored, a rotation of the lost hours is found so.
    """
    files = StoredFile.objects.about(row.subject_id).filter(size__gt=0)
    sealed = next((one for one in files if storage.is_sealed(one.storage_key)), None)
    for name in names:
        with contextlib.suppress(StorageDown):
            key = keys.read(name, row.subject_id)
            if sealed is None or storage.opens_with(
                key,
                sealed.storage_key,
                subject_id=row.subject_id,
                kind=sealed.kind,
                size=sealed.size,
            ):
                row.storage_key, row.generation = name, keyring.generation_of(keys.raw(name))
                row.save(update_fields=["storage_key", "generation"])
                _record("key.adopted", row.subject_id)
                return True
    return False


def _delete(names):
    return sum(stores.delete(stores.KEYS, name) for name in names)


def _say_lost(subject_id, why):
    """A dossier none of whose files opens: the gravest alarm of the vault."""
    logger.error("vault: the key of the dossier %s does not open: %s", subject_id, why)
    with door.acting(None, scope="system"):
        _record("key.trouble", subject_id)


def _record(act, subject_id):
    journal.record(act, subject_type="dossier", subject_id=subject_id, dossier_id=subject_id)


def _names(beginning) -> Iterator[str]:
    for page in stores.pages(stores.KEYS, beginning):
        yield from page


def _living(beginning) -> set[UUID]:
    first, last = (UUID(beginning + digit * 30) for digit in "0f")
    with door.acting(None, scope="system"):
        living = DataKey.objects.filter(pk__gte=first, pk__lte=last, destroyed_at=None)
        return set(living.values_list("pk", flat=True))


def _is_old(name):
    day = name.rpartition("/")[2].partition(".")[0]
    grace = clock.today() - timedelta(days=reconciling.GRACE_DAYS)
    return day <= f"{grace:%Y-%m-%d}"


def _uuid(folder):
    try:
        return UUID(folder)
    except ValueError:
        return None
