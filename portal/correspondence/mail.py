"""Mail as a row first: Django's backend, and the sending by the worker."""

import smtplib
import ssl
from collections.abc import Iterable
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from portal.core import clock, rows
from portal.core.jobs import enqueue, enqueue_many
from portal.correspondence.models import OutgoingMail


class SendingFailed(Exception):
    """The server did not take the mail; `permanent` when trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool = False):
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class QueueBackend(BaseEmailBackend):
    """Django's and allauth's mails become rows of the present transaction."""

    def send_messages(self, email_messages):
        """Write one row for each person addressed. Returns the number of messages."""
        for message in email_messages:
            if message.attachments or message.cc or message.bcc:
                raise ValueError("A mail carries no file and goes to one person at a time.")
            for address in message.to:
                write(address, subject=message.subject, body=message.body)
        return len(email_messages)


@transaction.atomic
def write(
    address: str, *, subject: str, body: str, recipient=None, dossier_id=None
) -> OutgoingMail:
    """Write a mail and the job that sends it: both with the act, or neither."""
    if recipient is None:
        recipient = get_user_model().objects.filter(email=address.strip().lower()).first()
    mail = OutgoingMail.objects.create(
        recipient=recipient,
        dossier_id=dossier_id,
        to=address,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=" ".join(str(subject).split())[:200],
        body=str(body),
        created_at=clock.now(),
    )
    enqueue("correspondence.send_mail", mail_id=str(mail.pk))
    return mail


@transaction.atomic
def write_many(drafts: Iterable[tuple]) -> int:
    """Write a mail for each (person, dossier, subject, body), and the jobs that send them."""
    now = clock.now()
    mails = [
        OutgoingMail(
            recipient_id=user.pk,
            dossier_id=dossier_id,
            to=user.email,
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=" ".join(subject.split())[:200],
            body=body,
            created_at=now,
        )
        for user, dossier_id, subject, body in drafts
    ]
    # the role of a run may add a mail without reading any
    rows.insert_many(mails, reads=False)
    enqueue_many("correspondence.send_mail", [{"mail_id": str(mail.pk)} for mail in mails])
    return len(mails)


def as_message(mail: OutgoingMail) -> EmailMessage:
    """The message on the wire. Its identifier is the row's: a repeated sending is recognised."""
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate(mail.created_at.timestamp(), localtime=False)
    message["Message-ID"] = f"<{mail.pk}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, charset="utf-8", cte="quoted-printable")
    return message


def deliver(mail: OutgoingMail) -> None:
    """Hand the mail to the server. Raises SendingFailed with a code, never an address."""
    try:
        with _server() as server:
            server.send_message(as_message(mail))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise SendingFailed(
            f"recipient refused {codes[0]}", permanent=all(code >= 500 for code in codes)
        ) from error
    except smtplib.SMTPResponseException as error:
        raise SendingFailed(
            f"{type(error).__name__} {error.smtp_code}",
            # only the message itself: our password or our address can be put right
            permanent=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500,
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendingFailed(type(error).__name__) from error


@contextmanager
def _server():
    with smtplib.SMTP(
        settings.SMTP_HOST, settings.SMTP_PORT, timeout=settings.SMTP_TIMEOUT_SECONDS
    ) as server:
        if settings.SMTP_TLS:
            server.starttls(context=ssl.create_default_context())
        if settings.SMTP_USER:
            server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        yield server
