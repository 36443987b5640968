"""A program of the local stack starts, answers, and never outlives its driver unnoticed."""

import sys
import time
from pathlib import Path

import pytest

from portal.local.errors import LocalError
from portal.local.processes import Process, _started_at, free_port, listens, refuse_taken_port

FAMILY = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"  # noqa: E501 -- one line of a command


def python(code, folder, name="program"):
    return Process(name, [sys.executable, "-c", code], folder=folder)


def test_program_that_dies_is_told_with_its_last_line(tmp_path):
    process = python("raise SystemExit('no key given')", tmp_path)
    process.start()

    with pytest.raises(LocalError, match="no key given"):
        process.wait_ready(lambda: False, within=10)


def test_later_driver_ends_what_a_killed_one_left(tmp_path):
    lost = python("import time; time.sleep(60)", tmp_path)
    lost.start()
    pid = lost._running.pid

    python("pass", tmp_path).end_leftover()

    assert lost._running.wait(5) != 0
    assert _started_at(pid) == ""


def test_note_of_a_reused_pid_ends_nobody(tmp_path):
    alive = python("import time; time.sleep(60)", tmp_path, name="alive")
    alive.start()
    (tmp_path / "pids" / "other").write_text(f"{alive._running.pid} 1")

    python("pass", tmp_path, name="other").end_leftover()

    assert alive.is_alive()
    alive.stop()


def test_stop_ends_the_children_too(tmp_path):
    process = python(FAMILY, tmp_path)
    process.start()
    time.sleep(0.5)
    group = process._running.pid

    process.stop()

    assert _members(group) == []


def _members(group):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] == str(group) and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


def test_taken_port_is_told_in_a_sentence(tmp_path):
    port = free_port()
    process = python(
        f"import http.server as h; h.HTTPServer(('127.0.0.1', {port}), h.BaseHTTPRequestHandler)"
        ".serve_forever()",
        tmp_path,
    )
    process.start()
    process.wait_ready(lambda: listens(port))

    with pytest.raises(LocalError, match=f"Port {port}, meant for the portal, is taken"):
        refuse_taken_port(port, "the portal")

    process.stop()
