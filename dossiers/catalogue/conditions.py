"""When a field, a step, an evidence or a fee applies: conditions are data, evaluated purely."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dossiers.catalogue.schema import EvidenceRule, Field, Procedure, Step

Answers = Mapping[str, Any]

OPERATORS = ("equals", "not_equals", "in", "before", "after", "filled")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question about one answer. Without an answer, only `filled = false` holds."""

    field: str
    operator: str
    value: str | int | bool | date | tuple[str | int | bool, ...]

    def holds(self, answers: Answers) -> bool:
        answer = answers.get(self.field)
        if self.operator == "filled":
            return is_answered(answer) is self.value
        if not is_answered(answer):
            return False
        return _COMPARE[self.operator](answer, self.value)

    def comparisons(self) -> Iterator[Comparison]:
        yield self


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        return all(part.holds(answers) for part in self.conditions)

    def comparisons(self) -> Iterator[Comparison]:
        for part in self.conditions:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        return any(part.holds(answers) for part in self.conditions)

    def comparisons(self) -> Iterator[Comparison]:
        for part in self.conditions:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition

    def holds(self, answers: Answers) -> bool:
        return not self.condition.holds(answers)

    def comparisons(self) -> Iterator[Comparison]:
        yield from self.condition.comparisons()


Condition = Comparison | AllOf | AnyOf | Not


def is_answered(value: object) -> bool:
    """False for what a form leaves when nothing was said; `False` and 0 are answers."""
    return value is not None and value != "" and value != [] and value != ()


def as_date(value: object) -> date | None:
    """A date from an answer (ISO text or date); None when it is neither."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _same(answer: object, value: object) -> bool:
    # True == 1 in Python; a "yes" must never pass for the number one.
    return answer == value and isinstance(answer, bool) is isinstance(value, bool)


def _is_before(answer: object, value: date) -> bool:
    day = as_date(answer)
    return day is not None and day < value


def _is_after(answer: object, value: date) -> bool:
    day = as_date(answer)
    return day is not None and day > value


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _same,
    "not_equals": lambda answer, value: not _same(answer, value),
    "in": lambda answer, values: any(_same(answer, value) for value in values),
    "before": _is_before,
    "after": _is_after,
}


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether the condition is met; no condition always is."""
    return condition is None or condition.holds(answers)


def visible_fields(step: Step, answers: Answers) -> tuple[Field, ...]:
    """The fields of the step to show; a field hidden here opens no other field of the step."""
    kept = dict(answers)
    return tuple(_visible(step, kept))


def _visible(step: Step, kept: dict[str, Any]) -> Iterator[Field]:
    """Yield the visible fields in order, taking answers to hidden ones out of `kept`."""
    shown = holds(step.when, kept)
    for field in step.fields:
        if shown and holds(field.when, kept):
            yield field
        else:
            kept.pop(field.name, None)


def prune(procedure: Procedure, answers: Answers) -> dict[str, Any]:
    """The answers without those to hidden or unknown fields.

    One pass suffices because a condition may only name a field asked before it
    (the loader refuses the contrary), so what is hidden hides what depends on it.
    """
    kept = dict(answers)
    visible: set[str] = set()
    for step in procedure.steps:
        visible.update(field.name for field in _visible(step, kept))
    return {name: value for name, value in kept.items() if name in visible}


def visible_steps(procedure: Procedure, answers: Answers) -> tuple[Step, ...]:
    """The pages to go through: those whose condition holds and that show at least one field."""
    kept = dict(answers)
    return tuple(step for step in procedure.steps if list(_visible(step, kept)))


def missing(procedure: Procedure, answers: Answers) -> tuple[tuple[Step, Field], ...]:
    """The visible required fields without an answer, with the step where each is asked."""
    kept = dict(answers)
    return tuple(
        (step, field)
        for step in procedure.steps
        for field in list(_visible(step, kept))
        if field.required and not is_answered(kept.get(field.name))
    )


def evidence_for(procedure: Procedure, answers: Answers) -> tuple[EvidenceRule, ...]:
    """The evidence to show for these answers, required and optional, in the order of the file."""
    kept = prune(procedure, answers)
    return tuple(rule for rule in procedure.evidence if holds(rule.when, kept))


def meant(procedure: Procedure, answers: Answers, meaning: str) -> Any:
    """The answer to the field bearing this meaning, None without one; dates come back as dates."""
    field = procedure.meaning(meaning)
    if field is None:
        return None
    value = prune(procedure, answers).get(field.name)
    if not is_answered(value):
        return None
    return as_date(value) if field.kind == "date" else value
