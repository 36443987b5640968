"""With which case this one is treated, as far as this agent may know."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dossiers import api as dossiers
from portal.accounts.api import User
from workflows.models import Case
from workflows.queries.names import office_name


@dataclass(frozen=True)
class LinkedCase:
    """The case of the other person; `case` is None when it is not of an office of this agent."""

    since: datetime
    office: str
    case: Case | None
    title: str = ""


def linked_case(case: Case, user: User) -> LinkedCase | None:
    """What the page of a case says of the other one. Nothing of what it holds is read."""
    link = dossiers.linked_with(case.dossier_id)
    if link is None:
        return None
    office = office_name(link.office) if link.office else ""
    visible = Case.objects.visible_to(user).filter(dossier_id=link.dossier_id)
    other = visible.order_by("pk").first() if link.dossier_id else None
    if other is None:
        return LinkedCase(link.since, office, None)
    title = dossiers.procedure_title(other.procedure_code)
    return LinkedCase(link.since, office, other, title)


def couple_reviewer(case: Case) -> int | None:
    """Who has the other case, of the same office, of a couple linked before either was drawn."""
    with connection.cursor() as cursor:
        cursor.execute("select workflows_couple_reviewer(%s)", [case.pk])
        return cursor.fetchone()[0]
