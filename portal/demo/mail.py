"""The demonstration's letter box: every mail the portal sent, to anyone, on one page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.views.generic import TemplateView

from portal.core.views import ReadOnlyView

SHOWN = 50


@dataclass(frozen=True)
class Message:
    """A mail as its addressee would read it."""

    sender: str
    to: str
    subject: str
    at: datetime | None
    text: str
    files: tuple[str, ...]


class MailPage(ReadOnlyView, TemplateView):
    """The latest mails first; `?a=` keeps those of one address."""

    template_name = "demo/mail.html"

    def dispatch(self, request, *args, **kwargs):
        """Exist in the demonstration only, however the address was routed."""
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        address = self.request.GET.get("a", "").strip().lower()
        return super().get_context_data(**kwargs) | {
            "address": address,
            "mails": latest_mails(Path(settings.DEMO_MAIL_DIR), address=address),
            "shown": SHOWN,
        }


def latest_mails(folder: Path, *, address: str = "") -> list[Message]:
    """The newest mails of the folder, at most fifty; none when nothing was sent yet."""
    mails = []
    # A file's name begins with the moment it was received.
    for file in sorted(folder.glob("*.eml"), reverse=True):
        mail = read_mail(file.read_bytes())
        if address and address not in mail.to.lower():
            continue
        mails.append(mail)
        if len(mails) == SHOWN:
            break
    return mails


def read_mail(raw: bytes) -> Message:
    """One message from its bytes; what cannot be read is said, never a failure of the page."""
    mail = message_from_bytes(raw, policy=policy.default)
    return Message(
        sender=str(mail.get("From", "")),
        to=str(mail.get("X-Envelope-To") or mail.get("To", "")),
        subject=str(mail.get("Subject", "")),
        at=_moment(mail),
        text=_text(mail),
        files=tuple(part.get_filename() or "" for part in mail.iter_attachments()),
    )


def _moment(mail: EmailMessage) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(mail["Date"]))
    except (TypeError, ValueError):
        return None
    # A date in -0000 is in universal time, says RFC 5322, and Python leaves it without a zone.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        return body.get_content()
    except LookupError:  # a character set that Python does not know
        return body.get_payload()
