"""A simulated foreigners' register: answers over HTTP about a few people who do not exist."""

import argparse
import hmac
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from portal.local.processes import LOOPBACK, Process

MOST_BYTES = 2_000
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


class Refused(Exception):
    """A question that cannot be answered; the text goes back to the caller."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


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


class Handler(BaseHTTPRequestHandler):
    """POST /lookups and GET /health."""

    people: Mapping[str, Mapping[str, str]]
    token: str

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _get(self, path: str) -> tuple[int, dict[str, Any]]:
        if path == "/health":
            return 200, {"state": "ready"}
        raise Refused(404, "unknown address")

    def _post(self, path: str) -> tuple[int, dict[str, Any]]:
        question = self._body()
        self._check_token()
        if path != "/lookups":
            raise Refused(404, "unknown address")
        return 200, look_up(self.people, question)

    def _check_token(self) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.token or not hmac.compare_digest(given.encode(), self.token.encode()):
            raise Refused(401, "wrong or missing token")

    def _body(self) -> dict[str, Any]:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            raise Refused(411, "Content-Length is missing") from None
        if not 0 <= length <= MOST_BYTES:
            self.close_connection = True
            raise Refused(413, "the question is too long")
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError:
            raise Refused(400, "the question is not JSON") from None
        if not isinstance(body, dict):
            raise Refused(400, "the question is not a JSON object")
        return body

    def _answer(self, act: Callable[[str], tuple[int, dict[str, Any]]]) -> None:
        try:
            status, content = act(re.sub("/+", "/", self.path.partition("?")[0]))
        except Refused as refusal:
            status, content = refusal.status, {"error": str(refusal)}
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        """Nothing is written of who was asked about."""


def make_server(
    port: int, token: str, people: Mapping[str, Mapping[str, str]] = PEOPLE
) -> ThreadingHTTPServer:
    """The HTTP server, bound to loopback, not serving yet."""
    handler = type("BoundHandler", (Handler,), {"people": people, "token": token})
    server = ThreadingHTTPServer((LOOPBACK, port), handler)
    server.daemon_threads = True
    return server


def process(*, folder: Path, port: int, token: str) -> Process:
    """The register, not started."""
    command = [sys.executable, "-m", "portal.local.register", "--port", str(port)]
    environment = dict(os.environ, PORTAL_REGISTER_TOKEN=token)
    return Process("register", command, folder=folder, environment=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    server = make_server(asked.port, os.environ.get("PORTAL_REGISTER_TOKEN", ""))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.shutdown()


if __name__ == "__main__":
    main()
