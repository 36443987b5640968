"""Letters of tests have their templates beside the tests; mails go to a server that listens."""

import copy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.local.processes import LOOPBACK, free_port

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def letter_templates(settings):
    """The project's templates and ours."""
    changed = copy.deepcopy(settings.TEMPLATES)
    changed[0]["DIRS"].append(TEMPLATES)
    settings.TEMPLATES = changed


class Inbox:
    """A mail server that keeps what it accepts and refuses what it is told to."""

    def __init__(self):
        self.messages = []
        self.answer = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address, options
    ):
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):
        self.messages.append(envelope)
        return "250 Kept"


@pytest.fixture
def inbox(settings):
    """The real server that the worker speaks to during the test."""
    handler = Inbox()
    settings.SMTP_HOST, settings.SMTP_PORT = LOOPBACK, free_port()
    controller = Controller(handler, hostname=LOOPBACK, port=settings.SMTP_PORT)
    controller.start()
    yield handler
    controller.stop()
