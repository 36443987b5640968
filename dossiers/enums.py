"""Words of the applicant's side that other rooms may name."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
