"""One question to the foreigners' register: a number and a birth date that must go together.

Only jobs call this. What the register answers is checked word by word before anybody believes it.
"""

import json
import re
import time
from datetime import date
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

SECONDS = 5
"""How long one answer may take, however slowly its bytes come."""
MOST_BYTES = 16_000

_TEXT = re.compile(r"[^\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]{1,200}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTRY = re.compile(r"[A-Z]{2}")
FACTS = {
    "birth_name": _TEXT,
    "usage_name": _TEXT,
    "given_names": _TEXT,
    "sex": re.compile(r"[fmx]"),
    "birth_date": _DAY,
    "birth_city": _TEXT,
    "birth_country": _COUNTRY,
    "nationality": _COUNTRY,
    "title_number": _TEXT,
    "title_starts_on": _DAY,
    "title_ends_on": _DAY,
    "address_line": _TEXT,
    "address_extra": _TEXT,
    "postcode": re.compile(r"\d{5}"),
    "commune": re.compile(r"\d[0-9AB]\d{3}"),
    "foreigner_number": re.compile(r"\d{10}"),
}
"""What the register may say, each in its own form."""


class RegisterUnavailable(Exception):
    """The register did not answer, or not as agreed."""


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the address in the settings and to no other."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_open = build_opener(_NoRedirect).open


def is_offered() -> bool:
    """Whether this installation knows a register to ask."""
    return bool(settings.REGISTER_URL)


def find(foreigner_number: str, birth_date: date) -> dict[str, str] | None:
    """What the register knows of this person; None when number and birth date do not match.

    An unknown number and a birth date that is another's are the same answer. Raises
    RegisterUnavailable, also for an answer that is not as agreed.
    """
    answer = _ask({"foreigner_number": foreigner_number, "birth_date": birth_date.isoformat()})
    if answer.get("found") is False:
        return None
    facts = answer.get("facts")
    if answer.get("found") is not True or not isinstance(facts, dict):
        raise RegisterUnavailable("the register's answer is not as agreed")
    return _checked(facts)


def _checked(facts: dict) -> dict[str, str]:
    """Known facts in their form; one that is not makes the whole answer unbelievable."""
    known = {name: facts[name] for name in FACTS if facts.get(name) not in (None, "")}
    for name, value in known.items():
        if not isinstance(value, str) or not FACTS[name].fullmatch(value):
            raise RegisterUnavailable(f"the register's {name} is not as agreed")
        if FACTS[name] is _DAY:
            _refuse_no_day(value)
    if not known:
        raise RegisterUnavailable("the register found somebody and says nothing")
    return known


def _refuse_no_day(value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise RegisterUnavailable("the register gives a day that does not exist") from error


def _ask(question: dict) -> dict:
    url = urljoin(settings.REGISTER_URL.rstrip("/") + "/", "lookups")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise RegisterUnavailable("the register's address is not http")
    request = Request(  # noqa: S310 -- the scheme is checked above
        url,
        data=json.dumps(question).encode(),
        headers={
            "Authorization": f"Bearer {settings.REGISTER_TOKEN}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
    )
    until = time.monotonic() + SECONDS
    try:
        with _open(request, timeout=SECONDS) as response:
            answer = json.loads(_read(response, until))
    except HTTPError as error:
        raise RegisterUnavailable(f"the register answered {error.code}") from error
    except (URLError, HTTPException, OSError) as error:
        raise RegisterUnavailable("the register does not answer") from error
    except (ValueError, RecursionError) as error:
        raise RegisterUnavailable("the register's answer is not as agreed") from error
    if not isinstance(answer, dict):
        raise RegisterUnavailable("the register's answer is not as agreed")
    return answer


def _read(response: HTTPResponse, until: float) -> bytes:
    """The whole answer, within its time and its size: one that drips does not hold the worker."""
    read = b""
    while piece := response.read1(MOST_BYTES):
        read += piece
        if len(read) > MOST_BYTES or time.monotonic() > until:
            raise RegisterUnavailable("the register's answer is too long")
    return read
