"""Read the data files once, merge what they share, and refuse every mistake at once."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dossiers.catalogue.checking import problems_of
from dossiers.catalogue.reading import INVALID, Reader, dump
from dossiers.catalogue.schema import CatalogueError, Procedure
from dossiers.catalogue.sharing import Shared, parse

FOLDER = Path(__file__).resolve().parents[1] / "procedures"


class Catalogue(Mapping[str, Procedure]):
    """The procedures by code, in the order of their codes."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._procedures = {item.code: item for item in sorted(procedures, key=lambda p: p.code)}

    def __getitem__(self, code: str) -> Procedure:
        return self._procedures[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._procedures)

    def __len__(self) -> int:
        return len(self._procedures)

    def digest(self, code: str) -> str:
        """The fingerprint of what the procedure says, the same whatever the order of its keys."""
        return digest_of(self[code])


def to_json(procedure: Procedure) -> dict[str, Any]:
    """The whole procedure as plain data, from which `from_json` rebuilds an equal object."""
    table: dict[str, Any] = dump(procedure)
    return table


def from_json(data: Mapping[str, Any]) -> Procedure:
    """The procedure a stored version holds; raises CatalogueError when it is not one."""
    reader = Reader()
    procedure = reader.build(Procedure, data, "version")
    if not isinstance(procedure, Procedure):
        raise CatalogueError(reader.problems)
    return procedure


def canonical(procedure: Procedure) -> str:
    """One text for one meaning: sorted keys, no spaces, no escapes."""
    return json.dumps(to_json(procedure), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(procedure: Procedure) -> str:
    """The SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(procedure).encode()).hexdigest()


@cache
def catalogue() -> Catalogue:
    """The procedures of this release, read once."""
    return load_catalogue(FOLDER)


def load_catalogue(directory: Path) -> Catalogue:
    """Every procedure of a folder; raises CatalogueError with all problems of all files."""
    reader = Reader()
    shared = Shared(reader, Path(directory))
    procedures: list[Procedure] = []
    files: dict[str, str] = {}
    for path in sorted(Path(directory).glob("[!_]*.toml")):
        table = parse(reader, path)
        if table is None:
            continue
        _check_code(reader, path, table.get("code"), files)
        procedure = reader.build(Procedure, shared.expand(table, path.name), path.name)
        if procedure is not INVALID:
            reader.problems += [f"{path.name}: {problem}" for problem in problems_of(procedure)]
            procedures.append(procedure)
    if reader.problems:
        raise CatalogueError(reader.problems)
    return Catalogue(procedures)


def _check_code(reader: Reader, path: Path, code: object, files: dict[str, str]) -> None:
    """Note a code already taken, or one that is not the name of its file."""
    if not isinstance(code, str):
        return  # noted when the procedure is built
    if code in files:
        reader.note(f"{path.name}: code", f"« {code} » est déjà déclaré par {files[code]}")
    files.setdefault(code, path.name)
    if code.replace("-", "_") != path.stem:
        expected = f"{code.replace('-', '_')}.toml"
        reader.note(f"{path.name}: code", f"le fichier devrait s'appeler {expected}")
