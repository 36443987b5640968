"""From plain tables (TOML, JSON) to frozen objects and back, naming the place of each mistake."""

import types
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dossiers.catalogue.comparing import (
    AGES,
    OPERATORS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
)
from dossiers.catalogue.days import as_date
from dossiers.catalogue.text import LANGUAGES, Text

INVALID = object()
CONDITIONS = (AllOf, AnyOf, Comparison, Not)
_hints = cache(get_type_hints)


class Reader:
    """Builds objects and gathers problems instead of stopping at the first.

    A place is written "file.toml: steps[2].fields[0]"; `read` returns INVALID when it noted
    a problem there.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def note(self, place: str, problem: str) -> Any:
        self.problems.append(f"{place}: {problem}")
        return INVALID

    def read(self, hint: Any, value: Any, place: str) -> Any:
        if value is INVALID:  # already noted where it was written
            return INVALID
        if hint is Text:
            return self._text(value, place)
        if hint == Condition:
            return self._condition(value, place)
        if is_dataclass(hint):
            return self.build(hint, value, place)
        origin = get_origin(hint)
        if origin is Literal:
            return self._literal(get_args(hint), value, place)
        if origin in (Union, types.UnionType):
            return self._union(get_args(hint), value, place)
        if origin is tuple:
            return self._list(get_args(hint)[0], value, place)
        return self._plain(hint, value, place)

    def build(self, kind: Any, table: Any, place: str) -> Any:
        """An object of the dataclass `kind`; unknown and absent keys are problems."""
        if table is INVALID:
            return INVALID
        if not isinstance(table, dict):
            return self.note(place, "une table est attendue")
        known = {item.name: item for item in fields(kind)}
        sound = True
        for key in table:
            if key not in known:
                self.note(under(place, key), "clé inconnue")
                sound = False
        values = {}
        for name, item in known.items():
            if name in table:
                hint = _hints(kind)[name]
                values[name] = self.read(hint, table[name], under(place, name))
                sound = sound and values[name] is not INVALID
            elif item.default is MISSING:
                self.note(under(place, name), "clé obligatoire absente")
                sound = False
        return kind(**values) if sound else INVALID

    def _text(self, value: Any, place: str) -> Any:
        if not isinstance(value, dict):
            return self.note(place, "une table { fr, en, ar } est attendue")
        sound = True
        for key in value:
            if key not in LANGUAGES:
                self.note(under(place, key), "clé inconnue")
                sound = False
        for language in LANGUAGES:
            sentence = value.get(language)
            if sentence is None:
                self.note(under(place, language), "traduction absente")
            elif not isinstance(sentence, str) or not sentence.strip():
                self.note(under(place, language), "un texte est attendu")
            else:
                continue
            sound = False
        return Text(**{key: value[key] for key in LANGUAGES}) if sound else INVALID

    def _literal(self, allowed: tuple[Any, ...], value: Any, place: str) -> Any:
        if value in allowed:
            return value
        listed = ", ".join(str(item) for item in allowed)
        return self.note(place, f"« {value} » n'est pas une valeur admise ({listed})")

    def _union(self, hints: Iterable[Any], value: Any, place: str) -> Any:
        hints = [hint for hint in hints if hint is not type(None)]
        if set(hints) == set(CONDITIONS):
            return self._condition(value, place)
        if len(hints) == 1:
            return self.read(hints[0], value, place)
        for hint in hints:
            trial = Reader().read(hint, value, place)
            if trial is not INVALID:
                return trial
        return self.note(place, "type inattendu")

    def _list(self, hint: Any, value: Any, place: str) -> Any:
        if not isinstance(value, list | tuple):
            return self.note(place, "une liste est attendue")
        items = [self.read(hint, item, f"{place}[{i}]") for i, item in enumerate(value)]
        return INVALID if INVALID in items else tuple(items)

    def _plain(self, hint: Any, value: Any, place: str) -> Any:
        if hint is date:
            day = None if isinstance(value, datetime) else as_date(value)
            return day if day is not None else self.note(place, "une date est attendue")
        if type(value) is not hint:
            return self.note(place, _EXPECTED[hint])
        if hint is str and not value.strip():
            return self.note(place, "un texte est attendu")
        return value

    def _condition(self, value: Any, place: str) -> Any:
        if not isinstance(value, dict):
            return self.note(place, "une condition est attendue")
        if "field" in value:
            return self._comparison(value, place)
        if len(value) != 1 or next(iter(value)) not in ("all", "any", "not"):
            return self.note(place, "une condition est « field » et un opérateur, ou all, any, not")
        (word, inner), *_ = value.items()
        if word == "not":
            part = self._condition(inner, under(place, word))
            return INVALID if part is INVALID else Not(part)
        if not isinstance(inner, list) or not inner:
            return self.note(under(place, word), "une liste non vide est attendue")
        where = under(place, word)
        parts = [self._condition(part, f"{where}[{i}]") for i, part in enumerate(inner)]
        if INVALID in parts:
            return INVALID
        return AllOf(tuple(parts)) if word == "all" else AnyOf(tuple(parts))

    def _comparison(self, value: Any, place: str) -> Any:
        aged = [key for key in value if key in AGES]
        known = ("field", "at") if aged else ("field",)
        unknown = [key for key in value if key not in known and key not in OPERATORS]
        for key in unknown:
            self.note(under(place, key), "clé inconnue")
        found = [key for key in value if key in OPERATORS]
        if unknown:
            return INVALID
        if len(found) != 1 or not isinstance(value["field"], str):
            return self.note(place, "un champ et un seul opérateur sont attendus")
        operator = found[0]
        operand = self._operand(operator, value[operator], under(place, operator))
        at = self._day_of_age(value.get("at"), under(place, "at")) if aged else None
        if INVALID in (operand, at):
            return INVALID
        return Comparison(value["field"], operator, operand, at)

    def _day_of_age(self, value: Any, place: str) -> Any:
        """The day of an age: a day, the field that gives it, or "filing"."""
        if isinstance(value, str):
            return as_date(value) or value
        if value is None:
            return self.note(place, "clé obligatoire absente")
        return self._plain(date, value, place)

    def _operand(self, operator: str, operand: Any, place: str) -> Any:
        if operator in ("before", "after"):
            return self._plain(date, operand, place)
        if operator in AGES:
            return self._plain(int, operand, place)
        if operator == "filled":
            return self._plain(bool, operand, place)
        if operator == "in":
            if not isinstance(operand, list) or not operand:
                return self.note(place, "une liste non vide est attendue")
            items = [self._scalar(item, f"{place}[{i}]") for i, item in enumerate(operand)]
            return INVALID if INVALID in items else tuple(items)
        return self._scalar(operand, place)

    def _scalar(self, operand: Any, place: str) -> Any:
        if isinstance(operand, str | int):  # bool is an int
            return operand
        return self.note(place, "un texte, un nombre ou vrai/faux est attendu")


_EXPECTED = {
    str: "un texte est attendu",
    int: "un nombre entier est attendu",
    bool: "true ou false est attendu",
}


def under(place: str, key: object) -> str:
    """The place of a key: "x.toml: a" below "x.toml", "x.toml: a.b" below that."""
    return f"{place}.{key}" if ": " in place else f"{place}: {key}"


def dump(value: Any) -> Any:
    """The plain table of an object, without what is left at its default.

    A new optional attribute of the schema thus changes no fingerprint already stored.
    """
    if isinstance(value, Comparison):
        at = {} if value.at is None else {"at": dump(value.at)}
        return {"field": value.field, value.operator: dump(value.value), **at}
    if isinstance(value, Not):
        return {"not": dump(value.condition)}
    if isinstance(value, AllOf | AnyOf):
        word = "all" if isinstance(value, AllOf) else "any"
        return {word: [dump(part) for part in value.conditions]}
    if is_dataclass(value):
        return {
            item.name: dump(getattr(value, item.name))
            for item in fields(value)
            if item.default is MISSING or getattr(value, item.name) != item.default
        }
    if isinstance(value, tuple):
        return [dump(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
