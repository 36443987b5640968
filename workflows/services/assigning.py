"""Giving each case to an agent drawn at random: nobody chooses their cases, nobody is chosen."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.accounts import api as accounts
from portal.accounts.api import Role, User
from portal.core import door
from portal.core.clock import PARIS
from workflows import deadlines
from workflows.enums import IN_REVIEW, SYSTEM, AssignedWhy, ReleasedWhy
from workflows.models import Assignment, Case
from workflows.queries.names import role_label
from workflows.queries.queue import next_of, next_unassigned
from workflows.queries.together import couple_reviewer
from workflows.queries.workload import ACTIVE, BAND, loads_of
from workflows.rules import may_give_away, may_take
from workflows.services.holding import hold, release
from workflows.services.moves import CaseHasMoved, MoveRefused, case_of_if_free, lock_case

COMPARED = 2
"""How many of the eligible are drawn, so that the load of a whole office is not read each time."""

FIRST_DRAWS = frozenset({AssignedWhy.ROUTED, AssignedWhy.DAILY, AssignedWhy.REROUTED})
"""Where a couple's case follows the other one. Never where somebody asked for the draw: it would
say who receives the case."""

_chance = secrets.SystemRandom()


@dataclass(frozen=True)
class Draw:
    """Who was drawn, among whom, and how many could have been."""

    agent_id: int
    among: tuple[int, ...]
    eligible: int
    most: int
    """The heaviest load among those drawn from."""


def eligible_for(case: Case, *, at: datetime) -> list[int]:
    """Reviewers of the office who are present, skilled, far from the person, and not its typist."""
    day = deadlines.legal_day(at)
    present = accounts.reviewers_present(
        case.prefecture_code, day, procedure_code=case.procedure_code
    )
    close = accounts.agents_sharing(case.contact_keys) if present else frozenset()
    return [agent for agent in present if agent not in close and agent not in case.typists]


def draw(
    case: Case, *, at: datetime, without: Collection[int] = (), compared: int | None = COMPARED
) -> Draw | None:
    """The less loaded of two drawn among those who may receive this case; None when nobody may.

    Two drawn by chance keep loads even almost as well as the least of all would, and nobody
    attracts the next case by emptying their desk. The machine's own source of chance decides,
    without a seed: nobody can foresee the draw, and nobody can make it again until it suits
    them. `compared=None` compares everybody, for a run that evens loads.
    """
    eligible = [agent for agent in eligible_for(case, at=at) if agent not in without]
    if not eligible:
        return None
    some = eligible
    if compared is not None and len(eligible) > compared:
        some = sorted(_chance.sample(eligible, compared))
    loads = loads_of(case.prefecture_code, some)
    least = min(loads.values())
    among = tuple(agent for agent in some if loads[agent] <= least + BAND)
    return Draw(_chance.choice(among), among, len(eligible), max(loads[one] for one in among))


def assign_by_chance(
    case: Case, *, why: str, at: datetime, made_by=None, without: Collection[int] = (), note=""
) -> Assignment | None:
    """Give a case that the caller holds and nobody has; None leaves it to the next draw.

    When it comes, it goes to who has the other case of its couple, if that agent may have it.
    """
    with door.also(case.prefecture_code):
        if why in FIRST_DRAWS and (followed := _follow_the_couple(case, at=at)) is not None:
            return followed
        drawn = draw(case, at=at, without=without)
        if drawn is None:
            return None
        return _give(case, drawn, why=why, made_by=made_by, note=note)


def _follow_the_couple(case: Case, *, at: datetime) -> Assignment | None:
    """To the reviewer whom chance gave the other case, linked before; None draws as usual."""
    agent_id = couple_reviewer(case)
    if agent_id is None or agent_id not in eligible_for(case, at=at):
        return None
    return hold(case, agent_id, why=AssignedWhy.COUPLE, drawn_among=[agent_id], eligible=1)


def _give(case: Case, drawn: Draw, *, why: str, made_by=None, note="") -> Assignment:
    return hold(
        case,
        drawn.agent_id,
        why=why,
        made_by=made_by,
        drawn_among=drawn.among,
        eligible=drawn.eligible,
        note=note,
    )


@transaction.atomic
def take_next(*, actor: User, at: datetime) -> UUID | None:
    """The agent's own case that is due first; without one, an unassigned one of the office.

    Two demands at once of one agent give one case: the second waits and finds the first's.
    Returns None when nothing waits for this agent. Raises PermissionDenied for whoever holds
    no reviewer's post.
    """
    if not may_take(actor):
        raise PermissionDenied("take_next")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
    own = next_of(actor)
    if own is not None:
        return own
    handled = accounts.procedures_of(actor, deadlines.legal_day(at))
    for case_id in next_unassigned(actor, handled):
        case = lock_case(case_id)
        if not case.contact_keys:
            write_contact_keys(case)
        if case.reviewer_id is None and actor.pk in eligible_for(case, at=at):
            hold(
                case,
                actor.pk,
                why=AssignedWhy.TAKEN,
                made_by=actor,
                drawn_among=[actor.pk],
                eligible=1,
            )
            _take_the_couples_other(case, actor, at=at)
            return case_id
    return None


def _take_the_couples_other(case: Case, actor: User, *, at: datetime) -> None:
    """Who takes one case of a couple linked beforehand has the other too, when nobody has it."""
    link = dossiers.linked_with(case.dossier_id)
    other = case_of_if_free(link.dossier_id) if link and link.dossier_id else None
    if other is None or other.reviewer_id is not None or other.state not in IN_REVIEW:
        return
    if not other.contact_keys:
        write_contact_keys(other)
    if couple_reviewer(other) == actor.pk:
        _follow_the_couple(other, at=at)


@transaction.atomic
def give_away(
    *, case_id: UUID, holder: int | None, reason: str, actor: User, at: datetime, seen: int
) -> Assignment:
    """A supervisor takes a case from its `holder`; chance alone says who receives it.

    Raises CaseHasMoved, PermissionDenied, MoveRefused when nobody else may receive it.
    """
    case = lock_case(case_id)
    if not may_give_away(case, actor):
        raise PermissionDenied("give_away")
    if case.last_step != seen or holder is None or case.reviewer_id != holder:
        raise CaseHasMoved(_who_gave_it(case, since=seen))
    # A supervisor who also reviews never receives what they give.
    apart = {case.reviewer_id, actor.pk}
    release(case, why=ReleasedWhy.SUPERVISOR, at=at)
    made = assign_by_chance(
        case, why=AssignedWhy.SUPERVISOR, at=at, made_by=actor, without=apart, note=reason
    )
    if made is None:
        raise MoveRefused(
            _("Personne d’autre ne peut recevoir ce dossier aujourd’hui : il reste où il est.")
        )
    return made


@transaction.atomic
def assign_waiting(*, case_id: UUID, at: datetime) -> Assignment | None:
    """The daily draw for a case that nobody has yet. Running it twice does it once."""
    case = lock_case(case_id)
    if case.reviewer_id is not None or case.state not in IN_REVIEW:
        return None
    write_contact_keys(case)
    return assign_by_chance(case, why=AssignedWhy.DAILY, at=at)


@transaction.atomic
def move_from(*, case_id: UUID, agent_id: int, why: str, at: datetime) -> Assignment | None:
    """Take a case from an agent who is away, has left or is too close, and draw another.

    An absent agent keeps what nobody else may receive; the others lose it in any case. The
    person is not told: nothing changes for them. Running it twice does it once.
    """
    case = lock_case(case_id)
    if case.reviewer_id != agent_id:
        return None
    with door.also(case.prefecture_code):
        evening = why == ReleasedWhy.EVENED
        drawn = draw(case, at=at, without={agent_id}, compared=None if evening else COMPARED)
        if drawn is None:
            # Who has left or is too close loses the case even so: it waits for the next draw.
            if why not in {ReleasedWhy.AWAY, ReleasedWhy.EVENED}:
                release(case, why=why, at=at)
            return None
        if evening and not _has_less(drawn, case, agent_id):
            return None
        release(case, why=why, at=at)
        return _give(case, drawn, why=AssignedWhy(why))


def _who_gave_it(case: Case, *, since: int) -> str:
    """Who comes second reads under which role the case was given away, and when."""
    held = Assignment.objects.filter(open_case=case.pk).select_related("made_by").first()
    if case.last_step != since or held is None:
        return _("Ce dossier a changé entre-temps. Rien n’a été fait : voici le dossier à jour.")
    asked = held.why == AssignedWhy.SUPERVISOR
    return _(
        "Ce dossier a déjà été confié à une autre personne, le %(when)s, par %(role)s. Rien n’a "
        "été fait à votre demande."
    ) % {
        "when": date_format(held.since.astimezone(PARIS), _("j F Y à H:i")),
        "role": role_label(Role.SUPERVISOR if asked else SYSTEM),
    }


def write_contact_keys(case: Case) -> None:
    """Keep the digests of what the person lives by, as filed last; the caller holds the case."""
    contact = dossiers.contact_of(case.dossier)
    case.contact_keys = sorted(
        accounts.contact_digests(
            emails=[case.applicant.email, contact.email],
            phones=[contact.phone],
            addresses=[(contact.address_line, contact.postcode)],
        )
    )
    Case.objects.filter(pk=case.pk).update(contact_keys=case.contact_keys)


def look_for_conflict(case: Case, *, at: datetime) -> None:
    """What the person has just filed may bring them close to their reviewer: another is drawn."""
    write_contact_keys(case)
    if case.reviewer_id and case.reviewer_id in accounts.agents_sharing(case.contact_keys):
        move_from(case_id=case.pk, agent_id=case.reviewer_id, why=ReleasedWhy.CONFLICT, at=at)


def _has_less(drawn: Draw, case: Case, agent_id: int) -> bool:
    """Whether any of those drawn from would still have less in hand than the giver had."""
    return drawn.most + ACTIVE < loads_of(case.prefecture_code, [agent_id])[agent_id]
