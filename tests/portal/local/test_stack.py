"""The stack starts what the code needs: no job waits in a queue that nobody serves."""

import os
import socket

import pytest
from procrastinate.contrib.django import app

from portal.local.errors import LocalError
from portal.local.processes import free_port
from portal.local.stack import QUEUES, Ports, Stack


@pytest.fixture
def idle_stack(tmp_path, settings):
    stack = Stack("idle", settings.VAR, "portal_idle", Ports.free())
    yield stack
    for path in stack.folder.glob("*"):
        path.unlink()
    stack.folder.rmdir()


def test_every_queue_of_our_jobs_is_served():
    queues = {task.queue for name, task in app.tasks.items() if "procrastinate" not in name}

    assert queues - {*QUEUES, "issuing"} == set()


def test_environment_holds_one_password_and_nothing_of_ours_by_accident(idle_stack, monkeypatch):
    monkeypatch.setenv("PORTAL_ROLE", "owner")
    monkeypatch.setenv("PORTAL_STRAY", "1")

    environment = idle_stack.environment("web")
    issuer = idle_stack.environment("issuer")

    assert environment["PORTAL_ROLE"] == "web"
    assert "PORTAL_STRAY" not in environment
    assert environment["PORTAL_DB_PASSWORD"] != issuer["PORTAL_DB_PASSWORD"]


def test_keys_are_made_once_and_kept_private(idle_stack):
    first = idle_stack.environment("web")["PORTAL_PERSON_KEY"]
    again = Stack("idle", idle_stack.var, "portal_idle", Ports.free()).environment("web")

    assert again["PORTAL_PERSON_KEY"] == first
    assert os.stat(idle_stack.folder / "keys.json").st_mode & 0o777 == 0o600


def test_taken_port_refuses_the_demonstration():
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        with pytest.raises(LocalError, match=f"Port {port}, meant for web, is taken"):
            Ports(web=port, editing=1, s3=1, mail=1, cards=1, register=1).refuse_taken()


def test_whole_portal_answers(stack):
    assert stack.dead() == []
