"""A simulated foreigners' register: answers over HTTP about a few people who do not exist."""

import argparse
import hmac
import os
import sys
from collections.abc import Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from portal.local.partner import JsonHandler, Refused, bound, serve_until_stopped
from portal.local.processes import Process

PEOPLE: Mapping[str, Mapping[str, str]] = {
    "9900000001": {
        "birth_name": "EXEMPLE",
        "given_names": "Ada Inventée",
        "sex": "f",
        "birth_date": "1999-05-04",
        "birth_city": "Ville-Exemple",
        "birth_country": "BR",
        "nationality": "BR",
        "title_number": "EXEMPLE0001",
        "title_starts_on": "2026-02-01",
        "title_ends_on": "2027-01-31",
        "address_line": "1 rue de l’Exemple",
        "postcode": "69003",
        "commune": "69383",
    },
    "9900000010": {
        "birth_name": "MODÈLE",
        "usage_name": "MODÈLE-FICTIF",
        "given_names": "Amine Imaginaire",
        "sex": "m",
        "birth_date": "2001-04-12",
        "birth_city": "Ville-Inventée",
        "birth_country": "MA",
        "nationality": "MA",
        "title_number": "EXEMPLE0010",
        "title_starts_on": "2026-03-01",
        "title_ends_on": "2027-02-28",
        "address_line": "3 rue de l’Exemple",
        "postcode": "34000",
        "commune": "34172",
    },
}
"""Invented people, by their invented number; numbers that begin with 99 are given to nobody."""
NOBODY = {"birth_date": "0000-00-00"}


def look_up(people: Mapping[str, Mapping[str, str]], question: Mapping[str, Any]) -> dict[str, Any]:
    """The one answer for an unknown number and for a birth date that is another's.

    Both are found by the same steps: a number that nobody has is compared with nobody's day.
    """
    number, born = question.get("foreigner_number"), question.get("birth_date")
    if not isinstance(number, str) or not isinstance(born, str):
        raise Refused(400, "the number or the birth date is missing")
    person = people.get(number, NOBODY)
    same = hmac.compare_digest(person["birth_date"].encode(), born.encode("utf-8", "replace"))
    if not same or person is NOBODY:
        return {"found": False}
    return {"found": True, "facts": {"foreigner_number": number, **person}}


class Handler(JsonHandler):
    """POST /lookups and GET /health."""

    people: Mapping[str, Mapping[str, str]]
    most_bytes = 2_000

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path != "/lookups":
            raise Refused(404, "unknown address")
        return 200, look_up(self.people, body)

    def log_message(self, *_args: Any) -> None:
        """Nothing is written of who was asked about."""


def make_server(
    port: int, token: str, people: Mapping[str, Mapping[str, str]] = PEOPLE
) -> ThreadingHTTPServer:
    """The HTTP server, bound to loopback, not serving yet."""
    return bound(Handler, port, people=people, token=token)


def process(*, folder: Path, port: int, token: str) -> Process:
    """The register, not started."""
    command = [sys.executable, "-m", "portal.local.register", "--port", str(port)]
    environment = dict(os.environ, PORTAL_REGISTER_TOKEN=token)
    return Process("register", command, folder=folder, environment=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    token = os.environ.get("PORTAL_REGISTER_TOKEN", "")
    serve_until_stopped(lambda: make_server(asked.port, token))


if __name__ == "__main__":
    main()
