"""Giving a case to an office: the first time, or when another one is competent."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.accounts.enums import Role
from portal.core import door
from portal.correspondence import api as correspondence
from portal.territory import api as territory
from portal.vault import api as vault
from workflows.deadlines import legal_day
from workflows.enums import ROUTING_DESK, AssignedWhy, ReleasedWhy
from workflows.models import (
    Alarm,
    Appeal,
    Assignment,
    AwaitedSupply,
    BatchRow,
    CardOrder,
    Case,
    CaseReading,
    CheckResult,
    ClockPause,
    Decision,
    ItemReview,
    ObservationInvitation,
    Opinion,
    Proposal,
    ReasonsRequest,
    Retraction,
    Step,
)
from workflows.queries.names import office_name
from workflows.queries.routes import find_route, route_inside
from workflows.routing import Route
from workflows.services.assigning import assign_by_chance
from workflows.services.deciding import void_proposal
from workflows.services.holding import release
from workflows.services.moves import MoveRefused, advance, lock_case
from workflows.services.opinions import void_opinion

READERS = [Role.REVIEWER.value, Role.SIGNATORY.value, Role.SUPERVISOR.value]
"""Who may open the files of a case in its office."""

_RECORDS = (
    Assignment,
    Step,
    Proposal,
    CheckResult,
    Decision,
    Opinion,
    ClockPause,
    CardOrder,
    AwaitedSupply,
    ItemReview,
    CaseReading,
    Alarm,
    ReasonsRequest,
    Appeal,
    Retraction,
    ObservationInvitation,
    BatchRow,
)


@transaction.atomic
def route(
    *,
    case_id: UUID,
    prefecture_code: str,
    reason: str,
    actor: User,
    at: datetime,
    seen: int,
) -> Step:
    """A supervisor finds the office that the rule did not give. Raises MoveRefused."""
    case = lock_case(case_id)
    return send_to(
        case=case,
        move="route",
        actor=actor,
        at=at,
        route=route_to(case, prefecture_code, at),
        reason=reason,
        seen=seen,
    )


@transaction.atomic
def reroute(
    *,
    case_id: UUID,
    prefecture_code: str,
    reason: str,
    actor: User | None,
    at: datetime,
    seen: int | None,
) -> Step:
    """Another office is competent: it receives the case and the person is told.

    The clock runs on from the first filing (CRPA L.114-2, L.114-3); the service is that of the
    new office. The former office loses sight of the dossier. `actor` None is the portal, when
    the person has moved. Raises MoveRefused when the office has it already or is unknown.
    """
    case = lock_case(case_id)
    if case.prefecture_code == prefecture_code:
        raise MoveRefused(_("Cette préfecture a déjà le dossier."))
    former = case.prefecture_code
    step = send_to(
        case=case,
        move="reroute",
        actor=actor,
        at=at,
        route=route_to(case, prefecture_code, at),
        reason=reason,
        seen=seen,
    )
    vault.revoke_access(case.dossier_id, former)
    correspondence.tell(case.applicant, "dossier_rerouted", dossier_id=case.dossier_id)
    return step


def send_to(*, case: Case, move: str, actor, at, route: Route, reason="", seen=None) -> Step:
    """Make the move and hand over every record of the dossier, files included.

    The agent of the former office has the case no more; one of the new office is drawn.
    """
    with door.also(route.office):
        void_proposal(case, at=at)
        void_opinion(case, at=at)
        step = advance(
            case_id=case.pk,
            move=move,
            actor=actor,
            at=at,
            seen=seen,
            reason=reason,
            words={"office": office_name(route.office)},
            route=route,
        )
        case.refresh_from_db()
        release(case, why=ReleasedWhy.REROUTED, at=at)
        give_to_office(case, route.office or ROUTING_DESK)
        open_files(case, route.office or ROUTING_DESK)
        case.prefecture_code = route.office
        why = AssignedWhy.ROUTED if move == "route" else AssignedWhy.REROUTED
        assign_by_chance(case, why=why, at=at)
    return step


def wait_for_an_office(case: Case, route: Route) -> None:
    """No office was found: the case goes to the routing desk, which reads why."""
    Case.objects.filter(pk=case.pk).update(routing_rule=route.rule)
    give_to_office(case, ROUTING_DESK)
    open_files(case, ROUTING_DESK)


def give_to_office(case: Case, code: str) -> None:
    """Write the office on every record of the dossier."""
    Case.objects.filter(pk=case.pk).update(prefecture_code=code)
    for model in _RECORDS:
        model.objects.filter(case_id=case.pk).update(prefecture_code=code)
    dossiers.set_prefecture(dossier_id=case.dossier_id, code=code)


def open_files(case: Case, code: str) -> None:
    """Let the agents of an office who review and decide open the files of the dossier."""
    vault.grant_access(case.dossier_id, code, READERS, reason="case")


def route_to(case: Case, office: str, at: datetime) -> Route:
    """The service of that office: the rule's own when it says the same office.

    Raises MoveRefused when there is no such office.
    """
    if not territory.prefectures().filter(pk=office).exists():
        raise MoveRefused(_("Cette préfecture n’existe pas."))
    today = legal_day(at)
    found = find_route(case, dossiers.dossier_summary(case.dossier_id), on=today)
    return found if found.office == office else route_inside(case, office, on=today)
