"""How many cases are in each state, never counted further than anybody reads."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from workflows.enums import CaseState
from workflows.models import Case

MOST = 999
"""Beyond this the desk shows "plus de 999": the exact number changes nothing in a day's work."""

NOT_ARCHIVED = tuple(state for state in CaseState if state != CaseState.ARCHIVED)

_COUNT = """
select wanted.state, (
    select count(*) from (
        select from {table} where prefecture_code = %(office)s and state = wanted.state
        limit %(most)s
    ) as found)
from unnest(%(states)s::text[]) as wanted(state)
"""


def capped_counts(prefecture: str, states: Iterable[str], *, most: int = MOST) -> dict[str, int]:
    """The number of an office's cases in each of these states; `most + 1` means "more".

    One statement that reads at most so many index entries a state, whatever the office holds.
    States without a case are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT.format(table=Case._meta.db_table),
            {
                "office": prefecture,
                "states": [str(state) for state in states],
                "most": most + 1,
            },
        )
        return {state: number for state, number in cursor.fetchall() if number}


def how_many(number: int) -> str:
    """A counter as it is read: beyond a thousand, only that there are more."""
    return str(number) if number <= MOST else _("plus de %(most)s") % {"most": MOST}
