"""A process that opens a stranger's file may use little, sees no network and dies alone."""

import os
import time

import pytest

from portal.vault.judging import apart

PROGRAMS = {
    "hungry": "data = bytearray(900 * 1024 * 1024)",
    "endless": "while True: pass",
    "sleeping": "import time; time.sleep(600)",
    "crashing": "import os; os.abort()",
    "talkative": "import sys\nwhile True: sys.stdout.buffer.write(bytes(1024 * 1024))",
    "silent": "",
    "lying": 'from answering import answer\nimport sys\nsys.stdout.write(\'{"outcome": "x", '
    '"facts": {}, "parts": [{"size": 99999999}]}\\n\')',
    "babbling": "print('{]')",
}
PARENT = """
import os, subprocess, sys, time
from answering import answer
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(600)
"""
CALLING = """
import socket
from answering import answer
try:
    socket.create_connection(("127.0.0.1", int(__import__("sys").argv[1])), timeout=2)
except OSError:
    answer("no network")
else:
    answer("connected")
"""
LIMITS = apart.Limits(memory=512 * 1024 * 1024, seconds=1, answer=4 * 1024 * 1024)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Let the programs of these tests be asked, beside those that they import."""
    ours = apart._PROGRAMS
    (tmp_path / "answering.py").write_text((ours / "answering.py").read_text())
    monkeypatch.setattr(apart, "_PROGRAMS", tmp_path)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        return name

    return write


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_process_led_astray_gives_no_answer(program, name):
    with pytest.raises(apart.NoAnswer):
        apart.ask(program(name, PROGRAMS[name]), b"a file", limits=LIMITS)


def test_whatever_it_started_dies_with_it(program, tmp_path, monkeypatch):
    monkeypatch.setattr(apart.subprocess.Popen, "wait", _impatient(apart.subprocess.Popen.wait))
    noted = tmp_path / "pid"

    with pytest.raises(apart.NoAnswer):
        apart.ask(program("parent", PARENT), b"", str(noted), limits=LIMITS)

    assert _is_gone(int(noted.read_text()))


def _impatient(wait):
    """Give the program three seconds to start its child, then find it too long."""

    def wait_less(process, timeout=None):
        return wait(process, timeout=min(timeout, 3) if timeout else None)

    return wait_less


def _is_gone(pid):
    for _try in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if f"{pid} (python" in _stat(pid) and ") Z " in _stat(pid):
            return True
        time.sleep(0.05)
    return False


def _stat(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read()
    except FileNotFoundError:
        return ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is sure to get a network of its own")
def test_it_sees_no_network(program, live_port):
    answer = apart.ask(program("calling", CALLING), b"", str(live_port))

    assert answer.outcome == "no network"


@pytest.fixture
def live_port():
    import socket  # noqa: PLC0415 -- this test alone listens

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_it_knows_nothing_of_the_portal(program, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "secret")
    told = "import os, sys\nfrom answering import answer\n" + (
        "answer('told', names=sorted(os.environ), portal='portal' in sys.modules, here=os.getcwd())"
    )

    answer = apart.ask(program("curious", told), b"")

    assert not [name for name in answer.facts["names"] if "PORTAL" in name]
    assert (answer.facts["portal"], answer.facts["here"]) == (False, "/")


def test_bytes_come_and_go_as_they_are(program):
    data = os.urandom(3 * 1024 * 1024)
    echo = "from answering import answer, read\nanswer('same', [(read(), {'name': 'all'})])"

    answer = apart.ask(program("echo", echo), iter([data[:1000], data[1000:]]))

    assert (answer.outcome, answer.parts) == ("same", (apart.Part(data, {"name": "all"}),))
