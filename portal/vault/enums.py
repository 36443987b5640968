"""What a stored file is, why it went, and what may be wrong with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """Why a file is kept."""

    EVIDENCE = "evidence", _("Pièce justificative")
    LETTER = "letter", _("Courrier")
    CARD = "card", _("Titre")
    EXPORT = "export", _("Copie de tout le dossier")


class ScanState(models.TextChoices):
    """What is known of a file: only `clean` says that the antivirus looked and found nothing."""

    RECEIVED = "received", _("Reçu")
    SCANNING = "scanning", _("En cours d’analyse")
    CLEAN = "clean", _("Analysé, sans virus")
    INFECTED = "infected", _("Contient un virus")
    UNREADABLE = "unreadable", _("Illisible")
    NOT_SCANNED = "not_scanned", _("Pas encore analysé")


WAITING = (ScanState.RECEIVED, ScanState.SCANNING, ScanState.NOT_SCANNED)
"""What the antivirus has still to say."""

SHOWN = (ScanState.CLEAN, ScanState.NOT_SCANNED)
"""What has a clean copy and page images: the processes apart have made them."""

HELD_BACK = (ScanState.INFECTED, ScanState.UNREADABLE)
"""What nobody is shown any more."""


class RenditionKind(models.TextChoices):
    """What was made from a file, to be shown in its place."""

    COPY = "copy", _("Copie saine")
    PAGE = "page", _("Image d’une page")


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
