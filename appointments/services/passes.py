"""What a person shows at the counter: a signed QR, and a short code to type when it will not scan.

Neither is enough by itself: the agent compares the face, and an appointment is entered once.
"""

import secrets
import struct
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from portal.core.errors import DomainRefusal

PREFIX = "RDV1:"
VERSION = 1
EXPIRES_AFTER = timedelta(hours=2)

# 31 signs that are not taken for one another; 31 is prime, so that one wrong sign or two
# neighbours exchanged always show in the check letter.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
CODE_LENGTH = 8

_BODY = struct.Struct(">BB16sHII")
_CONTEXT = b"portail/rdv/1\0"
_SIGNATURE_BYTES = 64


class UnreadablePass(DomainRefusal):
    """What was scanned or typed was not made by us, or was badly copied."""


class RefusedPass(UnreadablePass):
    """A QR that reads well and is worth nothing: forged, or over."""


@dataclass(frozen=True)
class Pass:
    """What a genuine QR says."""

    scan_id: UUID
    site_id: int
    starts_at: datetime
    expires_at: datetime


def new_code() -> str:
    """Seven random signs and their check letter."""
    body = "".join(secrets.choice(SIGNS) for _sign in range(CODE_LENGTH - 1))
    return body + _check_letter(body)


def read_code(typed: str) -> str:
    """The code as stored. Raises UnreadablePass when it was badly copied."""
    code = "".join(typed.upper().split()).replace("-", "")
    if len(code) != CODE_LENGTH or set(code) - set(SIGNS):
        raise UnreadablePass(_("Ce code est illisible : il compte 8 signes, sans I, O, U, 0 ni 1."))
    if _check_letter(code[:-1]) != code[-1]:
        raise UnreadablePass(_("Un signe de ce code est faux. Tapez-le à nouveau."))
    return code


def _check_letter(body: str) -> str:
    total = sum(place * SIGNS.index(sign) for place, sign in enumerate(body, start=1))
    return SIGNS[total % len(SIGNS)]


def seal(*, scan_id: UUID, site_id: int, starts_at: datetime, ends_at: datetime) -> str:
    """The text of the QR: what it says and our signature of it."""
    body = _BODY.pack(
        VERSION,
        _key_id(),
        scan_id.bytes,
        site_id,
        int(starts_at.timestamp()),
        int((ends_at + EXPIRES_AFTER).timestamp()),
    )
    return PREFIX + b32encode(body + _key().sign(_CONTEXT + body)).decode().rstrip("=")


def read_seal(scanned: str, *, at: datetime) -> Pass:
    """What a QR says. Raises UnreadablePass when badly copied, RefusedPass when forged or over."""
    raw = _decoded(scanned)
    body, signature = raw[: _BODY.size], raw[_BODY.size :]
    version, key_id, scan_id, site_id, starts, expires = _BODY.unpack(body)
    try:
        if version != VERSION:
            raise InvalidSignature
        _public_key_of(key_id).verify(signature, _CONTEXT + body)
    except InvalidSignature:
        raise RefusedPass(
            _("Ce code n’a pas été émis par ce service. Ne recevez pas la personne sur ce papier.")
        ) from None
    seen = Pass(UUID(bytes=scan_id), site_id, _moment(starts), _moment(expires))
    if at > seen.expires_at:
        raise RefusedPass(_("Ce code est périmé : le rendez-vous est passé."))
    return seen


def _decoded(scanned: str) -> bytes:
    text = scanned.strip().upper().removeprefix(PREFIX)
    try:
        raw = b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raw = b""
    # one text for one pass: unused bits at the end must be zero, or many texts would pass
    if len(raw) != _BODY.size + _SIGNATURE_BYTES or b32encode(raw).decode().rstrip("=") != text:
        raise UnreadablePass(
            _("Ce code est illisible. Scannez-le à nouveau ou tapez le code court.")
        )
    return raw


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@cache
def _key_from(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))


def _key() -> Ed25519PrivateKey:
    return _key_from(settings.QR_PRIVATE_KEY)


def public_key() -> str:
    """The key that checks our passes, in hexadecimal: kept among the old ones by its successor."""
    return _raw(_key().public_key()).hex()


def _public_key_of(key_id: int) -> Ed25519PublicKey:
    """The key with this number, in use or kept since the last change. Raises InvalidSignature."""
    kept = (
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(one))
        for one in settings.QR_OLD_PUBLIC_KEYS
    )
    for key in (_key().public_key(), *kept):
        if _number(key) == key_id:
            return key
    raise InvalidSignature


def _key_id() -> int:
    return _number(_key().public_key())


def _number(key: Ed25519PublicKey) -> int:
    return sha256(_raw(key)).digest()[0]


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
