"""The nightly comparison: rows without objects raise an alarm, objects without rows are set aside.

Nothing is deleted here but copies of keys that the database says are destroyed or replaced. One
day of one store at a time, page by page, so that the run holds a thousand names at most; the last
days are compared each night, the older ones in turn.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.db.models.functions import Collate

from portal.core import clock, door, journal
from portal.core.jobs import enqueue_many
from portal.vault import alarms, naming, storage, stores
from portal.vault.enums import FileKind
from portal.vault.errors import Missing
from portal.vault.judging import remaking
from portal.vault.models import ComparedDay, QuarantinedObject, StoredFile

# A request or an upload that lasts has written its row by then.
GRACE_DAYS = 2
LAST_DAYS = 8
QUARANTINE = "quarantine"
FOLDERS = ("preview", "clean", "page", *FileKind.values)


def days_to_compare(alias: str) -> list[date]:
    """The last days, then those that were compared the longest ago, up to a number of them."""
    newest = clock.today() - timedelta(days=GRACE_DAYS)
    last = [newest - timedelta(days=back) for back in range(LAST_DAYS)]
    with door.acting(None, scope="system"):
        known = dict(ComparedDay.objects.filter(alias=alias).values_list("day", "compared_at"))
        # The first night begins by the oldest day: the later ones need not look for it.
        begun = min(known) if known else _first_day() or newest
    older = [last[-1] - timedelta(days=back) for back in range(1, (last[-1] - begun).days + 1)]
    older.sort(key=lambda day: (day in known, known.get(day), day))
    return last + older[: settings.VAULT_DAYS_COMPARED]


def _first_day():
    first = StoredFile.objects.aggregate(moment=Min("created_at"))["moment"]
    return clock.legal_day(first) if first else None


def compare(alias: str, day: date) -> ComparedDay:
    """Compare the rows and the objects of one day of a store. Raises StorageDown."""
    counts: Counter[str] = Counter()
    for folder in sorted({*FOLDERS, *stores.folders(alias)} - {QUARANTINE}):
        beginning, after = f"{folder}/{day:%Y-%m-%d}/", ""
        for page in stores.pages(alias, beginning):
            counts["objects"] += len(page)
            counts["missing"] += _note_missing(alias, beginning, after, page)
            counts["strays"] += _set_aside_strays(alias, page)
            after = page[-1]
        counts["missing"] += _note_missing(alias, beginning, after, None)
    with door.acting(None, scope="system") as act:
        compared = ComparedDay(
            alias=alias,
            day=day,
            compared_at=act.now,
            objects_seen=counts["objects"],
            rows_without_object=counts["missing"],
            objects_without_row=counts["strays"],
        )
        ComparedDay.objects.bulk_create(
            [compared],
            update_conflicts=True,
            unique_fields=["alias", "day"],
            update_fields=[
                *("compared_at", "objects_seen"),
                *("rows_without_object", "objects_without_row"),
            ],
        )
    return compared


def finish_moves() -> int:
    """Move what a killed run had decided to set aside; returns how many."""
    with door.acting(None, scope="system"):
        left = list(QuarantinedObject.objects.filter(moved_at=None, released_at=None))
    for line in left:
        _move(line)
    return len(left)


def release(alias: str, name: str) -> bool:
    """Give an object its name back; False when it is not in quarantine. Raises StorageDown."""
    with door.acting(None, scope="system"):
        line = (
            QuarantinedObject.objects.filter(alias=alias, storage_key=name, released_at=None)
            .exclude(moved_at=None)
            .first()
        )
    if line is None:
        return False
    stores.set_aside(alias, f"{QUARANTINE}/{name}", name)
    with door.acting(None, scope="system"):
        line.released_at = clock.now()
        line.save(update_fields=["released_at"])
        _record("object.released", line)
    return True


def set_aside(alias: str, name: str) -> None:
    """Write that an object has no row, then move it out of the way. Twice does it once."""
    with door.acting(None, scope="system"):
        line, made = QuarantinedObject.objects.get_or_create(
            alias=alias, storage_key=name, released_at=None, defaults={"found_at": clock.now()}
        )
        if made:
            _record("object.quarantined", line)
    _move(line)


def _set_aside_strays(alias, page):
    """The objects of a page that no row names; and those of removed files, deleted again."""
    with door.acting(None, scope="system"):
        strays = sorted(set(page) - naming.named(page))
        _delete_again(page)
    for name in strays:
        set_aside(alias, name)
    return len(strays)


def _delete_again(page):
    removed = StoredFile.objects.exclude(removed_at=None).filter(storage_key__in=page)
    lines = [{"file_id": str(pk)} for pk in removed.values_list("pk", flat=True)]
    enqueue_many("vault.delete_objects", lines)


def _move(line):
    aside = f"{QUARANTINE}/{line.storage_key}"
    try:
        stores.set_aside(line.alias, line.storage_key, aside)
    except Missing:
        next(stores.read(line.alias, aside, 0, 1), None)  # a killed run had moved it
    with door.acting(None, scope="system"):
        line.moved_at = clock.now()
        line.save(update_fields=["moved_at"])


def _note_missing(alias, beginning, after, page):
    """Raise the alarm of each file whose object is not there; a list alone proves nothing."""
    missing = 0
    with door.acting(None, scope="system"):
        expected = list(_rows(alias, beginning, after, page[-1] if page else None))
    for name, file_id in expected:
        if page is not None and name in set(page):
            continue
        try:
            next(stores.read(alias, name, 0, 1), None)
        except Missing as error:
            missing += 1
            with door.acting(None, scope="system"), transaction.atomic():
                _note(StoredFile.objects.get(pk=file_id), name, error)
    return missing


def _note(stored, name, error):
    """The alarm of a file's own object; what was made of it is made again."""
    if name == stored.storage_key:
        alarms.note(stored, error)
    else:
        remaking.note(stored, name, error)


def _rows(alias, beginning, after, upto) -> Iterator[tuple[str, str]]:
    """The objects of kept files that should be between two names, each with its file."""
    kinds = [kind for kind in FileKind.values if storage.alias_of(kind) == alias]
    for model, field, path in naming.of_files():
        to_file = f"{path}__" if path else ""
        rows = model.objects.filter(
            **{
                f"{field}__startswith": beginning,
                f"{to_file}removed_at": None,
                f"{to_file}kind__in": kinds,
            }
        ).annotate(name=Collate(field, "C"))
        rows = rows.filter(name__gt=after) if after else rows
        rows = rows.filter(name__lte=upto) if upto else rows
        yield from rows.values_list(field, f"{to_file}pk")


def _record(act, line):
    journal.record(
        act,
        subject_type="stored_object",
        subject_id=line.pk,
        facts={"store": line.alias, "name": line.storage_key},
    )
