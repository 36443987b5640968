"""Where a mail stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    """From the row written with the act to the answer of the mail server."""

    QUEUED = "queued", _("En attente")
    SENDING = "sending", _("En cours d’envoi")
    SENT = "sent", _("Envoyé")
    FAILED = "failed", _("Non envoyé")
