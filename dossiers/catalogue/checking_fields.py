"""What one question may still get wrong: its name, its limits, the conditions it depends on."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date

from dossiers.catalogue.comparing import AGES, FILING, Comparison, Condition
from dossiers.catalogue.schema import MEANINGS, Field

Asked = Mapping[str, Field]

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MEASURED = {"text", "long_text", "email", "phone"}
BOUNDED = {"integer": int, "money": int, "date": date, "list": int}
HELD_ONCE = {"list", "mrz", "photo_code", "stamp_number"}
"""Kinds that have no meaning inside an entry of a list."""
ONLY_FOR = {"must_be": ("date",), "partial": ("date",), "none": ("text", "foreigner_number")}
LARGEST_LIST = 30


def repeated(place: str, what: str, values: Iterable[str]) -> Iterator[str]:
    """A sentence for each value said twice."""
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{place}: {what}: « {value} » est déclaré {count} fois"


def problems_of_field(field: Field, place: str) -> Iterator[str]:
    """Every problem of one question, its conditions aside."""
    if not NAME.fullmatch(field.name):
        yield f"{place}.name: « {field.name} » devrait s'écrire en minuscules avec des soulignés"
    if (field.kind == "choice") is not bool(field.options):
        yield f"{place}.options: des options sont attendues pour un choix, et pour lui seul"
    yield from repeated(place, "options", [option.value for option in field.options])
    if field.max_length is not None and field.kind not in MEASURED:
        yield f"{place}.max_length: sans objet pour « {field.kind} »"
    for name, kinds in ONLY_FOR.items():
        if getattr(field, name) and field.kind not in kinds:
            yield f"{place}.{name}: sans objet pour « {field.kind} »"
    if field.filled_from and field.kind != "email":
        yield f"{place}.filled_from: sans objet pour « {field.kind} »"
    if field.means is not None and field.kind not in MEANINGS.get(field.means, ()):
        known = "sens inconnu" if field.means not in MEANINGS else f"impossible pour {field.kind}"
        yield f"{place}.means: « {field.means} » : {known}"
    yield from _pattern(field, place)
    yield from _bounds(field, place)


def problems_of_entries(field: Field, place: str, before: Asked, asked: Asked) -> Iterator[str]:
    """The same of each question that a list repeats; they may name those around the list."""
    is_list = field.kind == "list"
    if is_list is not bool(field.fields) or is_list is not (field.entry is not None):
        yield f"{place}.fields: « fields » et « entry » sont attendus pour une liste, et elle seule"
    if is_list and not field.least <= field.most <= LARGEST_LIST:
        yield f"{place}.maximum: entre le minimum et {LARGEST_LIST}"
    yield from repeated(f"{place}.fields", "name", [part.name for part in field.fields])
    inner: dict[str, Field] = {}
    for i, part in enumerate(field.fields):
        where = f"{place}.fields[{i}]"
        if part.name in asked:
            yield f"{where}.name: « {part.name} » est déjà une question de la démarche"
        if part.kind in HELD_ONCE or part.filled_from or part.means:
            yield f"{where}.kind: « {part.name} » ne peut pas se répéter dans une liste"
        later = {**asked, **{other.name: other for other in field.fields}}
        yield from conditions_of(part.when, {**before, **inner}, f"{where}.when", later=later)
        yield from problems_of_field(part, where)
        inner[part.name] = part


def _pattern(field: Field, place: str) -> Iterator[str]:
    if field.pattern is None:
        if field.wrong:
            yield f"{place}.wrong: sans objet sans « pattern »"
        return
    try:
        re.compile(field.pattern)
    except re.error as error:
        yield f"{place}.pattern: expression invalide ({error})"


def _bounds(field: Field, place: str) -> Iterator[str]:
    sound = True
    for name in ("minimum", "maximum"):
        bound = getattr(field, name)
        if bound is not None and not isinstance(bound, BOUNDED.get(field.kind, ())):
            yield f"{place}.{name}: sans objet pour « {field.kind} »"
            sound = False
    low, high = field.minimum, field.maximum
    numbers = isinstance(low, int) and isinstance(high, int) and low > high
    days = isinstance(low, date) and isinstance(high, date) and low > high
    if sound and (numbers or days):
        yield f"{place}.minimum: dépasse maximum"


def conditions_of(
    condition: Condition | None, asked: Asked, place: str, later: Container[str] = ()
) -> Iterator[str]:
    """A sentence for each comparison that can never be made with what was asked before."""
    for comparison in condition.comparisons() if condition else ():
        field = asked.get(comparison.field)
        if field is not None:
            yield from _comparison(comparison, field, place)
        for name in comparison.fields():
            if name in asked:
                continue
            words = f"le champ « {name} » est demandé plus loin"
            yield f"{place}: {words if name in later else f'champ inconnu « {name} »'}"
        at = asked.get(comparison.at) if isinstance(comparison.at, str) else None
        if at is not None and at.kind != "date" and comparison.at != FILING:
            yield f"{place}.at: « {at.name} » n'est pas une date"


def _comparison(comparison: Comparison, field: Field, place: str) -> Iterator[str]:
    if comparison.operator == "filled":
        return
    if comparison.operator in ("before", "after", *AGES):
        if field.kind != "date":
            yield f"{place}: « {field.name} » n'est pas une date"
        return
    if field.kind == "list":
        yield f"{place}: d'une liste, « {field.name} », on sait seulement si elle est remplie"
        return
    value = comparison.value
    values = value if isinstance(value, tuple) else (value,)
    expected = {"yes_no": bool, "integer": int, "money": int}.get(field.kind, str)
    for value in values:
        if type(value) is not expected:
            yield f"{place}: « {value} » n'est pas une réponse possible à « {field.name} »"
        elif field.options and field.label_of(value) is None:
            yield f"{place}: « {value} » n'est pas une option de « {field.name} »"
