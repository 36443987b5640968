"""The words of a review: states, outcomes, purposes of a visit, kinds of opinion."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SYSTEM = "system"
"""The role written on a step that no person made."""

ROUTING_DESK = "000"
"""Stands for an office while a supervisor has still to find the competent one."""


FORWARDED = (
    _("Votre dossier est transmis à : %(office)s. Sa date de dépôt reste acquise."),
    _(
        "L’administration qui n’est pas compétente transmet la demande à celle qui l’est, et vous "
        "le dit (CRPA, art. L. 114-2). Le délai de réponse court toujours depuis votre dépôt "
        "(CRPA, art. L. 114-3)."
    ),
)
"""The line of a transmission, and the explanation below it."""


TRANSFERRED = (
    _("Vous avez déménagé : votre titre accordé est transféré à : %(office)s."),
    _(
        "La décision favorable ne change pas. Le préfet du lieu de résidence délivre le titre "
        "(CESEDA, art. R. 431-20) : c’est là que vous viendrez, au rang que vous aviez."
    ),
)
"""The line of a granted title that follows its person, and the explanation below it."""


RECORDED = (
    _("La décision est enregistrée : aucune carte n’est à fabriquer, vous n’avez pas à venir."),
    _(
        "La lettre de décision le prouve. Gardez-la avec votre carte ou votre visa : elle est dans "
        "vos documents."
    ),
)
"""The line of a grant that makes no card, and the explanation below it."""


class CaseState(models.TextChoices):
    """Where the review of a filed dossier stands. Implicit refusal is a date, not a state."""

    FILED = "filed", _("déposé")
    RECEIVED = "received", _("reçu")
    COMPLETION_REQUESTED = "completion_requested", _("complément demandé")
    UNDER_REVIEW = "under_review", _("en cours d’instruction")
    OPINION_REQUESTED = "opinion_requested", _("avis demandé")
    DECISION_PROPOSED = "decision_proposed", _("décision proposée")
    GRANTED = "granted", _("accordé")
    REFUSED = "refused", _("refusé")
    CLOSED = "closed", _("clos sans suite")
    BIOMETRICS_DUE = "biometrics_due", _("empreintes à prendre")
    IN_PRODUCTION = "in_production", _("carte en fabrication")
    CARD_READY = "card_ready", _("carte disponible")
    HANDED_OVER = "handed_over", _("carte remise")
    RECORDED = "recorded", _("enregistré, sans carte")
    WITHDRAWN = "withdrawn", _("retiré par le demandeur")
    ARCHIVED = "archived", _("archivé")


BEFORE_DECISION = (
    CaseState.FILED,
    CaseState.RECEIVED,
    CaseState.COMPLETION_REQUESTED,
    CaseState.UNDER_REVIEW,
    CaseState.OPINION_REQUESTED,
    CaseState.DECISION_PROPOSED,
)
IN_REVIEW = (
    CaseState.RECEIVED,
    CaseState.COMPLETION_REQUESTED,
    CaseState.UNDER_REVIEW,
    CaseState.OPINION_REQUESTED,
    CaseState.DECISION_PROPOSED,
    # only while a grant waits for a supply: whoever reviewed says that it came
    CaseState.GRANTED,
)
"""While a case is in one of these, it has a reviewer, or waits for one."""
IN_HAND = (
    CaseState.RECEIVED,
    CaseState.UNDER_REVIEW,
    CaseState.OPINION_REQUESTED,
    CaseState.DECISION_PROPOSED,
)
"""In an office, undecided, and not held by what the person must send."""
AFTER_COMPLETENESS = (
    CaseState.UNDER_REVIEW,
    CaseState.OPINION_REQUESTED,
)
DECIDED = (
    CaseState.GRANTED,
    CaseState.REFUSED,
    CaseState.CLOSED,
    CaseState.BIOMETRICS_DUE,
    CaseState.IN_PRODUCTION,
    CaseState.CARD_READY,
    CaseState.HANDED_OVER,
    CaseState.RECORDED,
)
AFTER_GRANT = (
    CaseState.GRANTED,
    CaseState.BIOMETRICS_DUE,
    CaseState.IN_PRODUCTION,
    CaseState.CARD_READY,
    CaseState.HANDED_OVER,
    CaseState.RECORDED,
)
WITH_A_CARD = (
    CaseState.BIOMETRICS_DUE,
    CaseState.IN_PRODUCTION,
    CaseState.CARD_READY,
    CaseState.HANDED_OVER,
)
"""Granted, of a procedure that makes a card."""
RETRACTABLE = (
    CaseState.GRANTED,
    CaseState.BIOMETRICS_DUE,
    CaseState.IN_PRODUCTION,
    CaseState.CARD_READY,
    CaseState.HANDED_OVER,
    CaseState.RECORDED,
)
"""Granted. That the card was handed over, or that none is made, changes nothing to CRPA L.242-1."""
TRANSFERABLE = (
    CaseState.GRANTED,
    CaseState.BIOMETRICS_DUE,
    CaseState.IN_PRODUCTION,
    CaseState.CARD_READY,
)
"""Granted, and the card is not handed over yet: the case follows its person."""
ENDED = (
    CaseState.HANDED_OVER,
    CaseState.RECORDED,
    CaseState.REFUSED,
    CaseState.CLOSED,
    CaseState.WITHDRAWN,
)


class Outcome(models.TextChoices):
    """What a decision says."""

    GRANT = "grant", _("décision favorable")
    REFUSE = "refuse", _("refus")
    CLOSE = "close", _("classement sans suite")


class Family(models.TextChoices):
    """What a procedure asks for: a delegation may cover some families only."""

    FIRST = "first", _("première demande")
    RENEWAL = "renewal", _("renouvellement")
    DUPLICATE = "duplicate", _("duplicata")
    CHANGE = "change", _("changement de situation")


class CheckAnswer(models.TextChoices):
    """What a reviewer found of one condition of the law."""

    MET = "met", _("remplie")
    NOT_MET = "not_met", _("non remplie")
    NOT_APPLICABLE = "not_applicable", _("sans objet")


class Purpose(models.TextChoices):
    """Why the person must come. There is no other kind of visit to issue."""

    BIOMETRICS = "biometrics", _("prise d’empreintes")
    COLLECTION = "collection", _("remise de la carte")


class OpinionKind(models.TextChoices):
    """Who is consulted before a decision."""

    LABOUR = "labour", _("service de la main-d’œuvre étrangère")
    MEDICAL = "medical", _("collège de médecins")
    SCHOOL = "school", _("établissement d’enseignement")
    CONSULATE = "consulate", _("poste consulaire")
    RESIDENCE_BOARD = "residence_board", _("commission du titre de séjour")
    OTHER = "other", _("autre service")


class OpinionAnswer(models.TextChoices):
    """What the consulted service answered."""

    FAVOURABLE = "favourable", _("favorable")
    RESERVED = "reserved", _("favorable avec réserves")
    UNFAVOURABLE = "unfavourable", _("défavorable")
    NONE = "none", _("pas de réponse dans le délai")


class AppealKind(models.TextChoices):
    """To whom a refusal is contested."""

    GRACIOUS = "gracious", _("recours gracieux")
    HIERARCHICAL = "hierarchical", _("recours hiérarchique")
    CONTENTIOUS = "contentious", _("recours contentieux")


class AppealOutcome(models.TextChoices):
    """How an appeal ended: the first two here, the others where a court or the minister decides."""

    REJECTED = "rejected", _("rejeté")
    ACCEPTED = "accepted", _("accepté, le dossier est rouvert")
    ANNULLED = "annulled", _("refus annulé, le dossier est réexaminé")
    DISMISSED = "dismissed", _("recours rejeté")
    STRUCK_OUT = "struck_out", _("recours terminé sans jugement (désistement, non-lieu)")


DECIDED_ELSEWHERE = (AppealOutcome.ANNULLED, AppealOutcome.DISMISSED, AppealOutcome.STRUCK_OUT)
"""What a court or the minister decides, and the office only records."""


class AssignedWhy(models.TextChoices):
    """Why an agent received a case; nobody ever chose it."""

    ROUTED = "routed", _("à l’arrivée du dossier")
    DAILY = "daily", _("tirage du matin")
    COUPLE = "couple", _("l’agent a le dossier de l’autre personne du couple")
    TAKEN = "taken", _("l’agent a pris le dossier suivant")
    AWAY = "away", _("absence du collègue")
    LEFT = "left", _("départ du collègue")
    CONFLICT = "conflict", _("proximité avec la personne")
    SUPERVISOR = "supervisor", _("demande du responsable")
    EVENED = "evened", _("rééquilibrage des charges")
    REROUTED = "rerouted", _("transmission par une autre préfecture")
    REOPENED = "reopened", _("réouverture du dossier")


class ReleasedWhy(models.TextChoices):
    """Why an agent has the case no more."""

    AWAY = "away", _("absence")
    LEFT = "left", _("fin de l’affectation")
    CONFLICT = "conflict", _("proximité avec la personne")
    SUPERVISOR = "supervisor", _("demande du responsable")
    EVENED = "evened", _("rééquilibrage des charges")
    REROUTED = "rerouted", _("transmission à une autre préfecture")
    CLOSED = "closed", _("fin de l’instruction")


class NextActor(models.TextChoices):
    """Whose turn it is."""

    APPLICANT = "applicant", _("le demandeur")
    OFFICE = "office", _("la préfecture")
    PARTNER = "partner", _("le service consulté")
    MAKER = "maker", _("l’atelier de fabrication")
    COUNTER = "counter", _("le guichet")
    NOBODY = "nobody", _("personne")


class CardOrderState(models.TextChoices):
    """How far the card's maker is."""

    TO_SEND = "to_send", _("à envoyer")
    SENT = "sent", _("envoyée")
    PRODUCED = "produced", _("fabriquée")
    REVOKED = "revoked", _("annulée")


class SupplyHow(models.TextChoices):
    """How what a grant waited for reached the office."""

    SENT = "sent", _("reçu par le portail")
    OTHERWISE = "otherwise", _("reçu autrement : courrier ou guichet")


class CancelAnswer(models.TextChoices):
    """What the maker says of a card that is no longer wanted."""

    CANCELLED = "cancelled", _("annulée chez le fabricant")
    MADE = "produced", _("déjà fabriquée")


class ItemVerdict(models.TextChoices):
    """What an agent says of one answer to a completion request."""

    ACCEPTED = "accepted", _("accepté")
    NOT_ENOUGH = "not_enough", _("pas suffisant")
