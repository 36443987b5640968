"""The web process is killed for real while it receives a file."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
def test_a_killed_web_process_forgets_nothing_that_it_acknowledged():
    done = subprocess.run(
        [*(sys.executable, "-m", "tests.faults.killed_web"), *("--megabytes", "2")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "with 2 kills" in done.stdout
