"""The acts that may be repeated for many cases: to add one is one entry here, and its form.

`forms.batch.FORMS` holds the form of each kind, because forms stand above services.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from portal.accounts.api import Role, User
from portal.core.errors import Sentence
from workflows.enums import IN_REVIEW, CaseState, Outcome
from workflows.models import BatchKind, BatchRow, Case
from workflows.queries.acts import blocked
from workflows.rules import may_give_away
from workflows.services import assigning, deciding, requesting
from workflows.table import moves, rule_of


@dataclass(frozen=True)
class Kind:
    """One act that a batch repeats: who may ask for it, from which states, and the one call.

    `why_not(case, person)` gives the sentences of what forbids the act now, none when it is
    possible; `perform` makes it on one row's case and raises what the ordinary act raises.
    """

    code: str
    label: Sentence
    explanation: Sentence
    roles: frozenset[str]
    states: frozenset[str]
    why_not: Callable[[Case, User], list[str]]
    perform: Callable[..., object]


def _ask_completion(row: BatchRow, *, facts: dict, actor: User, at: datetime):
    """The same items with the same reasons, by the same day, asked of one person."""
    return requesting.ask_completion(
        case_id=row.case_id,
        items=facts["items"],
        message=facts["message"],
        due_on=date.fromisoformat(facts["due_on"]),
        round_reason=facts.get("round_reason", ""),
        actor=actor,
        at=at,
        seen=row.seen,
    )


def _propose_closure(row: BatchRow, *, facts: dict, actor: User, at: datetime):
    """The same grounds proposed for one case; a second person still reads and signs each one."""
    draft = deciding.Draft(
        outcome=Outcome.CLOSE,
        grounds_law=facts["grounds_law"],
        grounds_fact=facts["grounds_fact"],
        closure_code=facts["closure_code"],
    )
    return deciding.propose(case_id=row.case_id, draft=draft, actor=actor, at=at, seen=row.seen)


def _give_away(row: BatchRow, *, facts: dict, actor: User, at: datetime):
    """One case leaves the agent who had it when the batch was confirmed, and nobody else.

    Two batches on one case move it once: to give a case away adds no step to it, so that only
    its holder says whether another batch came first.
    """
    return assigning.give_away(
        case_id=row.case_id,
        holder=row.holder_id,
        reason=facts["reason"],
        actor=actor,
        at=at,
        seen=row.seen,
    )


def _not_to_give_away(case: Case, person: User) -> list[str]:
    if not may_give_away(case, person):
        return [str(_("Cet acte revient à une autre personne."))]
    if case.state not in IN_REVIEW:
        state = CaseState(case.state).label
        return [str(_("Pas à cette étape : le dossier est « %(state)s ».") % {"state": state})]
    if case.reviewer_id is None:
        return [str(_("Personne n’a ce dossier : le prochain tirage le donnera."))]
    return []


def _of_move(move: str) -> dict:
    """Who, from where and why not, as the machine says it of this move."""
    return {
        "roles": frozenset(rule_of(move).roles),
        "states": frozenset(source for name, source, _target, _plan in moves() if name == move),
        "why_not": partial(_blocked, move),
    }


def _blocked(move: str, case: Case, person: User) -> list[str]:
    return blocked(case, move, person)


_TABLE = (
    Kind(
        code=BatchKind.ASK_COMPLETION.value,
        label=_("Demander le même complément"),
        explanation=_(
            "Chaque personne reçoit la même demande, avec les mêmes motifs et le même délai. Le "
            "délai de rejet implicite de chaque dossier est suspendu (CRPA, art. L. 114-5)."
        ),
        perform=_ask_completion,
        **_of_move("ask_completion"),
    ),
    Kind(
        code=BatchKind.PROPOSE_CLOSURE.value,
        label=_("Proposer le même classement sans suite"),
        explanation=_(
            "Une proposition est écrite dans chaque dossier. Rien n’est décidé : une autre "
            "personne lira et signera chaque décision, une par une."
        ),
        perform=_propose_closure,
        **_of_move("propose"),
    ),
    Kind(
        code=BatchKind.GIVE_AWAY.value,
        label=_("Confier à d’autres agents"),
        explanation=_(
            "Pour chaque dossier, un autre agent est tiré au sort parmi ceux qui peuvent le "
            "recevoir : personne ne le choisit. Les personnes ne sont pas prévenues."
        ),
        roles=frozenset({Role.SUPERVISOR.value}),
        states=frozenset(state.value for state in IN_REVIEW),
        why_not=_not_to_give_away,
        perform=_give_away,
    ),
)
KINDS = {kind.code: kind for kind in _TABLE}


def kinds_for(person: User) -> list[Kind]:
    """The acts that this agent's roles of today may repeat."""
    return [kind for kind in KINDS.values() if kind.roles & person.roles]
