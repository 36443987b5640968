"""Words of the applicant's side that other rooms may name."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FilingChannel(models.TextChoices):
    """How a request was filed; the law of what follows is the same."""

    ONLINE = "online", _("En ligne")
    COUNTER = "counter", _("Au guichet, avec un agent")
    MANDATE = "mandate", _("En ligne, par un mandataire")


class ChannelKind(models.TextChoices):
    """Where the law has a procedure filed; dated rows of the catalogue say which."""

    ONLINE = "online", _("En ligne, sur ce portail")
    ELSEWHERE = "elsewhere", _("Sur un autre service public en ligne")
    COUNTER = "counter", _("À l’accueil de la préfecture")


class LawKind(models.TextChoices):
    """What a row of the law of a procedure is about."""

    CHANNEL = "channel", _("Où déposer")
    WINDOW = "window", _("Quand déposer")
    DELAY = "delay", _("Délai")
    PRICE = "price", _("Prix")
    EVIDENCE = "evidence", _("Pièce justificative")
    CHECK = "check", _("Vérification")


class AssistanceReason(models.TextChoices):
    """Why a person files at the counter and not alone (CESEDA R.431-2, paragraph 3)."""

    NO_DEVICE = "no_device", _("La personne n’a pas d’ordinateur, de téléphone ou de connexion")
    CANNOT_READ = "cannot_read", _("La personne lit ou écrit difficilement")
    DISABILITY = "disability", _("La personne a un handicap qui l’empêche d’utiliser le portail")
    SERVICE_FAILED = "service_failed", _("Le portail n’a pas fonctionné pour cette personne")
    OTHER = "other", _("Une autre raison")


class Consent(models.TextChoices):
    """How the person agreed that an agent types for them."""

    PAPER = "paper", _("Par écrit, sur le formulaire signé")
    SPOKEN = "spoken", _("De vive voix, devant l’agent")


class AssistanceEnd(models.TextChoices):
    """How an agent's help on a draft ended."""

    FILED = "filed", _("La demande est déposée")
    AGENT = "agent", _("L’agent a mis fin à l’aide")
    PERSON = "person", _("La personne a mis fin à l’aide")
    DISCARDED = "discarded", _("Le brouillon est supprimé")
    EXPIRED = "expired", _("Le temps prévu est passé")


class MandateKind(models.TextChoices):
    """Who helps by mandate."""

    LAWYER = "lawyer", _("Un avocat")
    ASSOCIATION = "association", _("Une association")
    RELATIVE = "relative", _("Un proche")


class MandateLevel(models.TextChoices):
    """How far a mandate goes; withdrawing and deleting are never in it."""

    READ = "read", _("Lire seulement")
    FILL = "fill", _("Lire, remplir et envoyer des documents")
    FILE = "file", _("Lire, remplir, envoyer des documents et déposer la demande")


class MandateEnd(models.TextChoices):
    """Who ended a mandate before its last day."""

    PERSON = "person", _("La personne a retiré le mandat")
    HELPER = "helper", _("Le mandataire a rendu le mandat")


class LinkEnd(models.TextChoices):
    """Who ended the link between two requests of a couple."""

    FIRST = "first", _("La personne qui l’avait demandé")
    SECOND = "second", _("La personne qui l’avait accepté")
    SYSTEM = "system", _("Une des deux demandes est terminée")


class ItemKind(models.TextChoices):
    """What an agent may ask again: an answer or a piece of evidence."""

    FIELD = "field", _("Réponse")
    EVIDENCE = "evidence", _("Pièce justificative")


class CompletionOutcome(models.TextChoices):
    """How a request for completion ended."""

    SUPPLIED = "supplied", _("Complément envoyé")
    EXPIRED = "expired", _("Délai dépassé")
    CANCELLED = "cancelled", _("Demande annulée")
    REPLACED = "replaced", _("Remplacée par une nouvelle demande")


class ItemState(models.TextChoices):
    """Where the person stands with one item that is asked again."""

    TO_DO = "todo", _("À faire")
    ANSWERED = "answered", _("Répondu")
    EXPLAINED = "explained", _("Expliqué")


class TaskState(models.TextChoices):
    """Where one task of the draft stands; the values are those of the task list component."""

    TO_DO = "todo", _("À faire")
    STARTED = "started", _("Commencé")
    DONE = "done", _("Fait")
    PROBLEM = "problem", _("À corriger")
    BLOCKED = "blocked", _("Pas encore possible")


class AlbumState(models.TextChoices):
    """Where several photographs of one document are."""

    OPEN = "open", _("En cours")
    MAKING = "making", _("En préparation")
    DONE = "done", _("Terminé")
    DROPPED = "dropped", _("Abandonné")


class CodeKind(models.TextChoices):
    """What a code printed on a sheet or on a receipt pays or shows, once."""

    PHOTO = "photo_code", _("Photo d’identité numérique")
    STAMP = "stamp_number", _("Timbre fiscal")


class LookupState(models.TextChoices):
    """Where a person's question to the foreigners' register stands."""

    WAITING = "waiting", _("En attente")
    FOUND = "found", _("Trouvé")
    NOTHING = "nothing", _("Rien de tel")
    UNREACHABLE = "unreachable", _("Sans réponse")


class ExportState(models.TextChoices):
    """Where the copy of a whole dossier is."""

    MAKING = "making", _("En préparation")
    READY = "ready", _("Prête")
    REPLACED = "replaced", _("Remplacée par une copie plus récente")
    FAILED = "failed", _("Pas faite")


OTHER_DOCUMENT = "other_document"
"""The box of a document that nobody asked for; its person says what it is."""


class StatementKind(models.TextChoices):
    """What a person may state of a filed request, unasked."""

    CARD_NOT_GIVEN = "card_not_given", _("La carte précédente n’a jamais été remise")
    CIVIL_STATUS = "civil_status", _("Une erreur dans l’état civil")


class StatementOutcome(models.TextChoices):
    """What the office found of a statement."""

    HANDED_OVER = "handed_over", _("Carte retrouvée et remise à la personne")
    KEPT_HERE = "kept_here", _("Carte retrouvée, à remettre au guichet")
    LOST_BY_US = "lost_by_us", _("Carte perdue par nos services")
    NEVER_MADE = "never_made", _("Carte jamais fabriquée")
    SIGNED_FOR = "signed_for", _("Carte remise d’après notre registre")
    CORRECTED = "corrected", _("État civil corrigé")
    AS_THE_PAPERS = "as_the_papers", _("État civil conforme aux documents")


OUTCOMES = {
    StatementKind.CARD_NOT_GIVEN: (
        StatementOutcome.HANDED_OVER,
        StatementOutcome.KEPT_HERE,
        StatementOutcome.LOST_BY_US,
        StatementOutcome.NEVER_MADE,
        StatementOutcome.SIGNED_FOR,
    ),
    StatementKind.CIVIL_STATUS: (StatementOutcome.CORRECTED, StatementOutcome.AS_THE_PAPERS),
}
"""How each kind of statement may end."""


class FailureKind(models.TextChoices):
    """What failed on our side: said by the server, never by the person."""

    PAGE = "page", _("Une page du portail s’est arrêtée sur une erreur")
    UPLOAD = "upload", _("Un fichier envoyé n’a pas pu être gardé")
    DOWNTIME = "downtime", _("Le portail ne répondait pas")
