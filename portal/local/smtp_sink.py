"""A mail server that delivers nothing: every message becomes one file in a folder."""

import argparse
import itertools
import os
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.local.processes import LOOPBACK, Process

_numbers = itertools.count(1)


class FolderHandler:
    """Writes each message in one step, so that a reader never sees half of one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tmp").mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers):06d}.eml"
        recipients = ", ".join(envelope.rcpt_tos)
        content = envelope.content or b""
        body = content if isinstance(content, bytes) else content.encode()
        draft = self.folder / "tmp" / name
        try:
            draft.write_bytes(f"X-Envelope-To: {recipients}\r\n".encode() + body)
            draft.rename(self.folder / name)
        except OSError as refusal:
            draft.unlink(missing_ok=True)
            return f"452 4.3.1 {refusal.strerror}"
        return "250 2.0.0 Kept"


def process(*, stack_folder: Path, port: int) -> Process:
    """The sink, not started; messages go to `stack_folder/mail`."""
    command = [
        sys.executable, "-m", "portal.local.smtp_sink",
        "--port", str(port), "--folder", str(stack_folder / "mail"),
    ]  # fmt: skip
    return Process("mail", command, folder=stack_folder)


def serve(port: int, folder: Path) -> None:
    """Accept messages until SIGTERM or SIGINT."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    sink = Controller(FolderHandler(folder), hostname=LOOPBACK, port=port, enable_SMTPUTF8=True)
    sink.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    sink.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    serve(asked.port, asked.folder)


if __name__ == "__main__":
    main()
