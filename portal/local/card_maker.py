"""A simulated maker of residence cards: takes orders over HTTP, produces each after a while."""

import argparse
import json
import os
import re
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from portal.local.partner import JsonHandler, Refused, bound, serve_until_stopped
from portal.local.processes import Process

FIELDS = (
    "reference",
    "holder_initials",
    "title_code",
    "valid_from",
    "valid_until",
    "deliver_to",
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class OrderBook:
    """The orders on disk: one row per idempotency key, so that a repeated order is the same one."""

    def __init__(self, path: Path, *, delay: float, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self.delay = delay
        self.now = now
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as book:
            book.execute(
                "create table if not exists orders (id text primary key, key text not null unique,"
                " request text not null, card_number text not null unique, taken_at real not null)"
            )
            book.execute("create table if not exists cancellations (key text primary key)")
            book.execute(
                "create table if not exists deliveries (key text primary key, deliver_to text)"
            )

    def place(self, key: str, request: Mapping[str, Any]) -> tuple[bool, dict[str, str]]:
        """Take an order once per key; raises Refused if the key was used for another order."""
        wanted = json.dumps(_checked(request), sort_keys=True)
        with self._open() as book:
            row = (
                f"CM-{secrets.token_hex(6)}",
                key,
                wanted,
                f"SIM{secrets.randbelow(10**7):07d}",
                self.now(),
            )
            taken = book.execute(
                "insert into orders (id, key, request, card_number, taken_at)"
                " values (?, ?, ?, ?, ?) on conflict (key) do nothing",
                row,
            ).rowcount
            found = book.execute("select id, request from orders where key = ?", [key]).fetchone()
            if book.execute("select 1 from cancellations where key = ?", [key]).fetchone():
                raise Refused(409, "this order was cancelled")
        if found[1] != wanted:
            raise Refused(409, "this Idempotency-Key was used for another order")
        return bool(taken), self.status(found[0])

    def cancel(self, key: str) -> dict[str, str]:
        """Make no card under this key, then or later; a card that is made is said to be made."""
        with self._open() as book:
            first = book.execute(
                "insert into cancellations (key) values (?) on conflict (key) do nothing", [key]
            ).rowcount
            found = book.execute("select id, taken_at from orders where key = ?", [key]).fetchone()
            made = bool(first and found and self._is_made(found[1]))
            if made:
                book.execute("delete from cancellations where key = ?", [key])
        if made:
            return self.status(found[0])
        return {"order": found[0] if found else "", "state": "cancelled"}

    def redirect(self, key: str, deliver_to: str) -> dict[str, str]:
        """Deliver a card elsewhere while it is not made; made, it says where it was delivered."""
        with self._open() as book:
            found = book.execute("select id, taken_at from orders where key = ?", [key]).fetchone()
            if not found:
                raise Refused(404, "unknown order")
            if not self._is_made(found[1]):
                book.execute(
                    "insert into deliveries (key, deliver_to) values (?, ?)"
                    " on conflict (key) do update set deliver_to = excluded.deliver_to",
                    [key, deliver_to],
                )
                return {"order": found[0], "state": "redirected", "deliver_to": deliver_to}
        return self.status(found[0])

    def status(self, order: str) -> dict[str, str]:
        """Say where an order stands; raises Refused when it is unknown."""
        with self._open() as book:
            found = book.execute(
                "select card_number, taken_at, cancellations.key,"
                " coalesce(deliver_to, json_extract(request, '$.deliver_to'), '') from orders"
                " left join cancellations using (key) left join deliveries using (key)"
                " where id = ?",
                [order],
            ).fetchone()
        if not found:
            raise Refused(404, "unknown order")
        if found[2]:
            return {"order": order, "state": "cancelled"}
        if not self._is_made(found[1]):
            return {"order": order, "state": "queued"}
        return {
            "order": order,
            "state": "produced",
            "card_number": found[0],
            "deliver_to": found[3],
        }

    def _is_made(self, taken_at: float) -> bool:
        return self.now() - taken_at >= self.delay

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=10)) as book, book:
            yield book


def _checked(request: Mapping[str, Any]) -> dict[str, str]:
    wrong = [name for name in FIELDS if not isinstance(request.get(name), str) or not request[name]]
    wrong += [name for name in request if name not in FIELDS]
    wrong += [
        name
        for name in ("valid_from", "valid_until")
        if name not in wrong and not DAY.fullmatch(request[name])
    ]
    if wrong:
        raise Refused(400, f"missing, unknown or wrong: {', '.join(sorted(set(wrong)))}")
    return {name: request[name] for name in FIELDS}


class Handler(JsonHandler):
    """POST /orders, /cancellations and /deliveries, GET /orders/<id> and /health."""

    book: OrderBook
    most_bytes = 10_000

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        if path == "/health":
            return super().get(path)
        self.check_token()
        found = re.fullmatch(r"/orders/([\w-]+)", path)
        if not found:
            raise Refused(404, "unknown address")
        return 200, self.book.status(found[1])

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "/cancellations":
            if not isinstance(body.get("reference"), str) or not body["reference"]:
                raise Refused(400, "the reference is missing")
            return 200, self.book.cancel(body["reference"])
        if path == "/deliveries":
            reference, office = str(body.get("reference") or ""), str(body.get("deliver_to") or "")
            if not reference or not office:
                raise Refused(400, "the reference or the office is missing")
            return 200, self.book.redirect(reference, office)
        if path != "/orders":
            raise Refused(404, "unknown address")
        key = self.headers.get("Idempotency-Key", "")
        if not key:
            raise Refused(400, "the Idempotency-Key header is missing")
        taken, status = self.book.place(key, body)
        return 201 if taken else 200, status


def make_server(port: int, book: OrderBook, token: str) -> ThreadingHTTPServer:
    """The HTTP server, bound to loopback, not serving yet."""
    return bound(Handler, port, book=book, token=token)


def process(*, folder: Path, port: int, token: str, delay: float = 3.0) -> Process:
    """The card maker, not started; its orders are kept in `folder/cards.sqlite3`."""
    command = [
        sys.executable, "-m", "portal.local.card_maker",
        "--port", str(port), "--orders", str(folder / "cards.sqlite3"),
    ]  # fmt: skip
    environment = dict(
        os.environ, PORTAL_CARD_MAKER_TOKEN=token, PORTAL_CARD_MAKER_DELAY=str(delay)
    )
    return Process("cards", command, folder=folder, environment=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--orders", type=Path, required=True)
    asked = parser.parse_args()
    delay = float(os.environ.get("PORTAL_CARD_MAKER_DELAY", "3"))
    book = OrderBook(asked.orders, delay=delay)
    token = os.environ.get("PORTAL_CARD_MAKER_TOKEN", "")
    serve_until_stopped(lambda: make_server(asked.port, book, token))


if __name__ == "__main__":
    main()
