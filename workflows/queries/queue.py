"""The lists of the desk: what is due first, what waits for a signature, what has no office."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from portal.accounts.enums import Role
from workflows.enums import ENDED, CaseState
from workflows.models import Case

PAGE = 50

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
    """This agent's cases, what is due first coming first: one statement a page, no count."""
    states = [state] if state else list(work_of(person))
    cases = Case.objects.visible_to(person).filter(state__in=states).most_urgent_first()
    place = _place(after)
    if place:
        due_on, case_id = place
        cases = cases.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, id__gt=case_id))
    rows = list(cases[: PAGE + 1])
    more = len(rows) > PAGE and rows[PAGE - 1].due_on
    last = rows[PAGE - 1] if more else None
    return Page(tuple(rows[:PAGE]), f"{last.due_on.isoformat()}.{last.pk}" if last else "")


def to_sign(person) -> list[Case]:
    """Proposals of this signatory's office that somebody else made."""
    return list(
        Case.objects.visible_to(person)
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


def queue_counts(prefecture: str) -> dict[str, int]:
    """How many cases of an office are in each state."""
    rows = (
        Case.objects.filter(prefecture_code=prefecture)
        .exclude(state=CaseState.ARCHIVED)
        .values("state")
        .annotate(number=Count("id"))
        .order_by("state")
    )
    return {row["state"]: row["number"] for row in rows}


def _place(after: str) -> tuple[date, UUID] | None:
    """Where a page begins; a place that cannot be read is the beginning."""
    day, _dot, case_id = after.partition(".")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError:
        return None
