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


class LookOutcome(models.TextChoices):
    """What a second look at an infected file found."""

    CLEAN = "clean", _("Sans virus")
    INFECTED = "infected", _("Contient un virus")
    UNREADABLE = "unreadable", _("Illisible")


class SealState(models.TextChoices):
    """How far the 2D-Doc printed on a file is believed."""

    VERIFIED = "verified", _("2D-Doc vérifié")
    UNVERIFIED = "unverified", _("2D-Doc non vérifié")
    INVALID = "invalid", _("2D-Doc à regarder")


SEAL_KINDS = {
    "00": _("Justificatif de domicile"),
    "01": _("Facture, justificatif de domicile"),
    "02": _("Avis de taxe d’habitation"),
    "04": _("Avis d’impôt sur les revenus"),
    "06": _("Bulletin de salaire"),
    "13": _("Document de séjour"),
    "15": _("Autorisation de travail"),
    "16": _("Attestation de demande d’asile"),
    "25": _("Autorisation de travail"),
    "28": _("Avis d’impôt sur les revenus"),
    "B0": _("Diplôme"),
}
"""The kinds of documents that a file is likely to hold, by their letters in a 2D-Doc."""

SEAL_WHYS = {
    "form": _("Le code n’est pas écrit comme un 2D-Doc."),
    "signature": _("La signature ne correspond pas à ce que dit le code."),
    "chain": _("L’autorité n’a pas certifié ce signataire."),
    "signer": _("Le certificat n’est pas celui du signataire annoncé."),
    "expired": _("Le certificat n’était pas valable le jour de la signature."),
    "revoked": _("Le certificat du signataire a été révoqué."),
    "content": _("La signature est bonne, mais le contenu n’est pas écrit comme il doit l’être."),
}
"""Why a code does not verify, told to the agent who looks."""


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
