"""What the simulated partners share: a small server of JSON on loopback, behind a token."""

import hmac
import json
import re
import signal
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from portal.local.processes import LOOPBACK


class Refused(Exception):
    """A request that is not carried out; the text goes back to the caller."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class JsonHandler(BaseHTTPRequestHandler):
    """Reads and answers JSON; a partner says what GET and POST do (`get`, `post`)."""

    token: str
    most_bytes: int

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and content for a path; here, whether the server is up. Raises Refused."""
        if path == "/health":
            return 200, {"state": "ready"}
        raise Refused(404, "unknown address")

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The same for what was sent, once the token is right. Raises Refused."""
        raise Refused(404, "unknown address")

    def do_GET(self) -> None:
        self._answer(self.get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def check_token(self) -> None:
        """Raise Refused without the token of this partner."""
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.token or not hmac.compare_digest(given.encode(), self.token.encode()):
            raise Refused(401, "wrong or missing token")

    def _post(self, path: str) -> tuple[int, dict[str, Any]]:
        body = self._body()
        self.check_token()
        return self.post(path, body)

    def _body(self) -> dict[str, Any]:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            raise Refused(411, "Content-Length is missing") from None
        if not 0 <= length <= self.most_bytes:
            self.close_connection = True
            raise Refused(413, "the request is too long")
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError:
            raise Refused(400, "the request is not JSON") from None
        if not isinstance(body, dict):
            raise Refused(400, "the request is not a JSON object")
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


def bound(handler: type[JsonHandler], port: int, **facts: Any) -> ThreadingHTTPServer:
    """A server on loopback whose handler knows these facts, not serving yet."""
    server = ThreadingHTTPServer((LOOPBACK, port), type("BoundHandler", (handler,), facts))
    server.daemon_threads = True
    return server


def serve_until_stopped(make: Callable[[], ThreadingHTTPServer]) -> None:
    """Serve until a signal ends the process; signals wait from before the server is made."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    server = make()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.shutdown()
