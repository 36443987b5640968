"""The procedure as it reads on one day: ages "at filing" are counted on that day."""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from dossiers.catalogue.comparing import FILING, Comparison
from dossiers.catalogue.schema import Procedure


def on_the_day(procedure: Procedure, day: date) -> Procedure:
    """The same procedure with the day written in the place of "filing"."""
    return _on(procedure, day)


def depends_on_the_day(procedure: Procedure) -> bool:
    """Whether any condition counts an age on the day of filing."""
    return on_the_day(procedure, date.min) is not procedure


def _on(value: Any, day: date) -> Any:
    """The value itself where nothing in it depends on the day."""
    if isinstance(value, Comparison):
        return replace(value, at=day) if value.at == FILING else value
    if isinstance(value, tuple):
        parts = tuple(_on(part, day) for part in value)
        return parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {
        item.name: new
        for item in fields(value)
        if (new := _on(old := getattr(value, item.name), day)) is not old
    }
    return replace(value, **changed) if changed else value
