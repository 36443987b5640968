"""A 2D-Doc: the bars that an administration or a company signs and prints on a document.

Nothing of the content is looked at before the signature is right, the signer certified by an
authority that the configuration names, on the day of the signature, and not revoked since. What
is wrong in any way is refused by one exception: a code is believed whole or not at all.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from portal.vault.enums import SealState
from portal.vault.judging import trusted
from portal.vault.judging.seal_fields import ALWAYS, FIELDS

# All fields of the largest kind of document make 713 characters.
LONGEST = 1600
_BEGINNING = re.compile(rb"DC0[1-4]")
_HEADER = re.compile(
    r"DC(?P<version>0[1-4])(?P<authority>[A-Z]{2}[A-Z0-9]{2})(?P<signer>[A-Z0-9]{4})"
    r"(?P<issued>[0-9A-F]{4})(?P<signed>[0-9A-F]{4})(?P<kind>[0-9A-Z]{2})"
)
# The kinds and fields that we know are those of one perimeter.
_PERIMETERS, _PERIMETER, _COUNTRY = re.compile("[0-9]{2}"), "01", re.compile("[A-Z]{2}")
_GROUP, _RECORD, _UNIT = "\x1d", "\x1e", "\x1f"
_DAY_ZERO, _NO_DAY = date(2000, 1, 1), "FFFF"
_HASHES = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
_BROKEN = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion)


class Refused(Exception):
    """The code is not believed; the argument says why in one word."""


class Unknown(Exception):
    """Nothing can be said of the signature; the argument says why in one word."""


@dataclass(frozen=True)
class Seal:
    """What is kept of a code: no name, no address, no number."""

    state: str
    kind: str = ""
    issued_on: date | None = None
    by: str = ""
    why: str = ""


@dataclass(frozen=True)
class _Code:
    authority: str
    signer: str
    kind: str
    issued_on: date | None
    signed_on: date
    signed: bytes
    content: str
    signature: bytes


def is_seal(code: bytes) -> bool:
    """Whether these bytes begin as a 2D-Doc: bills also bear the codes of the post."""
    return bool(_BEGINNING.match(code))


def read(code: bytes, today: date) -> Seal:
    """What a code says, and how far it is believed. Raises nothing, whatever the bytes."""
    said = None
    try:
        said = _parted(code, today)
        by = _verified(said, today)
        _read_content(said)
    except Unknown as why:
        kept = (said.kind, said.issued_on) if said else ()
        return Seal(SealState.UNVERIFIED, *kept, why=str(why))
    except Refused as why:
        return Seal(SealState.INVALID, why=str(why))
    return Seal(SealState.VERIFIED, said.kind, said.issued_on, by=by)


def _parted(code, today) -> _Code:
    """The parts of a code, of which the first alone is read."""
    if len(code) > LONGEST or not code.isascii():
        raise Refused("form")
    text = code.decode("ascii")
    signed, unit, signature = text.partition(_UNIT)
    header = _HEADER.match(signed)
    if header is None or not unit:
        raise Refused("form")
    end = header.end() + _length_of_rest(header["version"], signed[header.end() :])
    signed_on, issued_on = _day(header["signed"]), _day(header["issued"])
    if signed_on is None or signed_on > today or (issued_on or today) > today:
        raise Refused("form")
    return _Code(
        authority=header["authority"],
        signer=header["signer"],
        kind=header["kind"],
        issued_on=issued_on,
        signed_on=signed_on,
        signed=signed.encode(),
        content=signed[end:],
        signature=_bytes_of(signature),
    )


def _length_of_rest(version, rest):
    """What the header of a later version adds: a perimeter, then a country."""
    if version < "03":
        return 0
    if not _PERIMETERS.match(rest) or (version > "03" and not _COUNTRY.match(rest[2:])):
        raise Refused("form")
    if rest[:2] != _PERIMETER:
        raise Unknown("perimeter")
    return 2 if version == "03" else 4


def _day(written):
    return None if written == _NO_DAY else _DAY_ZERO + timedelta(days=int(written, 16))


def _bytes_of(written):
    """The signature, written in the one way that gives these bytes."""
    bare = written.rstrip("=")
    try:
        data = base64.b32decode(bare + "=" * (-len(bare) % 8))
    except binascii.Error as error:
        raise Refused("form") from error
    padded = base64.b32encode(data).decode()
    if written not in {padded, padded.rstrip("=")}:
        raise Refused("form")
    return data


def _verified(said, today) -> str:
    """Who signed. Raises Unknown or Refused."""
    try:
        authority = trusted.authority(said.authority)
        signer = trusted.signer(said.authority, said.signer) if authority else None
    except ValueError as error:
        raise Unknown("certificate") from error
    if authority is None or signer is None:
        raise Unknown("signer" if authority else "authority")
    try:
        _check_chain(authority.certificate, signer, said)
        _check_signature(signer.public_key(), said)
        _check_not_revoked(authority, signer, today)
    except _BROKEN as error:
        raise Refused("signature") from error
    return f"{_name(signer, NameOID.ORGANIZATION_NAME) or said.signer} ({said.authority})"[:80]


def _check_chain(certificate, signer, said):
    if not _may_certify(certificate) or _may_certify(signer):
        raise Refused("chain")
    if _name(signer, NameOID.COMMON_NAME) != said.signer or not _may_sign(signer):
        raise Refused("signer")
    signer.verify_directly_issued_by(certificate)
    for one in (certificate, signer):
        first, last = one.not_valid_before_utc.date(), one.not_valid_after_utc.date()
        if not first <= said.signed_on <= last:
            raise Refused("expired")


def _check_signature(key, said):
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.key_size not in _HASHES:
        raise Refused("signature")
    half = (key.key_size + 7) // 8
    if len(said.signature) != 2 * half:
        raise Refused("signature")
    r, s = (int.from_bytes(part) for part in (said.signature[:half], said.signature[half:]))
    key.verify(encode_dss_signature(r, s), said.signed, ec.ECDSA(_HASHES[key.key_size]))


def _check_not_revoked(authority, signer, today):
    """A revoked signer is believed for no day: who has its key writes the day that they like."""
    listed = authority.revoked
    if listed is None:
        return
    key = authority.certificate.public_key()
    if listed.issuer != authority.certificate.subject or not listed.is_signature_valid(key):
        raise Unknown("revocations")
    if listed.get_revoked_certificate_by_serial_number(signer.serial_number) is not None:
        raise Refused("revoked")
    until = listed.next_update_utc
    if until is None or until < datetime.combine(today, time.min, UTC):
        raise Unknown("revocations")


def _may_certify(certificate):
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _may_sign(certificate):
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _name(certificate, kind):
    found = certificate.subject.get_attributes_for_oid(kind)
    return str(found[0].value) if found else ""


def _read_content(said) -> None:
    """Refuse a content that is not written as it should be; nothing of it is kept."""
    found: set[str] = set()
    left = said.content
    while left:
        name, left = left[:2], left[2:]
        field = FIELDS.get(name)
        if field is None or name in found:
            raise Refused("content")
        found.add(name)
        value, left = _value(field, left)
        if len(value) < field.least or not field.alphabet.fullmatch(value):
            raise Refused("content")
    if not found or not found >= ALWAYS.get(said.kind, frozenset()):
        raise Refused("content")


def _value(field, left):
    """A value and what follows it: a short one ends by a separator, unless it is the last one."""
    if field.is_fixed:
        return left[: field.most], left[field.most :]
    places = (place for place, sign in enumerate(left) if sign in (_GROUP, _RECORD))
    end = next(places, len(left))
    if field.most is not None and end > field.most:
        return left[: field.most], left[field.most :]
    return left[:end], left[end + 1 :]
