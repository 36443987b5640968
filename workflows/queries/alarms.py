"""The alarms that still mean something: the day that they announce is still the day due."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from workflows.enums import BEFORE_DECISION, AppealKind
from workflows.models import Alarm, ReasonsRequest
from workflows.queries.appeals import open_appeals
from workflows.queries.dues import verb_of

PAGE = 50


@dataclass(frozen=True)
class AlarmLine:
    """One alarm in the supervisor's list: which case, what to do, by when."""

    id: UUID
    number: str
    who: str
    what: str
    due_on: date
    is_late: bool
    case_url: str
    seen_url: str


def open_alarms() -> QuerySet[Alarm]:
    """Alarms that nobody has seen and that nothing has made void since."""
    owed = ReasonsRequest.objects.filter(
        case_id=OuterRef("case_id"), due_on=OuterRef("due_on"), answered_at=None
    )
    contested = open_appeals().filter(
        kind=AppealKind.GRACIOUS, case_id=OuterRef("case_id"), due_on=OuterRef("due_on")
    )
    still_due = Q(case__due_on=F("due_on"), case__due_rule=F("rule"))
    return Alarm.objects.filter(
        still_due
        | Q(Exists(owed), rule="reasons", case__state__in=BEFORE_DECISION)
        | Q(Exists(contested), rule="appeal-silence"),
        seen_at=None,
    )


def offices_with_alarms() -> list[str]:
    """The offices whose supervisors have something to see, as far as the reader sees."""
    codes = open_alarms().order_by("prefecture_code").values_list("prefecture_code", flat=True)
    return list(codes.distinct())


def alarms_of(person, today: date) -> list[AlarmLine]:
    """What a supervisor must look at, the nearest day first."""
    mine = open_alarms().filter(prefecture_code__in=person.prefectures)
    rows = mine.select_related("case").order_by("due_on", "pk")
    return [
        AlarmLine(
            id=alarm.pk,
            number=alarm.case.dossier_number,
            who=alarm.case.holder_name,
            what=verb_of(alarm.rule),
            due_on=alarm.due_on,
            is_late=alarm.due_on < today,
            case_url=reverse("desk:case", args=[alarm.case_id]),
            seen_url=reverse("desk:see_alarm", args=[alarm.pk]),
        )
        for alarm in rows[:PAGE]
    ]
