"""A visit that cannot wait its turn: one person of the office asks, a supervisor answers."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments import rules
from appointments.models import Clearance, Urgency
from appointments.queries.people import supervisors_of
from appointments.services import elsewhere
from portal.accounts.api import Role, User
from portal.core import clock, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence

PATH = "/agent/urgences/"
_CLOSE = _(
    "Vous avez une adresse, un téléphone ou un courriel en commun avec cette personne : "
    "un collègue doit s’en occuper."
)
_ANOTHER = _("Une autre personne doit répondre à votre demande.")
_REFUSALS = {
    "one_urgency_at_a_time_for_a_clearance": _("Une urgence est déjà demandée pour ce dossier."),
    "an_urgency_is_asked_by_the_office": _("Cette visite n’est pas de votre préfecture."),
    "an_urgency_is_of_somebody_who_waits": _("Cette personne n’attend pas de rendez-vous."),
    "nobody_is_urgent_for_someone_close": _CLOSE,
    "an_urgency_is_agreed_by_another": _ANOTHER,
    "an_urgency_is_declined_by_another": _ANOTHER,
    "an_urgency_is_answered_once": _("Cette demande a déjà reçu une réponse."),
    "an_urgency_is_answered_by_a_supervisor": _("Seul un responsable répond à cette demande."),
}


@transaction.atomic
def ask(*, clearance: Clearance, ground: str, reason: str, user: User, at: datetime) -> Urgency:
    """Ask that a visit comes before the others. Nothing changes until a supervisor agrees.

    Raises PermissionDenied outside the office, DomainRefusal for somebody close or twice.
    """
    if not rules.may_ask_urgency(clearance, user):
        raise PermissionDenied("urgency.ask")
    elsewhere.hold_case(clearance.dossier_id)
    with refusing(_REFUSALS):
        urgency = Urgency.objects.create(
            clearance=clearance,
            dossier_id=clearance.dossier_id,
            applicant_id=clearance.applicant_id,
            prefecture_code=clearance.prefecture_code,
            ground=ground,
            reason=reason,
            asked_by=user,
            asked_at=at,
        )
    _write(urgency, "urgency.ask")
    for supervisor in supervisors_of(clearance.prefecture_code, clock.legal_day(at)):
        if supervisor.pk != user.pk:
            correspondence.tell_agent(
                supervisor,
                "urgency_asked",
                path=PATH,
                sentence=_("Une demande de visite urgente attend votre réponse."),
            )
    return urgency


@transaction.atomic
def answer(urgency: Urgency, *, agrees: bool, user: User, at: datetime) -> None:
    """Agree, and the next run serves this person first; or decline. Once, by another person.

    Raises PermissionDenied to anyone but a supervisor of the office, DomainRefusal otherwise.
    """
    if urgency.asked_by_id == user.pk:
        raise DomainRefusal(_ANOTHER)
    if not rules.may_answer_urgency(urgency, user):
        raise PermissionDenied("urgency.answer")
    elsewhere.hold_case(urgency.dossier_id)
    said = {"approved_by": user, "approved_at": at} if agrees else {}
    said = said or {"declined_by": user, "declined_at": at}
    with refusing(_REFUSALS):
        found = Urgency.objects.filter(pk=urgency.pk, approved_at=None, declined_at=None)
        if not found.update(**said):
            raise DomainRefusal(_REFUSALS["an_urgency_is_answered_once"])
    _write(urgency, "urgency.agree" if agrees else "urgency.decline")
    if agrees:
        correspondence.add_line(
            "visit_urgent",
            dossier_id=urgency.dossier_id,
            applicant_id=urgency.applicant_id,
            prefecture_code=urgency.prefecture_code,
            by_role=Role.SUPERVISOR.value,
        )
        correspondence.tell(urgency.applicant, "visit_urgent", dossier_id=urgency.dossier_id)


def _write(urgency: Urgency, act: str) -> None:
    journal.record(
        act,
        subject_type="urgency",
        subject_id=urgency.pk,
        dossier_id=urgency.dossier_id,
        prefecture=urgency.prefecture_code,
        facts={"ground": urgency.ground, "clearance": str(urgency.clearance_id)},
    )
