"""Granted, the person moved before the card was handed over: the case goes on where they live."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import door
from portal.vault import api as vault
from workflows.enums import AssignedWhy, ReleasedWhy
from workflows.models import Case, Step
from workflows.queries.names import office_name
from workflows.services.assigning import assign_by_chance
from workflows.services.dispatching import send_card_after
from workflows.services.holding import release
from workflows.services.moves import MoveRefused, advance, lock_case
from workflows.services.rerouting import give_to_office, open_files, route_to
from workflows.table import plan_of

_MOVES = ("transfer", "transfer_visit")


@transaction.atomic
def transfer(*, case_id: UUID, prefecture_code: str, reason: str, at: datetime) -> Step:
    """The grant, its decision and its clocks stay; the office changes (CESEDA R.431-20).

    The portal alone does it, for a declared address: no agent asks, agrees or refuses. The right
    to a visit is born again at the new office with the step, the card follows, and the former
    office loses sight of the case. Raises MoveRefused when nothing is left to hand over, when
    the office has it already or is unknown.
    """
    case = lock_case(case_id)
    former = case.prefecture_code
    if former == prefecture_code:
        raise MoveRefused(_("Cette préfecture a déjà le dossier."))
    route = route_to(case, prefecture_code, at)
    with door.also(prefecture_code):
        # before the step: whoever hears of it may open the files to more of that office
        open_files(case, prefecture_code)
        step = advance(
            case_id=case.pk,
            move=_move_of(case),
            actor=None,
            at=at,
            reason=reason,
            words={"office": office_name(prefecture_code)},
            route=route,
        )
        case.refresh_from_db()
        _give(case, prefecture_code, at)
    vault.revoke_access(case.dossier_id, former)
    return step


def _move_of(case: Case) -> str:
    for move in _MOVES:
        if plan_of(case, move) is not None:
            return move
    raise MoveRefused(_("Ce dossier reste à la préfecture qui l’a décidé."))


def _give(case: Case, code: str, at: datetime) -> None:
    """Every record, the card, and a reviewer when the grant still waits for something."""
    release(case, why=ReleasedWhy.REROUTED, at=at)
    give_to_office(case, code)
    if case.is_in_review:
        assign_by_chance(case, why=AssignedWhy.REROUTED, at=at)
    send_card_after(case, at=at)
