"""The words of the visit: why one comes, what became of it, why it could not be given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.enums import Purpose

__all__ = [
    "LIVE_STATES",
    "SEATED_STATES",
    "TRANSITIONS",
    "AppointmentState",
    "ChangeReason",
    "IssueOutcome",
    "Purpose",
    "SeatKind",
    "SlotState",
    "UrgencyGround",
]


class AppointmentState(models.TextChoices):
    """What became of an appointment; the allowed moves are rows of `AppointmentTransition`."""

    ISSUED = "issued", _("Donné")
    CONFIRMED = "confirmed", _("Confirmé")
    HONOURED = "honoured", _("Reçu")
    MISSED = "missed", _("Manqué")
    CANCELLED = "cancelled", _("Rendu")
    REVOKED = "revoked", _("Retiré")


LIVE_STATES = (AppointmentState.ISSUED, AppointmentState.CONFIRMED)
SEATED_STATES = (*LIVE_STATES, AppointmentState.HONOURED)

TRANSITIONS = (
    (AppointmentState.ISSUED, AppointmentState.CONFIRMED),
    *(
        (source, target)
        for source in LIVE_STATES
        for target in (
            AppointmentState.HONOURED,
            AppointmentState.MISSED,
            AppointmentState.CANCELLED,
            AppointmentState.REVOKED,
        )
    ),
)


class SlotState(models.TextChoices):
    """Whether a slot may still be given."""

    OPEN = "open", _("Ouvert")
    WITHDRAWN = "withdrawn", _("Retiré")


class SeatKind(models.TextChoices):
    """Why a seat exists: the counter's own, one more for those who will not come, one kept back."""

    REGULAR = "regular", _("Place")
    OVERBOOK = "overbook", _("Place en plus, pour les absences attendues")
    RESERVE = "reserve", _("Place gardée pour les derniers jours")


class UrgencyGround(models.TextChoices):
    """Why a visit cannot wait its turn."""

    COURT = "court", _("Décision d’un juge")
    PROTECTION = "protection", _("Mise en sécurité d’une personne")
    MEDICAL = "medical", _("Raison médicale")


class ChangeReason(models.TextChoices):
    """Why a person cannot come; the reason changes nothing to the rank."""

    HEALTH = "health", _("Raison de santé")
    WORK = "work", _("Travail")
    EXAM = "exam", _("Cours ou examen")
    FAMILY = "family", _("Raison familiale")
    TRAVEL = "travel", _("Absence ou voyage")
    OTHER = "other", _("Autre raison")


class IssueOutcome(models.TextChoices):
    """What a run decided for one waiting person."""

    SEAT = "seat", _("Rendez-vous donné")
    NO_SEAT = "no_seat", _("Aucune place dans le calendrier ouvert")
    MISSED_TWICE = "missed_twice", _("Deux rendez-vous manqués : un agent prend contact")
    BLOCKED_DAYS = "blocked_days", _("Il ne reste de places que les jours où vous ne pouvez venir")
    NO_STEP_FREE = "no_step_free", _("Aucune place dans un lieu sans marche")
    NO_INTERPRETER = "no_interpreter", _("Aucune place avec un interprète de votre langue")
    FAMILY_DOES_NOT_FIT = (
        "family_does_not_fit",
        _("Pas assez de places à la suite pour recevoir votre famille ensemble"),
    )
    URGENCIES_CAPPED = (
        "urgencies_capped",
        _("Trop de visites urgentes ce jour-là : la vôtre passe au prochain tour"),
    )
    ELSEWHERE = "elsewhere", _("Vous êtes attendu ailleurs à ce moment")
