"""The law of a day: of a procedure's dated rows, only those in force when the request is filed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dossiers.catalogue.conditions import Answers, holds, prune
from dossiers.catalogue.schema import Deadline, EvidenceRule, Procedure
from dossiers.catalogue.windows import WindowChoice

Row = EvidenceRule | Deadline | WindowChoice


def has_dated_rows(procedure: Procedure) -> bool:
    """Whether the procedure asks for anything that depends on the day of filing, fees apart."""
    rows: Sequence[Row] = (*procedure.evidence, *procedure.deadlines, *procedure.other_windows)
    return any(row.since or row.until for row in rows)


def in_force(procedure: Procedure, on: date) -> Procedure:
    """The procedure with the evidence, delays and windows of that day; fees have their own days."""
    if not has_dated_rows(procedure):
        return procedure
    return replace(
        procedure,
        evidence=tuple(row for row in procedure.evidence if _on(row, on)),
        deadlines=tuple(row for row in procedure.deadlines if _on(row, on)),
        other_windows=tuple(row for row in procedure.other_windows if _on(row, on)),
    )


def deadlines_for(procedure: Procedure, answers: Answers) -> tuple[Deadline, ...]:
    """The delays that concern these answers, in the order of the file."""
    kept = prune(procedure, answers)
    return tuple(row for row in procedure.deadlines if holds(row.when, kept))


def _on(row: Row, on: date) -> bool:
    return (row.since or date.min) <= on <= (row.until or date.max)
