"""Facts a case must satisfy before a move. Each guard carries the words shown to the agent.

A guard of a signature also takes the person: it is a fact about their power on that day.
"""

from django.utils.translation import gettext_lazy as _

from portal.core import clock
from workflows.enums import AppealOutcome, CardOrderState, OpinionAnswer, OpinionKind, Outcome


def guard(reason):
    """Give a fact the sentence shown when it does not hold."""

    def mark(check):
        check.reason = reason
        return check

    return mark


@guard(_("Une demande de complément est encore ouverte."))
def no_open_completion_request(case):
    return case.completion_request_id is None


@guard(_("Aucune demande de complément n’est ouverte."))
def a_completion_request_is_open(case):
    return case.completion_request_id is not None


@guard(
    _(
        "La décision favorable attend encore une pièce ou une réponse : elle prend effet quand la "
        "préfecture la reçoit (CRPA, art. L. 114-5-1)."
    )
)
def no_supply_is_awaited(case):
    return not case.supply_awaited


@guard(_("La décision favorable n’attend ni pièce ni réponse."))
def a_supply_is_awaited(case):
    return case.supply_awaited


@guard(_("Un avis est encore attendu."))
def no_awaited_opinion(case):
    return case.opinion_id is None


@guard(_("Aucun avis n’est attendu."))
def an_opinion_is_awaited(case):
    return case.opinion_id is not None


@guard(_("La proposition n’est pas une décision favorable."))
def a_grant_is_proposed(case):
    return case.proposed_outcome == Outcome.GRANT


@guard(_("La proposition n’est pas un refus."))
def a_refusal_is_proposed(case):
    return case.proposed_outcome == Outcome.REFUSE


@guard(_("La proposition n’est pas un classement sans suite."))
def a_closure_is_proposed(case):
    return case.proposed_outcome == Outcome.CLOSE


@guard(
    _(
        "Le demandeur a complété son dossier depuis la proposition. "
        "Renvoyez-la pour qu’elle tienne compte des nouveaux éléments."
    )
)
def nothing_new_since_the_proposal(case):
    return case.proposed_submission == case.submission_number


def power_to_sign(case, person, act=None):
    """The delegation under which this person may sign today, None without one.

    `act` is an outcome; what is proposed, when none is said.
    """
    return person.signing_delegations.covering(
        prefecture_code=case.prefecture_code,
        act=act or case.proposed_outcome,
        family=case.dossier.procedure.family,
        day=clock.today(),
    ).first()


@guard(
    _(
        "Aucune délégation de signature en vigueur ne vous permet de signer cet acte aujourd’hui, "
        "pour cette préfecture et cette démarche. Rien n’est signé. Une autre personne habilitée "
        "peut signer ; votre responsable voit la liste des délégations."
    )
)
def a_delegation_covers_the_signature(case, person):
    return power_to_sign(case, person) is not None


@guard(
    _(
        "La commission du titre de séjour doit d’abord rendre son avis sur ce refus (CESEDA, "
        "art. L. 432-13, à confirmer). Renvoyez la proposition pour qu’elle soit saisie."
    )
)
def the_board_was_heard(case):
    if case.dossier.procedure.board_before_refusal is None:
        return True
    heard = case.opinions.filter(
        kind=OpinionKind.RESIDENCE_BOARD, settled_at__isnull=False, hearing_on__lte=clock.today()
    )
    return heard.exclude(answer__in=["", OpinionAnswer.NONE]).exists()


@guard(
    _(
        "La décision date de plus de douze mois : elle ne se retire plus ici (règle du portail). "
        "La personne peut déposer une nouvelle demande."
    )
)
def the_decision_may_still_be_withdrawn(case):
    annulled = case.appeals.filter(outcome=AppealOutcome.ANNULLED, decision__revoked_at=None)
    return clock.today() <= case.last_day_to_reopen() or annulled.exists()


@guard(_("Aucun retrait n’est proposé."))
def a_retraction_is_proposed(case):
    return case.retractions.filter(settled_at=None).exists()


@guard(
    _(
        "La personne peut encore répondre : la signature attend sa réponse, ou la fin du délai "
        "(CRPA, art. L. 121-1 et L. 122-1)."
    )
)
def the_person_could_answer(case):
    open_ones = case.invitations.filter(retraction__settled_at=None).order_by("pk")
    return all(invitation.is_over(clock.today()) for invitation in open_ones)


@guard(
    _(
        "Le titre est accordé depuis plus de quatre mois : il ne se retire plus ainsi "
        "(CRPA, art. L. 242-1)."
    )
)
def the_grant_may_still_be_withdrawn(case):
    return clock.today() <= case.last_day_to_retract()


@guard(
    _(
        "Vous ne pouvez pas signer ce retrait : il faut une délégation de signature en vigueur "
        "pour les décisions favorables, et ne pas l’avoir proposé."
    )
)
def another_person_with_power_signs_the_retraction(case, person):
    proposed = case.retractions.filter(settled_at=None, proposed_by=person).exists()
    return not proposed and power_to_sign(case, person) is not None


@guard(_("Les empreintes doivent d’abord être prises."))
def prints_are_usable(case):
    return case.prints_on_record


@guard(_("Des empreintes utilisables sont déjà enregistrées : la personne n’a pas à venir."))
def prints_must_be_taken(case):
    return not case.prints_on_record


@guard(_("Cette décision ne fait pas faire de carte : le droit est enregistré."))
def a_card_is_made(case):
    return case.makes_card


@guard(_("Cette décision fait faire une carte : elle doit être fabriquée et remise."))
def no_card_is_made(case):
    return not case.makes_card


@guard(_("La carte n’a pas encore été commandée."))
def the_card_is_ordered(case):
    return case.card_ordered_at is not None


@guard(
    _(
        "La carte est encore dans une autre préfecture, ou en route. Notez son arrivée à la page "
        "« Cartes à envoyer ou attendues » avant de la remettre."
    )
)
def the_card_is_here(case):
    made = case.card_orders.filter(state=CardOrderState.PRODUCED)
    return not made.exclude(place_code=case.prefecture_code).exists()


OF_A_RETRACTION = (
    a_retraction_is_proposed,
    the_person_could_answer,
    the_grant_may_still_be_withdrawn,
)
"""What must be true before a granted title is taken back."""

OF_A_REFUSAL = (a_refusal_is_proposed, nothing_new_since_the_proposal, the_board_was_heard)
"""What must be true before a refusal is signed."""
