"""Which procedures one person may not have under way at once: a table of data, read once."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from dossiers.catalogue.loader import FOLDER, catalogue
from dossiers.catalogue.reading import Reader
from dossiers.catalogue.schema import CatalogueError
from dossiers.catalogue.sharing import parse
from dossiers.catalogue.text import Text

FILE = "_compatibility.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Procedures of which one person has one under way, and why."""

    procedures: tuple[str, ...]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatibility:
    """The whole table. What it does not name may be under way together."""

    apart: tuple[Apart, ...] = ()

    def apart_from(self, code: str) -> dict[str, Text]:
        """The procedures that this one excludes, each with the reason; the same both ways."""
        return {
            other: group.why
            for group in self.apart
            if code in group.procedures
            for other in group.procedures
            if other != code
        }


def load_compatibility(folder: Path, procedures: Container[str]) -> Compatibility:
    """The table of a folder; raises CatalogueError with every problem."""
    reader = Reader()
    table = parse(reader, folder / FILE) or {}
    found = reader.build(Compatibility, table, f"{FILE}: table")
    if isinstance(found, Compatibility):
        reader.problems += [f"{FILE}: {problem}" for problem in _problems_of(found, procedures)]
    if reader.problems or not isinstance(found, Compatibility):
        raise CatalogueError(reader.problems)
    return found


@cache
def compatibility() -> Compatibility:
    """The table of this release, read once."""
    return load_compatibility(FOLDER, catalogue())


def _problems_of(table: Compatibility, procedures: Container[str]) -> Iterator[str]:
    said: set[tuple[str, str]] = set()
    for i, group in enumerate(table.apart):
        place = f"apart[{i}].procedures"
        if len(set(group.procedures)) < 2 or len(set(group.procedures)) < len(group.procedures):
            yield f"{place}: deux démarches différentes au moins sont attendues"
        for code in group.procedures:
            if code not in procedures:
                yield f"{place}: démarche inconnue « {code} »"
        for pair in combinations(sorted(set(group.procedures)), 2):
            if pair in said:
                yield f"{place}: « {pair[0]} » et « {pair[1]} » sont déjà séparées plus haut"
            said.add(pair)
