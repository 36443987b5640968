"""What ClamAV says of a file, over its socket. Silence, noise and old signatures say nothing."""

import contextlib
import io
import os
import re
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

from portal.core import clock
from portal.vault.enums import ScanState

# "ClamAV 1.4.6/27065/Fri Nov 27 00:54:13 2026": the program, its daily signatures, their moment.
_VERSION = re.compile(r"ClamAV [^/]{1,40}/(\d{1,9})/\w{3} (\w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4})")
_NO_ANSWER = (ClamdError, OSError, ValueError)
# A clock that runs ahead of ours may date its signatures from tomorrow, not from next month.
_FROM_THE_FUTURE = timedelta(days=2)


@dataclass(frozen=True)
class Verdict:
    """`clean`, `infected` with its threat, or `not_scanned` with the reason why not."""

    state: ScanState
    signatures: str = ""
    threat: str = ""
    reason: str = ""


class Silent(Exception):
    """The antivirus gives no answer that can be believed; the argument says why, in one word."""


def is_configured() -> bool:
    """Whether this installation has an antivirus at all."""
    return bool(settings.CLAMD_ADDRESS)


def scan(given: int) -> Verdict:
    """What the antivirus says of an open file in memory. Never raises: no answer is a verdict."""
    try:
        signatures = recent_signatures()
        answer = _answer(given)
    except Silent as silence:
        return Verdict(ScanState.NOT_SCANNED, reason=str(silence))
    status, threat = answer
    if status == "FOUND":
        return Verdict(ScanState.INFECTED, signatures, threat=(threat or "unnamed")[:100])
    if status == "OK":
        return Verdict(ScanState.CLEAN, signatures)
    return Verdict(ScanState.NOT_SCANNED, reason="error")


def recent_signatures() -> str:
    """The number and the day of the signatures in use. Raises Silent when they are too old."""
    if not is_configured():
        raise Silent("none")
    said = _within_the_time(lambda client: client.version())
    found = _VERSION.fullmatch(said.strip())
    if found is None:
        raise Silent("garbage" if "/" in said or "ClamAV" not in said else "no_signatures")
    try:
        made_at = datetime.strptime(found[2], "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError as error:
        raise Silent("garbage") from error
    age = clock.now() - made_at
    if not -_FROM_THE_FUTURE < age < timedelta(days=settings.CLAMD_SIGNATURE_DAYS):
        raise Silent("old_signatures")
    return f"{found[1]} {made_at:%Y-%m-%d}"


def _answer(given):
    os.lseek(given, 0, os.SEEK_SET)
    with io.FileIO(os.dup(given), "rb") as stream:
        answers = _within_the_time(lambda client: client.instream(stream))
    if set(answers) != {"stream"}:
        raise Silent("garbage")
    return answers["stream"]


def _within_the_time(ask):
    """What the client answers, unless it takes too long: its own limit is for each read alone."""
    client = _client()
    answers: list = []
    thread = threading.Thread(target=_keep, args=(lambda: ask(client), answers), daemon=True)
    thread.start()
    thread.join(settings.CLAMD_SECONDS)
    if not answers:
        with contextlib.suppress(OSError, AttributeError):
            client.clamd_socket.shutdown(socket.SHUT_RDWR)  # what the thread waits for
        raise Silent("hung")
    answer = answers[0]
    if isinstance(answer, _NO_ANSWER):
        raise Silent("down" if isinstance(answer, OSError) else "garbage") from answer
    if isinstance(answer, Exception):
        raise answer
    return answer


def _keep(ask, answers):
    try:
        answers.append(ask())
    except Exception as error:  # noqa: BLE001 -- raised again by the thread that waits
        answers.append(error)


def _client():
    """A client of `unix:/path`, or of `host:port`."""
    address = settings.CLAMD_ADDRESS
    if address.startswith("unix:"):
        return ClamdUnixSocket(address.removeprefix("unix:"), timeout=settings.CLAMD_SECONDS)
    host, _colon, port = address.rpartition(":")
    return ClamdNetworkSocket(host, int(port), timeout=settings.CLAMD_SECONDS)
