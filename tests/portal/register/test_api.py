"""What is believed of the register's answer, and what is not, whatever comes back."""

import datetime as dt
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from portal.register import api as register

BORN = dt.date(1999, 5, 4)


@pytest.fixture
def answering(settings):
    """A register that answers every question with this status, headers and body."""
    servers = []

    def start(status=200, body=b"", headers=None, drip=0):
        class Answer(BaseHTTPRequestHandler):
            def do_POST(self):
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(drip)

            def log_message(self, *_args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        settings.REGISTER_URL = f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def found(**facts):
    return json.dumps({"found": True, "facts": facts}).encode()


def test_what_is_as_agreed_is_believed_and_the_rest_left_aside(answering):
    answering(body=found(birth_name="EXEMPLE", usage_name="", shoe_size=42))

    assert register.find("9900000001", BORN) == {"birth_name": "EXEMPLE"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"found": "yes"}',
        b'{"found": true, "facts": []}',
        b"[" * 9000,
        b"\xff\xfe",
        found(),
        found(birth_name=["EXEMPLE"]),
        found(birth_name="EX\u202eEMPLE"),
        found(birth_date="1999-02-30"),
        found(commune="ici"),
        b'{"found": false, "x": "' + b"x" * 20_000 + b'"}',
    ],
)
def test_an_answer_that_is_not_as_agreed_is_no_answer(answering, body):
    answering(body=body)

    with pytest.raises(register.RegisterUnavailable):
        register.find("9900000001", BORN)


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_no_other_status_is_an_answer(answering, status):
    answering(status, headers={"Location": "/elsewhere"})

    with pytest.raises(register.RegisterUnavailable, match=str(status)):
        register.find("9900000001", BORN)


def test_an_answer_that_drips_is_given_up(answering, monkeypatch):
    monkeypatch.setattr(register, "SECONDS", 0.3)
    answering(body=b'{"found": false}' + b" " * 100, drip=0.05)

    with pytest.raises(register.RegisterUnavailable, match="too long"):
        register.find("9900000001", BORN)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/"])
def test_nobody_there_or_no_http_is_no_answer(settings, url):
    settings.REGISTER_URL = url

    with pytest.raises(register.RegisterUnavailable):
        register.find("9900000001", BORN)
