"""The master keys, and how they wrap the key of a dossier.

Each wrapping has a key of its own, derived from the master key for one dossier: that one closes a
handful of times at most, so a nonce of 96 random bits never meets itself. What is wrapped is
bound to the dossier and to the generation of the master key.
"""

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from portal.vault.errors import StorageDown, Unreadable

MARK = b"SJKEY\x01"
_GENERATION, _NONCE = 2, 12
_PURPOSE = b"portal.vault key 1 "


class NoMasterKey(StorageDown):
    """The keyring of this process lacks the master key that closed this: the file is whole."""


def newest() -> int:
    """The generation that closes. Raises NoMasterKey in a process without keyring."""
    if not settings.VAULT_KEYS:
        raise NoMasterKey("this process has no master key")
    return max(settings.VAULT_KEYS)


def new_key() -> bytes:
    """A key for one dossier."""
    return AESGCM.generate_key(256)


def wrapped(key: bytes, subject_id: UUID, generation: int) -> bytes:
    """The key of a dossier as it may be kept."""
    nonce = secrets.token_bytes(_NONCE)
    closed = _wrapper(subject_id, generation).encrypt(nonce, key, _bound(subject_id, generation))
    return MARK + generation.to_bytes(_GENERATION) + nonce + closed


def unwrapped(kept: bytes, subject_id: UUID) -> bytes:
    """The key of a dossier. Raises NoMasterKey, or Unreadable when it is not what was kept."""
    mark, rest = kept[: len(MARK)], kept[len(MARK) :]
    generation = generation_of(kept)
    nonce, closed = rest[_GENERATION:][:_NONCE], rest[_GENERATION + _NONCE :]
    if mark != MARK or len(nonce) < _NONCE:
        raise Unreadable("this is no wrapped key")
    try:
        return _wrapper(subject_id, generation).decrypt(
            nonce, closed, _bound(subject_id, generation)
        )
    except InvalidTag as error:
        raise Unreadable("the wrapped key does not open") from error


def generation_of(kept: bytes) -> int:
    """Which master key closed this wrapped key."""
    return int.from_bytes(kept[len(MARK) :][:_GENERATION])


def _wrapper(subject_id, generation):
    master = settings.VAULT_KEYS.get(generation)
    if master is None:
        raise NoMasterKey(f"the keyring has no key of generation {generation}")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE + subject_id.bytes)
    return AESGCM(derived.derive(master))


def _bound(subject_id, generation):
    return MARK + subject_id.bytes + generation.to_bytes(_GENERATION)
