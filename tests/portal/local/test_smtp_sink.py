"""The mail sink keeps each message as one whole file."""

import email
import email.policy
import smtplib
from email.message import EmailMessage

import pytest

from portal.local import smtp_sink
from portal.local.processes import free_port, listens


@pytest.fixture
def sink(tmp_path):
    port = free_port()
    process = smtp_sink.process(stack_folder=tmp_path, port=port)
    process.start()
    process.wait_ready(lambda: listens(port))
    yield port
    process.stop()


def test_message_is_kept_with_its_recipients(sink, tmp_path):
    message = EmailMessage()
    message["From"], message["To"] = "portail@example.invalid", "zoe@example.invalid"
    message["Subject"] = "Votre dossier est déposé"
    message.set_content("Nous avons reçu votre dossier.\n")

    with smtplib.SMTP("127.0.0.1", sink, timeout=5) as smtp:
        smtp.send_message(message)

    [kept] = (tmp_path / "mail").glob("*.eml")
    read = email.message_from_bytes(kept.read_bytes(), policy=email.policy.default)
    assert read["Subject"] == "Votre dossier est déposé"
    assert read["X-Envelope-To"] == "zoe@example.invalid"
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []
