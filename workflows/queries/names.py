"""The words for codes: moves, roles, offices."""

import functools

from django.utils.translation import gettext as _

from portal.accounts.enums import Role
from portal.territory import api as territory
from workflows.enums import ROUTING_DESK, SYSTEM
from workflows.table import OPEN, moves

_LABELS = {name: plan.custom["label"] for name, _source, _target, plan in moves()}


def move_label(move: str) -> str:
    """What a move is called at the desk."""
    return _("Ouvrir le dossier") if move == OPEN else str(_LABELS[move])


def role_label(role: str) -> str:
    """Under which role a step was made; a person is never named."""
    return _("le portail") if role == SYSTEM else str(Role(role).label)


def whose_it_is(case) -> str:
    """Why a reviewer of the office does not act on this case; a colleague is never named."""
    if case.reviewer_id is None:
        return _("Ce dossier n’est encore confié à personne : le prochain tirage le donnera.")
    return _("Ce dossier est confié à un collègue : vous pouvez le lire, pas l’instruire.")


def office_name(code: str | None) -> str:
    """The name of an office on the day it is written."""
    if not code or code == ROUTING_DESK:
        return _("préfecture à déterminer")
    return _name_of(code)


@functools.lru_cache(maxsize=512)
def _name_of(code: str) -> str:
    """Read once: an office takes a new name with a release, which starts every process anew."""
    return territory.prefecture(code).name


def office_names(codes) -> dict[str, str]:
    """The names of several offices, in one statement."""
    wanted = {code for code in codes if code and code != ROUTING_DESK}
    return dict(territory.prefectures().filter(pk__in=wanted).values_list("pk", "name"))
