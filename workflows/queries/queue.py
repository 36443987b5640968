"""The lists of the desk: what is due first, what waits for a signature, what has no office."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from portal.accounts.enums import Role
from workflows.enums import ENDED, CaseState
from workflows.models import Case
from workflows.queries.counts import MOST
from workflows.queries.paging import place_of, rows_beyond

PAGE = 50
CANDIDATES = 20
"""How many unassigned cases are tried: colleagues may take the first ones meanwhile."""

TO_DO = (CaseState.RECEIVED, CaseState.UNDER_REVIEW)
"""Cases in which the reviewer has the next word."""


WORK_OF = {
    Role.REVIEWER.value: (
        CaseState.RECEIVED,
        CaseState.UNDER_REVIEW,
        CaseState.OPINION_REQUESTED,
        CaseState.COMPLETION_REQUESTED,
    ),
    Role.SIGNATORY.value: (CaseState.DECISION_PROPOSED,),
    Role.SUPERVISOR.value: (
        CaseState.RECEIVED,
        CaseState.UNDER_REVIEW,
        CaseState.OPINION_REQUESTED,
        CaseState.COMPLETION_REQUESTED,
        CaseState.DECISION_PROPOSED,
    ),
}


@dataclass(frozen=True)
class Page:
    """At most fifty cases, and the place where the next ones begin."""

    cases: tuple[Case, ...]
    after: str


def work_of(person) -> tuple:
    """The states in which this agent has something to do, or to watch."""
    found: list = []
    for role, states in WORK_OF.items():
        if role in person.roles:
            found += [state for state in states if state not in found]
    return tuple(found)


def queue(person, *, state: str = "", after: str = "") -> Page:
    """This agent's cases, what is due first coming first: at most two statements a page, no count.

    A reviewer's are those that a draw gave them, a signatory's those of the office that wait
    for a signature, a supervisor's all of them, each with who has it.
    """
    cases = _work(person, state).most_urgent_first()
    if Role.SUPERVISOR.value in person.roles:
        cases = cases.select_related("reviewer")
    rows = rows_beyond(cases, after, PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(tuple(rows[:PAGE]), place_of(last) if last else "")


def _work(person, state):
    """Which cases, role by role; asked for one state, an agent sees that of the whole office."""
    cases = Case.objects.visible_to(person)
    if state:
        return cases.filter(state=state)
    if Role.SUPERVISOR.value in person.roles:
        return cases.filter(state__in=work_of(person))
    own = Q(reviewer=person, state__in=WORK_OF[Role.REVIEWER.value])
    if Role.SIGNATORY.value not in person.roles:
        return cases.filter(own)
    return cases.not_close_to(person).filter(own | Q(state__in=WORK_OF[Role.SIGNATORY.value]))


def next_of(reviewer) -> UUID | None:
    """The case of this agent that is due first and in which they have the next word."""
    mine = Case.objects.filter(reviewer=reviewer, state__in=TO_DO)
    return mine.most_urgent_first().values_list("pk", flat=True).first()


def next_unassigned(reviewer, procedures) -> list[UUID]:
    """Cases of this agent's office that nobody has yet, what is due first coming first.

    Of these procedures alone, or of all of them for None.
    """
    free = Case.objects.visible_to(reviewer).not_close_to(reviewer)
    free = free.filter(reviewer=None, state__in=TO_DO)
    if procedures is not None:
        free = free.filter(procedure_code__in=procedures)
    return list(free.most_urgent_first().values_list("pk", flat=True)[:CANDIDATES])


def count_unassigned(person) -> int:
    """How many cases of this agent's offices nobody has yet; `MOST + 1` means "more"."""
    free = Case.objects.visible_to(person).in_review().filter(reviewer=None)
    return free[: MOST + 1].count()


def to_sign(person) -> list[Case]:
    """Proposals of this signatory's office that somebody else made, for somebody not close."""
    return list(
        Case.objects.visible_to(person)
        .not_close_to(person)
        .filter(state=CaseState.DECISION_PROPOSED)
        .exclude(proposed_by=person)
        .most_urgent_first()[:PAGE]
    )


def unrouted() -> list[Case]:
    """Cases without an office, for supervisors; the door must be open on the routing desk."""
    return list(Case.objects.unrouted().most_urgent_first()[:PAGE])


def by_number(person, number: str) -> Case | None:
    """The case of a dossier number, among those this agent may see."""
    return Case.objects.visible_to(person).filter(dossier_number=number).order_by("pk").first()


def ended_lately(person) -> list[Case]:
    """The last refusals and closures of the office, which a supervisor may reopen."""
    return list(
        Case.objects.visible_to(person).filter(state__in=ENDED).order_by("-ended_at", "pk")[:20]
    )
