"""What procedures share (fields, evidence, windows, delays, fees, checks, grounds), merged in."""

import tomllib
from pathlib import Path
from typing import Any

from dossiers.catalogue.fees import Fee
from dossiers.catalogue.reading import INVALID, Reader, under
from dossiers.catalogue.schema import Check, Deadline, EvidenceRule, Field, Ground, Step
from dossiers.catalogue.windows import Window

Table = dict[str, Any]

FILES: dict[str, tuple[str, ...]] = {
    "_fields.toml": ("fields", "steps"),
    "_evidence.toml": ("evidence",),
    "_windows.toml": ("windows",),
    "_deadlines.toml": ("deadlines",),
    "_fees.toml": ("schedules", "fees"),
    "_grounds.toml": ("grounds",),
    "_checks.toml": ("checks",),
}
# Section: what an entry is, and the attribute that its key gives.
SECTIONS: dict[str, tuple[type, str, str]] = {
    "fields": (Field, "name", "champ partagé inconnu"),
    "steps": (Step, "code", "étape partagée inconnue"),
    "evidence": (EvidenceRule, "code", "pièce inconnue"),
    "windows": (Window, "code", "délai de dépôt inconnu"),
    "deadlines": (Deadline, "code", "échéance inconnue"),
    "fees": (Fee, "code", "taxe inconnue"),
    "grounds": (Ground, "code", "motif inconnu"),
    "checks": (Check, "code", "vérification inconnue"),
}
# Lists of a procedure whose entries name a shared one, or change some of its keys.
LISTS = ("evidence", "deadlines", "grounds", "checks")
SCHEDULE_KEYS = {"legal", "confidence", "since", "until"}


def parse(reader: Reader, path: Path) -> Table | None:
    """The table of a file; notes a problem and returns None when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reader.note(path.name, f"fichier illisible ({error})")
        return None


class Shared:
    """The shared entries as plain tables; one with a problem is INVALID and noted once."""

    def __init__(self, reader: Reader, directory: Path) -> None:
        self.reader = reader
        self.entries: dict[str, Table] = {section: {} for section in SECTIONS}
        for name, sections in FILES.items():
            path = directory / name
            table = parse(reader, path) if path.exists() else None
            if table:
                self._take(name, self._sound(name, sections, table))

    def _sound(self, name: str, sections: tuple[str, ...], table: Table) -> dict[str, Table]:
        """The known sections of a file, in the order they need each other."""
        for key in table:
            if key not in sections:
                self.reader.note(f"{name}: {key}", "clé inconnue")
            elif not isinstance(table[key], dict):
                self.reader.note(f"{name}: {key}", "une table est attendue")
        return {key: table[key] for key in sections if isinstance(table.get(key), dict)}

    def _take(self, name: str, sections: dict[str, Table]) -> None:
        schedules = self._schedules(sections.pop("schedules", {}), f"{name}: schedules")
        for section, entries in sections.items():
            kind, key_name, _ = SECTIONS[section]
            for key, entry in entries.items():
                place = f"{name}: {section}.{key}"
                whole = {key_name: key, **entry} if isinstance(entry, dict) else entry
                if section == "steps":
                    whole = self._fields_of(whole, place)
                if section == "fields":
                    whole = self._entries_of(whole, place)
                if section == "fees":
                    whole = self._priced(whole, schedules, place)
                sound = self.reader.build(kind, whole, place) is not INVALID
                self.entries[section][key] = whole if sound else INVALID

    def _schedules(self, schedules: Table, place: str) -> Table:
        sound = {}
        for code, schedule in schedules.items():
            if not isinstance(schedule, dict):
                self.reader.note(f"{place}.{code}", "une table est attendue")
                continue
            for key in schedule:
                if key not in SCHEDULE_KEYS:
                    self.reader.note(f"{place}.{code}.{key}", "clé inconnue")
            sound[code] = {key: schedule[key] for key in schedule if key in SCHEDULE_KEYS}
        return sound

    def _priced(self, fee: Any, schedules: Table, place: str) -> Any:
        """Turn `amounts = { LF2022 = 25 }` into one dated amount per schedule."""
        if not isinstance(fee, dict) or not isinstance(fee.get("amounts"), dict):
            return fee
        amounts = []
        for code, euros in fee["amounts"].items():
            if code not in schedules:
                amounts.append(self.reader.note(f"{place}.amounts.{code}", "barème inconnu"))
                continue
            amounts.append({"schedule": code, "euros": euros, **schedules[code]})
        return {**fee, "amounts": amounts}

    def find(self, section: str, code: Any, place: str) -> Any:
        """The shared table of that code; INVALID, and noted, when there is none."""
        try:
            return self.entries[section][code]
        except (KeyError, TypeError):
            return self.reader.note(place, f"{SECTIONS[section][2]} « {code} »")

    def _merged(self, section: str, item: Any, place: str) -> Any:
        """A table where `use` names a shared entry: its own keys win over the shared ones."""
        if isinstance(item, str):
            return self.find(section, item, place)
        if not isinstance(item, dict) or "use" not in item:
            return item
        shared = self.find(section, item["use"], under(place, "use"))
        if shared is INVALID:
            return INVALID
        return {**shared, **{key: value for key, value in item.items() if key != "use"}}

    def _fields_of(self, step: Any, place: str) -> Any:
        if not isinstance(step, dict) or not isinstance(step.get("fields"), list):
            return step
        fields = [
            self._question(item, f"{place}.fields[{i}]") for i, item in enumerate(step["fields"])
        ]
        return {**step, "fields": fields}

    def _question(self, item: Any, place: str, *, inside: bool = False) -> Any:
        """A question with everything shared merged in, as are those that a list repeats.

        A meaning is borne once: a shared question repeated in a list leaves its own outside.
        """
        question = self._merged("fields", item, place)
        if not isinstance(question, dict):
            return question
        if inside and question is not item:
            question = {key: value for key, value in question.items() if key != "means"}
        return self._entries_of(question, place)

    def _entries_of(self, question: Any, place: str) -> Any:
        if not isinstance(question, dict) or not isinstance(question.get("fields"), list):
            return question
        parts = [
            self._question(part, f"{place}.fields[{i}]", inside=True)
            for i, part in enumerate(question["fields"])
        ]
        return {**question, "fields": parts}

    def expand(self, table: Table, file: str) -> Table:
        """The table of a procedure with everything shared merged in."""
        whole = dict(table)
        for key in (*LISTS, "steps", "fees", "other_windows"):
            if isinstance(table.get(key), list):
                whole[key] = [
                    self._expanded(key, item, f"{file}: {key}[{i}]")
                    for i, item in enumerate(table[key])
                ]
        if isinstance(table.get("window"), str):
            whole["window"] = self.find("windows", table["window"], f"{file}: window")
        if isinstance(table.get("late_fee"), str):
            whole["late_fee"] = self.find("fees", table["late_fee"], f"{file}: late_fee")
        return whole

    def _expanded(self, key: str, item: Any, place: str) -> Any:
        if key == "steps":
            step = self._merged("steps", item, place)
            return self._fields_of(step, place)
        if key in LISTS:
            return self._merged(key, item, place)
        inner, section = ("fee", "fees") if key == "fees" else ("window", "windows")
        if isinstance(item, dict) and isinstance(item.get(inner), str):
            return {**item, inner: self.find(section, item[inner], under(place, inner))}
        return item
