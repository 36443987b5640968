"""Where a case stands, in a sentence for the person: what is awaited, from whom, by when."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.territory import api as territory
from workflows.enums import CaseState, NextActor
from workflows.models import Case
from workflows.queries.names import office_name

S = CaseState

SENTENCES = {
    S.FILED: gettext_lazy("Votre demande est déposée. Nous cherchons la préfecture compétente."),
    S.RECEIVED: gettext_lazy("La préfecture a reçu votre dossier et vérifie qu’il est complet."),
    S.COMPLETION_REQUESTED: gettext_lazy(
        "Nous vous attendons : un complément à envoyer au plus tard le %(due)s."
    ),
    S.UNDER_REVIEW: gettext_lazy("Votre dossier est complet. La préfecture l’examine."),
    S.OPINION_REQUESTED: gettext_lazy(
        "La préfecture attend l’avis d’un autre service, demandé jusqu’au %(due)s."
    ),
    S.DECISION_PROPOSED: gettext_lazy(
        "Une décision est proposée. Une seconde personne doit la relire avant de signer."
    ),
    S.GRANTED: gettext_lazy("Votre demande est acceptée."),
    S.REFUSED: gettext_lazy("Votre demande est refusée. La lettre dit pourquoi et que faire."),
    S.CLOSED: gettext_lazy("Votre dossier est classé sans suite. La lettre dit pourquoi."),
    S.BIOMETRICS_DUE: gettext_lazy(
        "Votre titre est accordé. Vous devez venir une fois pour la prise d’empreintes."
    ),
    S.IN_PRODUCTION: gettext_lazy("Votre titre est accordé. Votre carte est en fabrication."),
    S.CARD_READY: gettext_lazy("Votre carte est prête. Venez la retirer à votre rendez-vous."),
    S.HANDED_OVER: gettext_lazy("Votre carte vous a été remise."),
    S.RECORDED: gettext_lazy(
        "Votre demande est acceptée et enregistrée. La lettre de décision le prouve."
    ),
    S.WITHDRAWN: gettext_lazy("Vous avez retiré votre demande."),
    S.ARCHIVED: gettext_lazy("Votre dossier est archivé."),
}

NEXT_ACTOR = {
    S.FILED: NextActor.OFFICE,
    S.RECEIVED: NextActor.OFFICE,
    S.COMPLETION_REQUESTED: NextActor.APPLICANT,
    S.UNDER_REVIEW: NextActor.OFFICE,
    S.OPINION_REQUESTED: NextActor.PARTNER,
    S.DECISION_PROPOSED: NextActor.OFFICE,
    S.GRANTED: NextActor.OFFICE,
    S.REFUSED: NextActor.NOBODY,
    S.CLOSED: NextActor.NOBODY,
    S.BIOMETRICS_DUE: NextActor.APPLICANT,
    S.IN_PRODUCTION: NextActor.MAKER,
    S.CARD_READY: NextActor.APPLICANT,
    S.HANDED_OVER: NextActor.NOBODY,
    S.RECORDED: NextActor.NOBODY,
    S.WITHDRAWN: NextActor.NOBODY,
    S.ARCHIVED: NextActor.NOBODY,
}

WHAT_IS_NEXT = {
    S.FILED: gettext_lazy("Orienter le dossier vers la préfecture compétente."),
    S.RECEIVED: gettext_lazy("Vérifier que le dossier est complet, ou tout demander en une fois."),
    S.COMPLETION_REQUESTED: gettext_lazy(
        "Attendre le complément. Le délai de rejet implicite est suspendu jusque-là."
    ),
    S.UNDER_REVIEW: gettext_lazy("Examiner le dossier et proposer une décision motivée."),
    S.OPINION_REQUESTED: gettext_lazy("Attendre l’avis. Le délai légal continue de courir."),
    S.DECISION_PROPOSED: gettext_lazy("Relire la proposition, puis signer ou renvoyer."),
    S.GRANTED: gettext_lazy(
        "Lancer la fabrication ou la prise d’empreintes, ou enregistrer la décision."
    ),
    S.BIOMETRICS_DUE: gettext_lazy("La personne vient une fois pour ses empreintes."),
    S.IN_PRODUCTION: gettext_lazy("La carte est en fabrication ; rien à faire ici."),
    S.CARD_READY: gettext_lazy("La personne vient retirer sa carte."),
}


# A grant that has no effect yet (CRPA L.114-5-1), by what is due.
_WAITING = {
    "supply": gettext_lazy(
        "Votre demande est acceptée. La décision prendra effet quand la préfecture aura reçu "
        "ce qu’elle vous demande : envoyez-le avant le %(due)s."
    ),
    "supply-read": gettext_lazy(
        "Votre demande est acceptée. La préfecture vérifie qu’elle a reçu ce qu’elle "
        "attendait : la décision prendra alors effet."
    ),
}

_ON_ITS_WAY = gettext_lazy(
    "Votre carte est prête. Elle est envoyée à : %(office)s. Vous la retirerez là-bas, à votre "
    "rendez-vous."
)


@dataclass(frozen=True)
class CaseView:
    """What the pages of the person, and the counter, may show of a review."""

    id: UUID
    dossier_id: UUID
    state: str
    state_label: str
    sentence: str
    next_actor: str
    supply_awaited: bool
    due_on: date | None
    filed_at: datetime
    complete_at: datetime | None
    implicit_refusal_on: date
    implicit_refusal_rule: str
    implicit_refusal_article: str
    silence_has_run_out: bool
    outcome: str
    decided_at: datetime | None
    title_starts_on: date | None
    title_ends_on: date | None
    card_number: str
    prefecture_code: str | None
    service: territory.Service | None


def case_view(case: Case) -> CaseView:
    """The case in words, in the language of the page."""
    return CaseView(
        id=case.pk,
        dossier_id=case.dossier_id,
        state=str(case.state),
        state_label=str(S(case.state).label),
        sentence=sentence(case),
        next_actor=str(next_actor(case)),
        supply_awaited=case.supply_awaited,
        due_on=case.due_on,
        filed_at=case.filed_at,
        complete_at=case.complete_at,
        implicit_refusal_on=case.implicit_refusal_on,
        implicit_refusal_rule=case.clock_rule,
        implicit_refusal_article=case.clock_article,
        silence_has_run_out=case.implicit_refusal_flagged_on is not None,
        outcome=case.outcome,
        decided_at=case.decided_at,
        title_starts_on=case.title_starts_on,
        title_ends_on=case.title_ends_on,
        card_number=case.card_number,
        prefecture_code=case.prefecture_code,
        service=case.service,
    )


def sentence(case: Case) -> str:
    """The state as a sentence, with the date that matters written in full.

    A case read `with_the_place_of_the_card` also says that the card is not there yet.
    """
    if case.state == S.CARD_READY and getattr(case, "card_place", None) not in (
        None,
        case.prefecture_code,
    ):
        return str(_ON_ITS_WAY) % {"office": office_name(case.prefecture_code)}
    said = _WAITING.get(case.due_rule) if case.supply_awaited else None
    said = str(said or SENTENCES[case.state])
    if not case.due_on:
        return said
    return said % {"due": date_format(case.due_on, _("l j F"))}


def what_is_next(case: Case) -> str:
    """The next act, for the desk; an empty text when nothing is expected."""
    if case.supply_awaited:
        return _(
            "La décision favorable prend effet quand tout ce qu’elle attend est reçu : constatez "
            "ce qui est arrivé, ou redemandez-le."
        )
    return str(WHAT_IS_NEXT.get(case.state, ""))


def whose_turn(case: Case) -> str:
    """Who makes the next act, in words."""
    return str(next_actor(case).label)


def next_actor(case: Case) -> NextActor:
    """Whose turn it is; of a grant that waits, the person's until they have sent."""
    if case.supply_awaited and case.due_rule == "supply":
        return NextActor.APPLICANT
    return NEXT_ACTOR[case.state]
