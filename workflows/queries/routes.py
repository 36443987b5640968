"""The facts that the routing rule is given, and its answer in words."""

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from portal.territory import api as territory
from workflows.enums import BEFORE_DECISION
from workflows.models import Case
from workflows.queries.names import office_name
from workflows.routing import Home, Offer, Route, find, inside

WHY = {
    "residence": _("La personne habite dans le ressort de cette préfecture."),
    "police_prefecture": _(
        "La personne habite à Paris : le préfet de police est compétent, et non un préfet de "
        "département."
    ),
    "overseas": _(
        "La personne habite dans le ressort de cette préfecture. Des règles particulières peuvent "
        "s’appliquer dans ce territoire d’outre-mer : nous ne les avons pas vérifiées, et ce "
        "portail n’en déduit rien. L’agent les vérifie avant de décider."
    ),
    "student_counter": _(
        "L’établissement de la personne est affilié au guichet étudiant de la préfecture de son "
        "domicile."
    ),
    "office_alone": _(
        "La personne habite dans le ressort de cette préfecture, qui n’a déclaré aucun service "
        "pour cette démarche."
    ),
    "national": _("Cette démarche est confiée à un seul service pour tout le pays."),
    "chosen": _("Un agent a choisi cette préfecture ; son motif est dans l’historique."),
    "outside_the_law": _(
        "Le droit au séjour a ses propres règles dans le territoire où la personne habite : aucune "
        "préfecture de ce portail n’y est compétente."
    ),
    "unknown_place": _("La commune de la personne n’est pas dans notre liste officielle."),
    "without_national_office": _(
        "Cette démarche relève d’une autorité nationale, et aucun service national n’est déclaré "
        "ce jour-là."
    ),
    "several_services": _(
        "Plusieurs services prennent cette démarche à cette adresse : un responsable choisit."
    ),
}


def find_route(case: Case, facts: dossiers.DossierView, *, on: date) -> Route:
    """What the rule says of a case, from what was last filed: two statements."""
    place = territory.place(facts.commune_code)
    remits = territory.remits_at(
        place, procedure=case.procedure_code, institution=facts.institution, on=on
    )
    return find(
        procedure=case.procedure_code,
        authority=facts.authority,
        home=_home(place),
        offers=_offers(remits),
    )


def route_inside(case: Case, office: str, *, on: date) -> Route:
    """The service of an office that an agent chose against the rule, or without one."""
    remits = territory.remits_of(office, procedure=case.procedure_code, on=on)
    return inside(office, procedure=case.procedure_code, offers=_offers(remits))


@dataclass(frozen=True)
class Competence:
    """Who has a case and by which rule; `elsewhere` when the rule says another office today."""

    service: territory.Service | None
    why: str
    article: str
    is_confirmed: bool
    elsewhere: "Elsewhere | None" = None


@dataclass(frozen=True)
class Elsewhere:
    """The office that the rule names, and the reason as it is written on the step."""

    code: str
    name: str
    reason: str


def competence_of(case: Case, facts: dossiers.DossierView, *, on: date) -> Competence:
    """The service of a case, why, and where it should be: two statements before the decision."""
    kept = Route(case.routing_rule) if case.routing_rule else None
    return Competence(
        service=case.service,
        why=why(kept.rule) if kept else "",
        article=kept.article if kept else "",
        is_confirmed=kept.is_confirmed if kept else True,
        elsewhere=elsewhere(case, facts, on=on) if case.state in BEFORE_DECISION else None,
    )


def elsewhere(case: Case, facts: dossiers.DossierView, *, on: date) -> Elsewhere | None:
    """The office that the rule names when it is not the one that has the case."""
    found = find_route(case, facts, on=on)
    if found.office in (None, case.prefecture_code):
        return None
    return Elsewhere(found.office, office_name(found.office), reason_of(found, facts))


def reason_of(route: Route, facts: dossiers.DossierView) -> str:
    """Why the portal names this office, in French, for the step and for the form."""
    with translation.override("fr"):
        said = _("Adresse déclarée : %(commune)s. %(why)s (%(article)s)") % {
            "commune": facts.commune,
            "why": why(route.rule),
            "article": route.article,
        }
        return str(said)


def why(rule: str) -> str:
    """Why a case is where it is, or why no office was found, in a sentence for the desk."""
    return str(WHY[rule])


def _home(place) -> Home | None:
    if place is None:
        return None
    return Home(
        insee=place.insee,
        arrondissement=place.arrondissement,
        department=place.department_code,
        zone=place.zone,
        office=place.prefecture_code,
    )


def _offers(remits) -> list[Offer]:
    return [
        Offer(
            service=remit.service_id,
            office=remit.prefecture_id,
            kind=remit.kind,
            department=remit.department_id or "",
            arrondissement=remit.arrondissement_code,
            commune=remit.commune_id or "",
            procedure=remit.procedure,
        )
        for remit in remits
    ]
