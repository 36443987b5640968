"""What a stored file is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """Why a file is kept."""

    EVIDENCE = "evidence", _("Pièce justificative")
    LETTER = "letter", _("Courrier")
    CARD = "card", _("Titre")
