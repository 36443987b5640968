"""The worker's part: send a mail, make a letter's PDF."""

from datetime import timedelta

from django.db.models import F, Q

from portal.core import clock
from portal.core.jobs import job, opened
from portal.correspondence import mail, rendering
from portal.correspondence.enums import MailState
from portal.correspondence.models import Letter, OutgoingMail
from portal.correspondence.services import letter_title
from portal.vault import api as vault

# A worker that died while sending is presumed dead after this; its mail may then go twice,
# under one Message-ID, rather than never.
_PRESUMED_DEAD = timedelta(minutes=10)
_TEXT_KEPT = timedelta(days=90)


@job("correspondence.send_mail", queue="mail", system=True, atomic=False)
def send_mail(*, mail_id, **_later_arguments):
    """Send one mail. Running it twice sends once, unless the first run died while sending.

    A mail that no server took stays queued: its job ends among the failed ones, which an
    operator sees and tries again.
    """
    with opened():
        now = clock.now()
        claimed = OutgoingMail.objects.filter(
            Q(state=MailState.QUEUED)
            | Q(state=MailState.SENDING, claimed_at__lt=now - _PRESUMED_DEAD),
            pk=mail_id,
        ).update(state=MailState.SENDING, claimed_at=now, attempts=F("attempts") + 1)
        outgoing = OutgoingMail.objects.get(pk=mail_id)
    if not claimed:
        if outgoing.state == MailState.SENDING:
            raise mail.SendingFailed("another worker is sending it")  # look again later
        return
    try:
        mail.deliver(outgoing)
    except mail.SendingFailed as failure:
        _settle(
            outgoing,
            MailState.FAILED if failure.permanent else MailState.QUEUED,
            failure.reason,
        )
        if failure.permanent:
            return
        raise
    _settle(outgoing, MailState.SENT)


def _settle(outgoing, state, error=""):
    with opened():
        OutgoingMail.objects.filter(pk=outgoing.pk, state=MailState.SENDING).update(
            state=state,
            last_error=error[:80],
            sent_at=clock.now() if state == MailState.SENT else None,
        )


@job("correspondence.forget_texts", queue="mail", system=True, cron="42 3 * * *")
def forget_texts(**_later_arguments):
    """Empty the text of old mails: that they went remains known, what they said does not."""
    OutgoingMail.objects.filter(
        state__in=[MailState.SENT, MailState.FAILED], created_at__lt=clock.now() - _TEXT_KEPT
    ).exclude(body="").update(body="")


@job("correspondence.render_letter", queue="letters", system=True, atomic=False)
def render_letter(*, letter_id, **_later_arguments):
    """Make and keep the PDF of one letter. Running it twice keeps one."""
    with opened():
        letter = Letter.objects.get(pk=letter_id)
    if letter.file_id or letter.revoked_at:
        return
    kept = vault.keep_bytes(
        rendering.pdf(letter),
        f"{letter_title(letter)}.pdf",
        "application/pdf",
        subject_id=letter.dossier_id,
        kind="letter",
    )
    registered = False
    try:
        with opened():
            registered = _attach(letter_id, kept)
    finally:
        if not registered:
            vault.discard(kept)


def _attach(letter_id, kept):
    """Give the letter its file, unless another run did: then these bytes have no row."""
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
    if letter.file_id or letter.revoked_at:
        return False
    letter.file = vault.register(
        kept,
        subject_id=letter.dossier_id,
        applicant_id=letter.applicant_id,
        prefecture_code=letter.prefecture_code,
    )
    letter.rendered_at = clock.now()
    letter.save(update_fields=["file", "rendered_at"])
    return True
