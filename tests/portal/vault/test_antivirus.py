"""What the antivirus says, and everything that must not be taken for an answer."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.local.processes import free_port
from portal.vault import antivirus
from portal.vault.enums import ScanState
from portal.vault.judging import apart
from tests import antivirus as other
from tests.portal.vault import samples

pytestmark = pytest.mark.django_db


def scanned(data):
    with apart.in_memory(data) as given:
        return antivirus.scan(given)


def version(days_old=0):
    made_at = clock.now() - timedelta(days=days_old)
    return f"ClamAV 1.4.6/27065/{made_at:%a %b %d %H:%M:%S %Y}\n".encode()


def test_a_real_antivirus_finds_nothing_in_a_plain_file(clamd):
    verdict = scanned(samples.pdf())

    assert (verdict.state, verdict.threat) == (ScanState.CLEAN, "")
    assert verdict.signatures == f"27065 {clock.now():%Y-%m-%d}"


@pytest.mark.parametrize(
    ("data", "threat"),
    [
        (other.EICAR, "Portal.Eicar.UNOFFICIAL"),
        (samples.pdf() + other.WORM, "Portal.Worm.UNOFFICIAL"),
        (samples.picture() + bytes(3_000_000) + other.WORM, "Portal.Worm.UNOFFICIAL"),
    ],
)
def test_a_real_antivirus_names_what_it_finds(clamd, data, threat):
    verdict = scanned(data)

    assert (verdict.state, verdict.threat) == (ScanState.INFECTED, threat)


def test_an_installation_without_an_antivirus_says_nothing_of_a_file(settings):
    settings.CLAMD_ADDRESS = ""

    assert scanned(other.EICAR) == antivirus.Verdict(ScanState.NOT_SCANNED, reason="none")


def test_a_real_antivirus_whose_signatures_are_old_says_nothing(old_clamd, settings):
    settings.CLAMD_ADDRESS = old_clamd

    assert scanned(other.EICAR).reason == "old_signatures"
    settings.CLAMD_SIGNATURE_DAYS = 30
    assert scanned(other.EICAR).state == ScanState.INFECTED


@pytest.mark.parametrize(
    "address", [lambda: f"127.0.0.1:{free_port()}", lambda: "unix:/nonexistent/clamd.ctl"]
)
def test_an_antivirus_that_is_down_says_nothing(settings, address):
    settings.CLAMD_ADDRESS = address()

    assert scanned(b"a file").state == ScanState.NOT_SCANNED


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (other.says_nothing, "hung"),
        (other.drips, "hung"),
        (other.speaks(), "garbage"),
        (other.speaks(b"OK\n"), "garbage"),
        (other.speaks(b"\xff\xfe\x00 OK\n"), "garbage"),
        (other.speaks(b"stream: OK\n"), "garbage"),
        (other.speaks(b"x" * 3_000_000 + b"\n"), "garbage"),
        (other.speaks(b"ClamAV 1.4.6\n"), "no_signatures"),
        (other.speaks(b"ClamAV 1.4.6/27065/Fri Nov 99 99:99:99 2026\n"), "garbage"),
        (other.speaks(b"ClamAV 1.4.6/27065/Fri Nov 20 00:54:13 1999\n"), "old_signatures"),
        (other.speaks(b"ClamAV 1.4.6/27065/Fri Nov 20 00:54:13 2099\n"), "old_signatures"),
        (other.speaks(b"UNKNOWN COMMAND ERROR\n"), "garbage"),
    ],
)
def test_an_antivirus_that_makes_no_sense_says_nothing(fake_clamd, talk, reason):
    fake_clamd(talk)

    assert scanned(b"a file") == antivirus.Verdict(ScanState.NOT_SCANNED, reason=reason)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: Access denied. ERROR\n",
        b"INSTREAM size limit exceeded. ERROR\n",
        b"other: OK\n",
        b"stream: OK and more\n",
        b"OK\n",
        b"\x00\x00\x00\n",
    ],
)
def test_only_a_plain_answer_about_this_file_makes_it_clean(fake_clamd, answer):
    """The signatures are recent, and the answer about the file is not one."""
    recent = version()

    def talk(connection):
        asked = connection.recv(65536)
        connection.sendall(recent if asked.startswith(b"nVERSION") else answer)

    fake_clamd(talk)

    assert scanned(b"a file").state == ScanState.NOT_SCANNED
