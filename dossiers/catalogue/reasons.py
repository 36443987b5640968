"""Ready reasons of a completion request, in three languages: data that every procedure shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from dossiers.catalogue.loader import FOLDER
from dossiers.catalogue.reading import Reader
from dossiers.catalogue.schema import CatalogueError
from dossiers.catalogue.sharing import parse
from dossiers.catalogue.text import Text

FILE = "_reasons.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What may be said of an item asked again; `about` names the kinds it fits."""

    code: str
    about: tuple[Literal["field", "evidence"], ...]
    text: Text


def load_reasons(folder: Path) -> dict[str, Reason]:
    """Every reason of a folder, in the order of the file; CatalogueError names all problems."""
    reader = Reader()
    table = parse(reader, folder / FILE) or {}
    found: dict[str, Reason] = {}
    for key in table:
        if key != "reasons":
            reader.note(f"{FILE}: {key}", "clé inconnue")
    for code, entry in table.get("reasons", {}).items():
        reason = reader.build(Reason, {"code": code, **entry}, f"{FILE}: reasons.{code}")
        if isinstance(reason, Reason):
            found[code] = reason
    if reader.problems:
        raise CatalogueError(reader.problems)
    return found


@cache
def reasons() -> Mapping[str, Reason]:
    """The reasons of this release, read once."""
    return load_reasons(FOLDER)


def reasons_about(kind: str) -> list[Reason]:
    """Those that fit an answer ("field") or a piece of evidence ("evidence")."""
    return [reason for reason in reasons().values() if kind in reason.about]


def reason_words(code: str, language: str | None) -> str:
    """A reason in the reader's language; an empty text for a code that is not in the library."""
    reason = reasons().get(code)
    return reason.text.get(language) if reason else ""
