"""The words of the visit: why one comes, what became of it, why it could not be given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.enums import Purpose

__all__ = [
    "FULFILLED",
    "HOLDING_STATES",
    "LIVE_STATES",
    "REASONS",
    "SEATED_STATES",
    "TRANSITIONS",
    "AppointmentState",
    "ChangeReason",
    "IssueOutcome",
    "OfferAnswer",
    "OfferEnd",
    "OfferState",
    "OldCard",
    "OutageKind",
    "Purpose",
    "ReminderChannel",
    "ReminderKind",
    "SeatKind",
    "SlotState",
    "UrgencyGround",
    "VisitOutcome",
    "VisitReason",
    "VisitState",
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
    WITHDRAWN = "withdrawn", _("Place retirée")


class OutageKind(models.TextChoices):
    """Why a counter receives nobody for some days while its site stays open."""

    AGENT_ABSENT = "agent_absent", _("L’agent est absent")
    OUT_OF_ORDER = "out_of_order", _("Le guichet est hors service")


class UrgencyGround(models.TextChoices):
    """Why a visit cannot wait its turn."""

    COURT = "court", _("Décision d’un juge")
    PROTECTION = "protection", _("Mise en sécurité d’une personne")
    MEDICAL = "medical", _("Raison médicale")


class ReminderKind(models.TextChoices):
    """When an appointment is said again."""

    TEN_DAYS = "ten_days", _("Dix jours avant")
    TWO_DAYS = "two_days", _("Deux jours avant")


class ReminderChannel(models.TextChoices):
    """By which way."""

    MAIL = "mail", _("Courriel")
    TEXT = "text", _("SMS")


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


class OfferState(models.TextChoices):
    """Where the offer of a near place is; while open or accepted it holds its seat."""

    OPEN = "open", _("En attente de réponse")
    ACCEPTED = "accepted", _("Acceptée")
    USED = "used", _("Devenue un rendez-vous")
    DECLINED = "declined", _("Refusée")
    EXPIRED = "expired", _("Restée sans réponse")
    WITHDRAWN = "withdrawn", _("Retirée")


HOLDING_STATES = (OfferState.OPEN, OfferState.ACCEPTED)


class OfferAnswer(models.TextChoices):
    """What a person may say to an offer."""

    ACCEPT = "accept", _("J’accepte ce rendez-vous")
    DECLINE = "decline", _("Je refuse et je garde mon rang")


class OfferEnd(models.TextChoices):
    """Why an offer was withdrawn; the database finds the reason, nobody says it."""

    REVOKED = "revoked", _("Aucune visite n’est plus nécessaire")
    CLOSED = "closed", _("Le guichet ne reçoit plus à ce moment")
    GIVEN = "given", _("Un rendez-vous a été donné entre-temps")
    UNWILLING = "unwilling", _("La personne ne souhaite plus de place proche")
    ELSEWHERE = "elsewhere", _("La personne est attendue ailleurs à ce moment")
    LATE = "late", _("Le moment est passé")


class VisitState(models.TextChoices):
    """Where a person who has arrived is, between the door and the end of their visit."""

    ARRIVED = "arrived", _("Dans la salle d’attente")
    CALLED = "called", _("Appel en cours")
    SERVED = "served", _("Au guichet")
    ENDED = "ended", _("Visite terminée")


class VisitOutcome(models.TextChoices):
    """How a visit ended; the last four end no right."""

    PRINTS_TAKEN = "prints_taken", _("Empreintes prises")
    CARD_GIVEN = "card_given", _("Carte remise")
    UNIDENTIFIED = "unidentified", _("Identité non établie")
    INCOMPLETE = "incomplete", _("Visite incomplète")
    LEFT = "left", _("Partie avant son tour")
    MOVED = "moved", _("Dossier transféré à une autre préfecture")


class VisitReason(models.TextChoices):
    """Why a visit did not reach its end; which outcome takes which is `REASONS`."""

    NO_PAPER = "no_paper", _("Aucune pièce d’identité présentée")
    OTHER_FACE = "other_face", _("Le visage ne correspond pas à la pièce d’identité")
    DOUBTFUL_PAPER = "doubtful_paper", _("La pièce d’identité paraît fausse ou modifiée")
    MISSING_PAPER = "missing_paper", _("Une pièce à apporter manque")
    UNREADABLE_PRINTS = "unreadable_prints", _("Empreintes impossibles à prendre aujourd’hui")
    BROKEN_MACHINE = "broken_machine", _("Panne du matériel")
    CARD_NOT_FOUND = "card_not_found", _("Carte introuvable au guichet")
    WRONG_CARD = "wrong_card", _("Erreur sur la carte")


class OldCard(models.TextChoices):
    """What became of the card that the new one replaces."""

    TAKEN_BACK = "taken_back", _("Reprise au guichet")
    LOST = "lost", _("Déclarée perdue ou volée")
    NONE = "none", _("La personne n’en avait pas")


FULFILLED = {
    Purpose.BIOMETRICS: VisitOutcome.PRINTS_TAKEN,
    Purpose.COLLECTION: VisitOutcome.CARD_GIVEN,
}
REASONS = {
    VisitOutcome.UNIDENTIFIED: (
        VisitReason.NO_PAPER,
        VisitReason.OTHER_FACE,
        VisitReason.DOUBTFUL_PAPER,
    ),
    VisitOutcome.INCOMPLETE: (
        VisitReason.MISSING_PAPER,
        VisitReason.UNREADABLE_PRINTS,
        VisitReason.BROKEN_MACHINE,
        VisitReason.CARD_NOT_FOUND,
        VisitReason.WRONG_CARD,
    ),
    VisitOutcome.LEFT: ("",),
}
"""The outcomes that end no right, each with the reasons that it may have."""
