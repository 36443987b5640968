"""Whose seals are believed: the authorities that the configuration names, and their files.

`PORTAL_SEAL_AUTHORITIES` names them ("FR03,FR06"), `PORTAL_SEAL_FOLDER` holds for each its
certificate `FR03.pem`, those of its signers `FR03_ABC1.pem`, and its revocation list `FR03.crl` if
it is to be looked at. Nothing is fetched; an authority that is not named is not believed.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from django.conf import settings

logger = logging.getLogger(__name__)
_LARGEST = 8 * 1024 * 1024


@dataclass(frozen=True)
class Authority:
    """One that is believed, and what it took back, where its list is there."""

    certificate: x509.Certificate
    revoked: x509.CertificateRevocationList | None = None


def authority(name: str) -> Authority | None:
    """The authority of this name; None unless it is named and its certificate is there."""
    if name not in settings.SEAL_AUTHORITIES:
        return None
    certificate = _certificate(name)
    if certificate is None:
        logger.error("vault: the certificate of the seal authority %s is not there", name)
        return None
    return Authority(certificate, _revoked(name))


def signer(authority_name: str, name: str) -> x509.Certificate | None:
    """The certificate of one of its signers; None when it is not there."""
    return _certificate(f"{authority_name}_{name}")


def _certificate(stem):
    data = _file(f"{stem}.pem")
    return x509.load_pem_x509_certificate(data) if data is not None else None


def _revoked(name):
    data = _file(f"{name}.crl")
    if data is None:
        return None
    pem = data.startswith(b"-----BEGIN")
    return x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data)


def _file(name):
    """What is in a file of the folder; None when it is not there. Names hold letters and digits."""
    path = Path(settings.SEAL_FOLDER) / name
    if not settings.SEAL_FOLDER or not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(_LARGEST)
