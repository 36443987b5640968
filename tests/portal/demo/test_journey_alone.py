"""The journey as a program of its own, which Django has not prepared."""

import subprocess
import sys

from django.conf import settings

from portal.local.processes import free_port


def test_the_program_starts_by_itself_and_says_that_nobody_answers():
    address = f"http://127.0.0.1:{free_port()}"

    done = subprocess.run(
        [sys.executable, "-m", "portal.demo.journey", "--base-url", address],
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert "The journey stopped after step 0" in done.stderr
