"""The lists of a batch: the cases to choose from, how far each batch is, each case's result."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from portal.accounts.enums import Role
from workflows.models import Batch, BatchRow, Case, RowState

CHOICE = 50
"""How many cases one page offers to choose from."""
RECENT = 20


@dataclass(frozen=True)
class Progress:
    """Where a batch stands; `gone` cases went to an office that this agent does not serve."""

    batch: Batch
    rows: tuple[BatchRow, ...]

    @property
    def gone(self) -> int:
        return self.batch.size - len(self.rows)

    @property
    def shown(self) -> int:
        return len(self.rows)

    @property
    def waiting(self) -> int:
        return self.count(RowState.WAITING)

    @property
    def settled(self) -> int:
        return self.shown - self.waiting

    def count(self, state: RowState) -> int:
        """How many of the rows shown are in this state."""
        return sum(row.state == state for row in self.rows)


def to_choose(
    person, *, states: Iterable[str], state: str = "", procedure: str = ""
) -> tuple[list[Case], bool]:
    """The first fifty cases that may be chosen, what is due first coming first; are there more?

    A reviewer's own cases; for a supervisor, the office's.
    """
    cases = Case.objects.visible_to(person).filter(state__in=[state] if state else list(states))
    if Role.SUPERVISOR.value not in person.roles:
        cases = cases.filter(reviewer=person)
    if procedure:
        cases = cases.filter(procedure_code=procedure)
    rows = list(cases.most_urgent_first()[: CHOICE + 1])
    return rows[:CHOICE], len(rows) > CHOICE


def recent(person) -> list[Batch]:
    """This agent's last batches, each with the numbers of its rows: one statement."""
    counts = {
        f"{state.value}_rows": Count("rows", filter=Q(rows__state=state)) for state in RowState
    }
    batches = Batch.objects.visible_to(person).filter(made_by=person)
    return list(batches.annotate(**counts).order_by("-made_at", "pk")[:RECENT])


def progress(batch: Batch) -> Progress:
    """Every row that this agent may see, what was refused or failed first: one statement."""
    found = batch.rows.select_related("case").order_by("number")
    first = {RowState.FAILED.value: 0, RowState.REFUSED.value: 1, RowState.WAITING.value: 2}
    return Progress(batch, tuple(sorted(found, key=lambda row: first.get(row.state, 3))))
