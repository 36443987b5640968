"""The key of each dossier: made at its first file, kept wrapped in a store of its own, destroyed.

Nothing is remembered from one call to the next: a key that was destroyed opens nothing more from
that moment. The objects of a dossier's key share a folder, so that all of them can be destroyed.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from portal.core import clock
from portal.vault import keyring, stores
from portal.vault.errors import KeyDestroyed, Missing, Unreadable

_WRAPPED_AT_MOST = 1024


@dataclass(frozen=True)
class Kept:
    """What the database says of a dossier's key."""

    generation: int
    storage_key: str
    is_destroyed: bool


def for_writing(subject_id: UUID) -> bytes:
    """The key that closes a new file of this dossier; made now if it is the first one.

    Raises KeyDestroyed, Unreadable or StorageDown.
    """
    found = _find(subject_id)
    return _made(subject_id) if found is None else _opened(found, subject_id)


def for_reading(subject_id: UUID) -> bytes:
    """The key that opens the files of this dossier. Raises KeyDestroyed, Missing, Unreadable."""
    found = _find(subject_id)
    if found is None:
        raise Missing("this dossier never had a key")
    return _opened(found, subject_id)


def folder_of(subject_id: UUID) -> str:
    """Where the objects of a dossier's key are."""
    return f"{subject_id}"


def written(key: bytes, subject_id: UUID, generation: int) -> str:
    """Keep a key, wrapped, under a new name, and open it again. Raises StorageDown."""
    # The day says how old what no row names is.
    name = f"{folder_of(subject_id)}/{clock.today():%Y-%m-%d}.{secrets.token_hex(20)}"
    stores.write(stores.KEYS, name, [keyring.wrapped(key, subject_id, generation)])
    try:
        if read(name, subject_id) != key:
            raise Unreadable("another key came back")
    except BaseException:
        stores.delete(stores.KEYS, name)
        raise
    return name


def read(name: str, subject_id: UUID) -> bytes:
    """The key that an object wraps. Raises Missing, Unreadable or StorageDown."""
    return keyring.unwrapped(raw(name), subject_id)


def raw(name: str) -> bytes:
    """An object of the store of keys as it is. Raises Missing or StorageDown."""
    return b"".join(stores.read(stores.KEYS, name, 0, _WRAPPED_AT_MOST))


def _made(subject_id):
    """A new key, unless another upload made one meanwhile: then that one."""
    key, generation = keyring.new_key(), keyring.newest()
    name = written(key, subject_id, generation)
    kept = False
    try:
        kept = _ask("select vault_keep_key(%s, %s, %s)", subject_id, generation, name)[0][0]
    finally:
        if not kept:
            stores.delete(stores.KEYS, name)
    return key if kept else for_reading(subject_id)


def _opened(found, subject_id):
    if found.is_destroyed:
        raise KeyDestroyed("the key of this dossier was destroyed")
    try:
        return read(found.storage_key, subject_id)
    except Missing:
        # A rotation may have pointed the row elsewhere since it was read.
        again = _find(subject_id)
        if again is None or again == found:
            raise
        return _opened(again, subject_id)


def _find(subject_id):
    rows = _ask(
        "select generation, storage_key, is_destroyed from vault_key_of(%s)",
        subject_id,
    )
    return Kept(*rows[0]) if rows else None


def _ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
