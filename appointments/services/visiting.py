"""From the waiting room to the outcome: one act a service, one transaction, one line each."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import queries, rules
from appointments.enums import FULFILLED, REASONS, Purpose, VisitOutcome, VisitState
from appointments.models import Appointment, Visit
from appointments.services import elsewhere, notices
from portal.accounts.api import Role
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.territory.api import Counter
from workflows import api as workflows

HANDS = {
    "nobody_receives_themselves": gettext_lazy("Personne ne se reçoit soi-même."),
    "nobody_receives_someone_close_to_them": gettext_lazy(
        "Vous avez une adresse, un téléphone ou une adresse e-mail en commun avec cette personne : "
        "un autre agent doit la recevoir."
    ),
    "a_visit_is_led_by_an_agent_of_its_office": gettext_lazy(
        "Seul un agent du guichet de cette préfecture peut faire cela."
    ),
}
"""Why these hands may not: said in the same words at the arrival and during the visit."""

_REFUSALS = HANDS | {
    "a_visit_is_called_to_a_counter_of_the_site": gettext_lazy("Ce guichet est sur un autre site."),
    "a_visit_follows_its_order": gettext_lazy(
        "Un autre agent vient de s’occuper de cette personne. Rechargez la page."
    ),
    "a_visit_is_never_changed": gettext_lazy("Cette visite est déjà terminée."),
    "somebody_else_follows_up_a_visit": gettext_lazy(
        "Une autre personne que l’agent qui l’a reçue doit décider."
    ),
}
_TOLD = {
    VisitOutcome.UNIDENTIFIED: "visit_unidentified",
    VisitOutcome.INCOMPLETE: "visit_incomplete",
    VisitOutcome.LEFT: "visit_left",
}


def told_of(visit: Visit | None) -> str:
    """What its person is told of a visit that did not reach its end; empty for any other."""
    kind = _TOLD.get(VisitOutcome(visit.outcome)) if visit and visit.outcome else None
    return str(notices.LINES[kind]) if kind else ""


@transaction.atomic
def call(visit: Visit, *, counter: Counter, user) -> Visit:
    """Show the number on the screen with this counter; a second time, call it again."""
    if visit.state not in (VisitState.ARRIVED, VisitState.CALLED):
        raise DomainRefusal(_REFUSALS["a_visit_follows_its_order"])
    elsewhere.hold_case(visit.dossier_id)
    return _move(visit, "visit.call", user, state=VisitState.CALLED, counter=counter)


@transaction.atomic
def call_next(*, counter: Counter, user) -> Visit:
    """Call whoever comes first among those this counter may serve. Raises when nobody waits.

    Two counters at once call two people; whose case is held by another act at this moment is
    called by the next counter.
    """
    _only_here(counter.site.prefecture_id, user)
    passed: set[UUID] = set()
    while True:
        waiting = queries.next_for(counter, user).exclude(pk__in=passed)
        visit = waiting.select_for_update(of=("self",), skip_locked=True).first()
        if visit is None:
            raise DomainRefusal(_("Personne n’attend pour ce guichet."))
        if workflows.hold_case(visit.dossier_id, wait=False):
            return call(visit, counter=counter, user=user)
        passed.add(visit.pk)


@transaction.atomic
def serve(visit: Visit, *, user) -> Visit:
    """The person is in front of the agent."""
    elsewhere.hold_case(visit.dossier_id)
    return _move(visit, "visit.serve", user, state=VisitState.SERVED)


@transaction.atomic
def fulfil(
    appointment: Appointment, *, case_id: UUID, user, at: datetime, old_card: str = ""
) -> Visit:
    """Record what the person came for, in the case and in the visit, or in neither.

    Raises DomainRefusal before the arrival, twice, or when the case is elsewhere.
    """
    visit = _brought_to_the_counter(appointment, user)
    if appointment.purpose == Purpose.BIOMETRICS:
        step = workflows.record_biometrics(case_id, user, at)
    else:
        step = workflows.record_hand_over(case_id, user, at)
    return _end(visit, user, FULFILLED[Purpose(visit.purpose)], step=step, old_card=old_card)


@transaction.atomic
def leave_unfulfilled(appointment: Appointment, *, outcome: str, reason: str, user) -> Visit:
    """The visit did not reach its end, and no right ends with it.

    Whoever was not recognised is shown to a supervisor, who speaks with them; anybody else waits
    for another appointment at once, at the same rank.
    """
    if reason not in REASONS.get(VisitOutcome(outcome), ()):
        raise DomainRefusal(_("Choisissez une raison de la liste."))
    if outcome == VisitOutcome.LEFT:
        visit = _visit_of(appointment, user)
    else:
        visit = _brought_to_the_counter(appointment, user)
    visit = _end(visit, user, outcome, reason=reason)
    notices.tell_about(appointment, _TOLD[VisitOutcome(outcome)], by_role=Role.COUNTER_AGENT.value)
    return visit


@transaction.atomic
def give_another(appointment: Appointment, *, user) -> Visit:
    """A supervisor spoke with somebody who was not recognised: they may come again."""
    visits = Visit.objects.visible_to(user).filter(pk=appointment.pk).exclude(outcome="")
    visit = visits.order_by("pk").first()
    if visit is None:
        raise DomainRefusal(_("La visite de cette personne n’est pas terminée."))
    if not rules.may_follow_up(visit, user):
        raise DomainRefusal(_REFUSALS["somebody_else_follows_up_a_visit"])
    elsewhere.hold_case(visit.dossier_id)
    if visit.again_at is not None:
        raise DomainRefusal(_("Un autre rendez-vous est déjà demandé pour cette personne."))
    # the database writes its own moment and who acts
    visit = _move(visit, "visit.again", user, again_at=visit.ended_at)
    notices.tell_about(appointment, "appointment_readmitted", by_role=Role.SUPERVISOR.value)
    return visit


def _brought_to_the_counter(appointment, user) -> Visit:
    """The visit, served: somebody received straight away is called and seated in one act."""
    visit = _visit_of(appointment, user)
    if visit.state == VisitState.ARRIVED:
        visit = call(visit, counter=appointment.check_in.counter, user=user)
    if visit.state == VisitState.CALLED:
        visit = serve(visit, user=user)
    return visit


def _visit_of(appointment, user) -> Visit:
    _only_here(appointment.prefecture_code, user)
    elsewhere.hold_case(appointment.dossier_id)
    visits = Visit.objects.visible_to(user).select_for_update(of=("self",))
    visit = visits.filter(pk=appointment.pk).order_by("pk").first()
    if visit is None:
        raise DomainRefusal(_("Enregistrez d’abord l’arrivée de la personne."))
    if visit.is_over:
        raise DomainRefusal(_REFUSALS["a_visit_is_never_changed"])
    return visit


def _end(visit, user, outcome, **facts) -> Visit:
    return _move(visit, "visit.end", user, state=VisitState.ENDED, outcome=str(outcome), **facts)


def _move(visit, act, user, **facts) -> Visit:
    """Change a visit from the state that was seen, and say so in the journal."""
    with refusing(_REFUSALS):
        moved = Visit.objects.filter(pk=visit.pk, state=visit.state).update(**facts)
    if not moved:
        raise DomainRefusal(_REFUSALS["a_visit_follows_its_order"])
    visit.refresh_from_db()
    coded = {"number": visit.number}
    coded |= {name: str(facts[name]) for name in ("outcome", "reason") if facts.get(name)}
    coded |= {"counter": facts["counter"].pk} if "counter" in facts else {}
    journal.record(
        act,
        subject_type="appointment",
        subject_id=visit.pk,
        dossier_id=visit.dossier_id,
        prefecture=visit.prefecture_code,
        facts=coded,
    )
    return visit


def _only_here(prefecture_code, user) -> None:
    if not rules.receives_in(prefecture_code, user):
        raise DomainRefusal(HANDS["a_visit_is_led_by_an_agent_of_its_office"])
