"""When a field, a step, an evidence or a fee applies: conditions are data, evaluated purely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dossiers.catalogue.schema import EvidenceRule, Field, Procedure, Step

OPERATORS = ("equals", "not_equals", "in", "before", "after", "filled")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question about one answer. Without an answer, only `filled = false` holds."""

    field: str
    operator: str
    value: str | int | bool | date | tuple

    def holds(self, answers):
        answer = answers.get(self.field)
        if self.operator == "filled":
            return is_answered(answer) is self.value
        if not is_answered(answer):
            return False
        return _COMPARE[self.operator](answer, self.value)

    def comparisons(self):
        yield self


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple

    def holds(self, answers):
        return all(part.holds(answers) for part in self.conditions)

    def comparisons(self):
        for part in self.conditions:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple

    def holds(self, answers):
        return any(part.holds(answers) for part in self.conditions)

    def comparisons(self):
        for part in self.conditions:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class Not:
    condition: Comparison | AllOf | AnyOf | Not

    def holds(self, answers):
        return not self.condition.holds(answers)

    def comparisons(self):
        yield from self.condition.comparisons()


Condition = Comparison | AllOf | AnyOf | Not


def is_answered(value):
    """False for what a form leaves when nothing was said; `False` and 0 are answers."""
    return value is not None and value != "" and value != [] and value != ()


def as_date(value):
    """A date from an answer (ISO text or date); None when it is neither."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _same(answer, value):
    # True == 1 in Python; a "yes" must never pass for the number one.
    return answer == value and isinstance(answer, bool) is isinstance(value, bool)


def _is_before(answer, value):
    day = as_date(answer)
    return day is not None and day < value


def _is_after(answer, value):
    day = as_date(answer)
    return day is not None and day > value


_COMPARE = {
    "equals": _same,
    "not_equals": lambda answer, value: not _same(answer, value),
    "in": lambda answer, values: any(_same(answer, value) for value in values),
    "before": _is_before,
    "after": _is_after,
}


def holds(condition: Condition | None, answers) -> bool:
    """Whether the condition is met; no condition always is."""
    return condition is None or condition.holds(answers)


def visible_fields(step: Step, answers) -> tuple[Field, ...]:
    """The fields of the step to show; a field hidden here opens no other field of the step."""
    kept = dict(answers)
    return tuple(_visible(step, kept))


def _visible(step, kept):
    """Yield the visible fields in order, taking answers to hidden ones out of `kept`."""
    shown = holds(step.when, kept)
    for field in step.fields:
        if shown and holds(field.when, kept):
            yield field
        else:
            kept.pop(field.name, None)


def prune(procedure: Procedure, answers) -> dict:
    """The answers without those to hidden or unknown fields.

    One pass suffices because a condition may only name a field asked before it
    (the loader refuses the contrary), so what is hidden hides what depends on it.
    """
    kept = dict(answers)
    visible = set()
    for step in procedure.steps:
        visible.update(field.name for field in _visible(step, kept))
    return {name: value for name, value in kept.items() if name in visible}


def visible_steps(procedure: Procedure, answers) -> tuple[Step, ...]:
    """The pages to go through: those whose condition holds and that show at least one field."""
    kept = dict(answers)
    return tuple(step for step in procedure.steps if list(_visible(step, kept)))


def missing(procedure: Procedure, answers) -> tuple[tuple[Step, Field], ...]:
    """The visible required fields without an answer, with the step where each is asked."""
    kept = dict(answers)
    return tuple(
        (step, field)
        for step in procedure.steps
        for field in list(_visible(step, kept))
        if field.required and not is_answered(kept.get(field.name))
    )


def evidence_for(procedure: Procedure, answers) -> tuple[EvidenceRule, ...]:
    """The evidence to show for these answers, required and optional, in the order of the file."""
    kept = prune(procedure, answers)
    return tuple(rule for rule in procedure.evidence if holds(rule.when, kept))


def meant(procedure: Procedure, answers, meaning):
    """The answer to the field bearing this meaning, None without one; dates come back as dates."""
    field = procedure.meaning(meaning)
    if field is None:
        return None
    value = prune(procedure, answers).get(field.name)
    if not is_answered(value):
        return None
    return as_date(value) if field.kind == "date" else value
