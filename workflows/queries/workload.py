"""How much each agent of an office has in hand, and which cases should change hands."""

from collections.abc import Iterable
from statistics import median
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.functions import Cast

from portal.core.models import JournalLine
from workflows.enums import CaseState
from workflows.models import Case

ACTIVE, WAITING = 2, 1
"""What a case weighs while its agent has to act, and while somebody else has the next word."""

BAND = 2
"""The draw is among those who have at most one active case more than the least loaded."""

_TO_DO = (CaseState.RECEIVED, CaseState.UNDER_REVIEW)


def loads_of(prefecture_code: str | None, agents: Iterable[int]) -> dict[int, int]:
    """The weighted open cases of each of these agents, in one statement."""
    agents = list(agents)
    weight = Choice(
        When(state__in=_TO_DO, then=Value(ACTIVE)),
        default=Value(WAITING),
        output_field=IntegerField(),
    )
    rows = (
        Case.objects.filter(prefecture_code=prefecture_code, reviewer__in=agents)
        .values("reviewer_id")
        .annotate(load=Sum(weight))
        .order_by("reviewer_id")
    )
    return dict.fromkeys(agents, 0) | {row["reviewer_id"]: row["load"] for row in rows}


def held_by(prefecture_code: str) -> dict[int, int]:
    """How many open cases each agent of an office has."""
    rows = (
        Case.objects.filter(prefecture_code=prefecture_code, reviewer__isnull=False)
        .values("reviewer_id")
        .annotate(number=Count("id"))
        .order_by("reviewer_id")
    )
    return {row["reviewer_id"]: row["number"] for row in rows}


def held_with_closeness(prefecture_code: str) -> list[tuple[UUID, int, bool]]:
    """Each assigned case of an office, its agent, and whether the agent is close to the person."""
    keys = Cast("contact_keys", ArrayField(TextField()))
    close = Func(F("reviewer_id"), keys, function="accounts_is_close", output_field=BooleanField())
    cases = Case.objects.filter(prefecture_code=prefecture_code, reviewer__isnull=False)
    rows = cases.annotate(is_close=close).most_urgent_first()
    return list(rows.values_list("pk", "reviewer_id", "is_close"))


def surplus_of(loads: dict[int, int]) -> dict[int, int]:
    """How many cases each overloaded agent should give: more than twice the office's median.

    Only where a case given would still leave its receiver with less than the giver had:
    otherwise the same case would travel from one to the other every morning.
    """
    if len(loads) < 2:
        return {}
    fair, least = 2 * median(loads.values()), min(loads.values())
    return {
        agent: int(load - fair + ACTIVE - 1) // ACTIVE
        for agent, load in sorted(loads.items())
        if load > fair and load > least + BAND + ACTIVE
    }


def not_yet_opened(prefecture_code: str, agent_id: int) -> list[UUID]:
    """Cases just received that this agent has never opened, those that can wait longest first."""
    opened = JournalLine.objects.filter(
        act="case.read", actor_id=agent_id, subject_id=Cast(OuterRef("pk"), CharField())
    )
    cases = Case.objects.filter(
        ~Exists(opened.filter(dossier_id=OuterRef("dossier_id"))),
        prefecture_code=prefecture_code,
        reviewer=agent_id,
        state=CaseState.RECEIVED,
    )
    return list(cases.order_by("-due_on", "-pk").values_list("pk", flat=True))
