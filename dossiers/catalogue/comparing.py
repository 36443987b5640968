"""What a condition is: comparisons of answers, as data, put together by all, any, not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dossiers.catalogue.days import has_age, span

Answers = Mapping[str, Any]

AGES = ("age_at_least", "younger_than")
OPERATORS = ("equals", "not_equals", "in", "before", "after", "filled", *AGES)
FILING = "filing"
"""The day of filing, as the day of an age: `reckoning` puts the day in its place."""
NONE: Mapping[str, bool] = {"none": True}
"""The answer of who said that there is nothing to write: one name only, no number."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question about one answer. Without an answer, only `filled = false` holds.

    A date known in part holds only for what is true of every day that it may be. `at` is the
    day of an age: a day, the field that gives it, or `FILING`.
    """

    field: str
    operator: str
    value: str | int | bool | date | tuple[str | int | bool, ...]
    at: str | date | None = None

    def holds(self, answers: Answers) -> bool:
        answer = answers.get(self.field)
        if self.operator == "filled":
            return is_answered(answer) is self.value
        if not is_answered(answer):
            return False
        if self.operator in AGES:
            return self._of_age(answer, answers)
        return _COMPARE[self.operator](answer, self.value)

    def _of_age(self, answer: object, answers: Answers) -> bool:
        born, on = span(answer), span(answers.get(self.at) if isinstance(self.at, str) else self.at)
        if born is None or on is None or not isinstance(self.value, int):
            return False
        if self.operator == "age_at_least":
            return has_age(born[1], self.value, on[0])
        return not has_age(born[0], self.value, on[1])

    def comparisons(self) -> Iterator[Comparison]:
        yield self

    def fields(self) -> tuple[str, ...]:
        """The fields that it reads."""
        given = isinstance(self.at, str) and self.at != FILING
        return (self.field, str(self.at)) if given else (self.field,)


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


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether the condition is met; no condition always is."""
    return condition is None or condition.holds(answers)


def is_answered(value: object) -> bool:
    """False for what a form leaves when nothing was said; `False` and 0 are answers."""
    return value is not None and value != "" and value != [] and value != ()


def is_none(value: object) -> bool:
    """Whether the person said that there is nothing to write here."""
    return value == NONE


def _same(answer: object, value: object) -> bool:
    # True == 1 in Python; a "yes" must never pass for the number one.
    return answer == value and isinstance(answer, bool) is isinstance(value, bool)


def _is_before(answer: object, value: date) -> bool:
    days = span(answer)
    return days is not None and days[1] < value


def _is_after(answer: object, value: date) -> bool:
    days = span(answer)
    return days is not None and days[0] > value


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _same,
    "not_equals": lambda answer, value: not _same(answer, value),
    "in": lambda answer, values: any(_same(answer, value) for value in values),
    "before": _is_before,
    "after": _is_after,
}
