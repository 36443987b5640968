"""Recognising the same address, phone or e-mail in two places without keeping any of them."""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings

from portal.accounts.enums import ContactKind

_FRENCH_PREFIX = re.compile(r"^(?:00|\+)33(?:0)?")
_SHORT_WORDS = {
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "boul": "boulevard",
    "ch": "chemin",
    "imp": "impasse",
    "pl": "place",
    "r": "rue",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
}


def digests(*, emails=(), phones=(), addresses=()) -> dict[str, str]:
    """{digest: kind} of everything given; what is empty is left out.

    An address is a pair (line, postcode). Only this installation can compute a digest, so
    that nobody finds an address again by trying them all.
    """
    values = [
        *((ContactKind.EMAIL, _email(one)) for one in emails),
        *((ContactKind.PHONE, _phone(one)) for one in phones),
        *((ContactKind.ADDRESS, _address(*one)) for one in addresses),
    ]
    return {_digest(kind, value): str(kind) for kind, value in values if value}


def _digest(kind, value) -> str:
    secret = settings.PERSON_KEY
    secret = secret.encode() if isinstance(secret, str) else secret
    # the kind and the prefix keep these digests apart from those that identify a person
    return hmac.new(secret, f"contact|{kind}|{value}".encode(), hashlib.sha256).hexdigest()


def _email(text) -> str:
    return (text or "").strip().lower()


def _phone(text) -> str:
    """Digits alone, a French number always in its national form."""
    kept = re.sub(r"[^\d+]", "", text or "")
    return _FRENCH_PREFIX.sub("0", kept).lstrip("+")


def _address(line, postcode) -> str:
    """Words without accents, case, punctuation or usual short forms; without a line, nothing."""
    words = _plain(line).split()
    if not words or not postcode:
        return ""
    return " ".join(
        [*(_SHORT_WORDS.get(word, word) for word in words), _plain(postcode).replace(" ", "")]
    )


def _plain(text) -> str:
    apart = unicodedata.normalize("NFKD", text or "")
    letters = "".join(one for one in apart if not unicodedata.combining(one)).casefold()
    return " ".join(re.sub(r"[^0-9a-z]+", " ", letters).split())
