"""An antivirus that leaves files waiting is told to the operators: once, until it has caught up."""

import logging
from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.api import Kind, User
from portal.vault.models import ScanAlarm, StoredFile

LATE = timedelta(minutes=10)
_log = logging.getLogger("portal.vault")


def open_scan_alarm() -> ScanAlarm | None:
    """The alarm that lasts, if there is one."""
    return ScanAlarm.objects.filter(ended_at=None).first()


def watch(now: datetime) -> None:
    """Raise the alarm when a file has waited for too long; end it when none does any more."""
    late = StoredFile.objects.waiting().filter(created_at__lt=now - LATE).count()
    alarm = ScanAlarm.objects.select_for_update(of=("self",)).filter(ended_at=None).first()
    if late and alarm is None:
        ScanAlarm.objects.create(raised_at=now, waiting=late)
        _log.error("scan.late waiting=%s", late)
        _tell_administrators(late)
    elif alarm is not None and not late:
        alarm.ended_at = now
        alarm.save(update_fields=["ended_at"])


def _tell_administrators(late: int) -> None:
    for person in User.objects.filter(kind=Kind.ADMINISTRATOR, is_active=True).order_by("pk"):
        with translation.override(person.language):
            send_mail(
                _("L’antivirus ne répond plus"),
                _(
                    "Des fichiers attendent depuis plus de dix minutes (%(number)s). Ils ne sont "
                    "montrés comme sûrs à personne. Ils seront analysés d’eux-mêmes dès que "
                    "l’antivirus répondra avec des signatures récentes."
                )
                % {"number": late},
                None,
                [person.email],
            )
