"""What the answers to one text of a procedure are worth under a newer one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dossiers.catalogue.comparing import is_none
from dossiers.catalogue.conditions import (
    Answers,
    Shown,
    entries_of,
    evidence_for,
    is_answered,
    lacks_answer,
    shown,
)
from dossiers.catalogue.days import span
from dossiers.catalogue.schema import EvidenceRule, Field, Procedure

ALIKE = ({"text", "long_text"}, {"integer", "money"})
"""Kinds whose answers are written the same way."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What becomes of a draft under a newer text.

    `answers` and `raw` are what is kept. `gone` are the answered questions that it no longer
    asks, `again` those whose answer it does not take, `asked` what it asks besides; `papers` and
    `papers_gone` are the documents that it asks and no longer asks.
    """

    answers: dict[str, Any]
    raw: dict[str, Any]
    gone: tuple[Field, ...]
    again: tuple[Field, ...]
    asked: tuple[Field, ...]
    papers: tuple[EvidenceRule, ...]
    papers_gone: tuple[EvidenceRule, ...]

    @property
    def keeps_everything(self) -> bool:
        """Whether no answer is lost, however much is asked besides."""
        return not (self.gone or self.again)


def refit(
    old: Procedure, new: Procedure, answers: Answers, raw: Mapping[str, Any], today: date
) -> Fit:
    """Carry every answer that still fits, by the name of its question, else by its meaning."""
    before = shown(old, answers)
    fields = {field.name: field for field in new.all_fields()}
    kept: dict[str, Any] = {}
    kept_raw: dict[str, Any] = {}
    gone, again = [], []
    for field in old.all_fields():
        target = fields.get(field.name) or (new.meaning(field.means) if field.means else None)
        value = answers.get(field.name)
        if field.name in raw and target and (target.name, target.kind) == (field.name, field.kind):
            kept_raw[field.name] = raw[field.name]
        if not is_answered(value):
            continue
        if target is None:
            gone.append(field)
        elif (fitting := carried(field, target, value, today)) is None:
            again.append(target)
        else:
            kept[target.name] = fitting
            if fitting != value:
                again.append(target)
    after = shown(new, kept)
    return Fit(
        answers=after.answers,
        raw=kept_raw,
        gone=(*gone, *_hidden(new, kept, after.answers)),
        again=tuple(again),
        asked=tuple(_asked(before, after, {*kept_raw, *(field.name for field in again)})),
        papers=_papers(new, after.answers, old, before.answers),
        papers_gone=_papers(old, before.answers, new, after.answers),
    )


def _hidden(new: Procedure, kept: Answers, visible: Answers) -> list[Field]:
    """Questions that the newer text has and does not show for these answers."""
    return [field for field in new.all_fields() if field.name in kept.keys() - visible.keys()]


def _asked(before: Shown, after: Shown, known: set[str]) -> Iterator[Field]:
    """What must now be answered and did not have to be under the older text."""
    lacked = {field.name for field in _lacking(before)}
    return (field for field in _lacking(after) if field.name not in lacked | known)


def _lacking(form: Shown) -> Iterator[Field]:
    for _step, fields in form.pages:
        yield from (field for field in fields if lacks_answer(field, form.answers))


def _papers(
    one: Procedure, said: Answers, other: Procedure, said_there: Answers
) -> tuple[EvidenceRule, ...]:
    """The documents that one text requires and the other does not ask."""
    there = {rule.code for rule in evidence_for(other, said_there)}
    return tuple(r for r in evidence_for(one, said) if r.required and r.code not in there)


def carried(old: Field, new: Field, value: Any, today: date) -> Any:
    """The answer to one question as another takes it; None when it does not."""
    if is_none(value):
        return value if new.none is not None else None
    if old.kind != new.kind and not any({old.kind, new.kind} <= pair for pair in ALIKE):
        return None
    if new.kind == "list":
        return _fitted_entries(old, new, value, today)
    return value if fits(new, value, today) else None


def _fitted_entries(old: Field, new: Field, value: Any, today: date) -> Any:
    parts = {part.name: part for part in new.fields}
    before = {part.name: part for part in old.fields}
    entries = []
    for entry in entries_of(old, {old.name: value})[: new.most]:
        fitted = {
            name: carried(before[name], parts[name], said, today)
            for name, said in entry.items()
            if name in parts and name in before
        }
        entries.append({name: said for name, said in fitted.items() if is_answered(said)})
    return [entry for entry in entries if entry] or None


def fits(field: Field, value: Any, today: date) -> bool:
    """Whether an answer of this kind is within the limits of the question."""
    if field.kind == "choice":
        return field.label_of(value) is not None
    if field.kind in ("integer", "money"):
        low, high = field.minimum, field.maximum
        return (not isinstance(low, int) or value >= low) and (
            not isinstance(high, int) or value <= high
        )
    if field.kind == "date":
        return _day_fits(field, value, today)
    if field.max_length is not None and len(str(value)) > field.max_length:
        return False
    return field.pattern is None or re.fullmatch(field.pattern, str(value)) is not None


def _day_fits(field: Field, value: Any, today: date) -> bool:
    days = span(value)
    if days is None or (days[0] != days[1] and not field.partial):
        return False
    earliest = field.minimum if isinstance(field.minimum, date) else date.min
    latest = field.maximum if isinstance(field.maximum, date) else date.max
    if field.must_be == "past":
        latest = min(latest, today)
    if field.must_be == "future":
        earliest = max(earliest, today)
    return days[1] >= earliest and days[0] <= latest
