"""When a field, a step, an evidence or a fee applies: one pass over the form, in the order asked.

One pass suffices because a condition may only name a field asked before it (the loader refuses
the contrary), so what is hidden hides what depends on it. The cost follows the number of fields
and of comparisons, never their product.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dossiers.catalogue.comparing import (
    AllOf,
    Answers,
    AnyOf,
    Comparison,
    Condition,
    Not,
    holds,
    is_answered,
    is_none,
)
from dossiers.catalogue.days import as_date

if TYPE_CHECKING:
    from dossiers.catalogue.schema import EvidenceRule, Field, Procedure, Step

__all__ = [
    "AllOf",
    "Answers",
    "AnyOf",
    "Comparison",
    "Condition",
    "Not",
    "Shown",
    "as_date",
    "entries_of",
    "entry_shown",
    "evidence_for",
    "holds",
    "is_answered",
    "lacks_answer",
    "meant",
    "missing",
    "prune",
    "said_as",
    "shown",
    "visible_fields",
    "visible_steps",
]


@dataclass(frozen=True, slots=True)
class Shown:
    """The pages to go through, each with its fields to show, and the answers to those fields."""

    pages: tuple[tuple[Step, tuple[Field, ...]], ...]
    answers: dict[str, Any]


def shown(procedure: Procedure, answers: Answers) -> Shown:
    """Read the whole form once; pages that show nothing are left out."""
    kept = dict(answers)
    pages: list[tuple[Step, tuple[Field, ...]]] = []
    names: set[str] = set()
    for step in procedure.steps:
        fields = tuple(_visible(step, kept))
        names.update(field.name for field in fields)
        if fields:
            pages.append((step, fields))
    return Shown(tuple(pages), {name: value for name, value in kept.items() if name in names})


def _visible(step: Step, kept: dict[str, Any]) -> Iterator[Field]:
    """Yield the visible fields in order, taking answers to hidden ones out of `kept`."""
    is_shown = holds(step.when, kept)
    for field in step.fields:
        if not (is_shown and holds(field.when, kept)):
            kept.pop(field.name, None)
            continue
        if field.kind == "list" and field.name in kept:
            kept[field.name] = [entry_shown(field, e, kept)[1] for e in entries_of(field, kept)]
        yield field


def entries_of(field: Field, answers: Answers) -> list[Mapping[str, Any]]:
    """The entries answered to a list; what is no entry is none."""
    value = answers.get(field.name)
    return [e for e in value if isinstance(e, dict)] if isinstance(value, list) else []


def entry_shown(
    field: Field, entry: Mapping[str, Any], answers: dict[str, Any]
) -> tuple[tuple[Field, ...], dict[str, Any]]:
    """The fields that one entry shows, and its answers to them.

    Inside a list, a condition reads the entry first, then the form around it.
    """
    kept = dict(entry)
    blank = dict.fromkeys(part.name for part in field.fields)
    around = ChainMap(kept, blank, answers)
    fields = []
    for part in field.fields:
        if holds(part.when, around):
            fields.append(part)
        else:
            kept.pop(part.name, None)
    names = {part.name for part in fields}
    return tuple(fields), {name: value for name, value in kept.items() if name in names}


def lacks_answer(field: Field, answers: dict[str, Any]) -> bool:
    """Whether a shown field must still be answered: all of it, or one entry of a list."""
    if not is_answered(answers.get(field.name)):
        return field.required
    if field.kind != "list":
        return False
    entries = entries_of(field, answers)
    return len(entries) < field.least or any(
        part.required and not is_answered(kept.get(part.name))
        for parts, kept in (entry_shown(field, entry, answers) for entry in entries)
        for part in parts
    )


def visible_fields(step: Step, answers: Answers) -> tuple[Field, ...]:
    """The fields of the step to show; a field hidden here opens no other field of the step."""
    return tuple(_visible(step, dict(answers)))


def prune(procedure: Procedure, answers: Answers) -> dict[str, Any]:
    """The answers without those to hidden or unknown fields."""
    return shown(procedure, answers).answers


def visible_steps(procedure: Procedure, answers: Answers) -> tuple[Step, ...]:
    """The pages to go through: those whose condition holds and that show at least one field."""
    return tuple(step for step, _fields in shown(procedure, answers).pages)


def missing(procedure: Procedure, answers: Answers) -> tuple[tuple[Step, Field], ...]:
    """The visible required fields without an answer, with the step where each is asked."""
    found = shown(procedure, answers)
    return tuple(
        (step, field)
        for step, fields in found.pages
        for field in fields
        if lacks_answer(field, found.answers)
    )


def evidence_for(procedure: Procedure, answers: Answers) -> tuple[EvidenceRule, ...]:
    """The evidence to show for these answers, required and optional, in the order of the file."""
    kept = prune(procedure, answers)
    return tuple(rule for rule in procedure.evidence if holds(rule.when, kept))


def card_is_made(procedure: Procedure, answers: Answers) -> bool:
    """Whether a grant has a card made; else the decision is recorded, and its letter proves it."""
    return procedure.makes_card and holds(procedure.card_when, prune(procedure, answers))


def said_as(procedure: Procedure, answers: Answers, meaning: str) -> Any:
    """The answer to the field bearing this meaning, as it is kept; None without one."""
    field = procedure.meaning(meaning)
    if field is None:
        return None
    value = prune(procedure, answers).get(field.name)
    return value if is_answered(value) and not is_none(value) else None


def meant(procedure: Procedure, answers: Answers, meaning: str) -> Any:
    """The same, dates as dates: None too for a date known in part, which is no day."""
    value = said_as(procedure, answers, meaning)
    field = procedure.meaning(meaning)
    return as_date(value) if field is not None and field.kind == "date" else value
