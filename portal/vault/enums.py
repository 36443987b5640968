"""What a stored file is, why it went, and what may be wrong with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """Why a file is kept."""

    EVIDENCE = "evidence", _("Pièce justificative")
    LETTER = "letter", _("Courrier")
    CARD = "card", _("Titre")


class Removal(models.TextChoices):
    """Why a file is no longer kept."""

    WITHDRAWN = "withdrawn", _("Retiré par la personne")
    EXPIRED = "expired", _("Durée de conservation terminée")
    ORDERED = "ordered", _("Destruction demandée")


class Trouble(models.TextChoices):
    """What the last look at a file's object found wrong."""

    MISSING = "missing", _("Introuvable")
    UNREADABLE = "unreadable", _("Illisible")


class Situation(models.TextChoices):
    """Where a dossier stands, as far as the time its files are kept is concerned."""

    DRAFT = "draft", _("Brouillon laissé")
    DISCARDED = "discarded", _("Brouillon supprimé")
    WITHDRAWN = "withdrawn", _("Demande retirée")
    GRANTED = "granted", _("Titre remis")
    REFUSED = "refused", _("Demande refusée")
    CLOSED = "closed", _("Demande classée sans suite")
