"""What a newer text of a procedure changes, for the person who publishes it."""

from collections.abc import Iterator, Mapping
from typing import Any

from dossiers.catalogue.reading import dump
from dossiers.catalogue.schema import Procedure

PARTS = {"fields": "question", "evidence": "pièce", "steps": "étape", "checks": "vérification"}


def differences(old: Procedure | None, new: Procedure) -> list[str]:
    """One line for each thing added, taken out or changed, in the order of the file."""
    if old is None:
        return ["nouvelle démarche"]
    before, after = _by_part(old), _by_part(new)
    lines: list[str] = []
    for part, word in PARTS.items():
        lines += _between(word, before[part], after[part])
    rest = {name: value for name, value in dump(new).items() if name not in PARTS}
    was = dump(old)
    changed = [name for name, value in rest.items() if was.get(name) != value]
    changed += [name for name in was if name not in PARTS and name not in rest]
    return lines + [f"changé : {name}" for name in sorted(changed)]


def _by_part(procedure: Procedure) -> dict[str, dict[str, Any]]:
    steps = {step.code: {**dump(step), "fields": None} for step in procedure.steps}
    return {
        "fields": {field.name: dump(field) for field in procedure.all_fields()},
        "evidence": {rule.code: dump(rule) for rule in procedure.evidence},
        "steps": steps,
        "checks": {check.code: dump(check) for check in procedure.checks},
    }


def _between(word: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for code in after:
        if code not in before:
            yield f"{word} ajoutée : {code}"
        elif after[code] != before[code]:
            keys = sorted(
                key
                for key in {*before[code], *after[code]}
                if before[code].get(key) != after[code].get(key)
            )
            yield f"{word} changée : {code} ({', '.join(keys)})"
    for code in before:
        if code not in after:
            yield f"{word} retirée : {code}"
