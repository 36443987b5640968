"""Read the data files once, merge what they share, and refuse every mistake at once."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dossiers.catalogue.checking import problems_of
from dossiers.catalogue.reading import INVALID, Reader, dump
from dossiers.catalogue.schema import CatalogueError, Procedure
from dossiers.catalogue.sharing import Shared, parse

FOLDER = Path(__file__).resolve().parents[1] / "procedures"


class Catalogue(Mapping):
    """The procedures by code, in the order of their codes."""

    def __init__(self, procedures):
        self._procedures = {item.code: item for item in sorted(procedures, key=lambda p: p.code)}

    def __getitem__(self, code):
        return self._procedures[code]

    def __iter__(self):
        return iter(self._procedures)

    def __len__(self):
        return len(self._procedures)

    def digest(self, code):
        """The fingerprint of what the procedure says, the same whatever the order of its keys."""
        return digest_of(self[code])


def to_json(procedure):
    """The whole procedure as plain data, from which `from_json` rebuilds an equal object."""
    return dump(procedure)


def from_json(data):
    """The procedure a stored version holds; raises CatalogueError when it is not one."""
    reader = Reader()
    procedure = reader.build(Procedure, data, "version")
    if procedure is INVALID:
        raise CatalogueError(reader.problems)
    return procedure


def canonical(procedure):
    """One text for one meaning: sorted keys, no spaces, no escapes."""
    return json.dumps(to_json(procedure), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(procedure):
    """The SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(procedure).encode()).hexdigest()


@cache
def catalogue():
    """The procedures of this release, read once."""
    return load_catalogue(FOLDER)


def load_catalogue(directory):
    """Every procedure of a folder; raises CatalogueError with all problems of all files."""
    reader = Reader()
    shared = Shared(reader, Path(directory))
    procedures, files = [], {}
    for path in sorted(Path(directory).glob("[!_]*.toml")):
        table = parse(reader, path)
        if table is None:
            continue
        code = table.get("code")
        if code in files:
            reader.note(f"{path.name}: code", f"« {code} » est déjà déclaré par {files[code]}")
        files.setdefault(code, path.name)
        if isinstance(code, str) and code.replace("-", "_") != path.stem:
            expected = f"{code.replace('-', '_')}.toml"
            reader.note(f"{path.name}: code", f"le fichier devrait s'appeler {expected}")
        procedure = reader.build(Procedure, shared.expand(table, path.name), path.name)
        if procedure is not INVALID:
            reader.problems += [f"{path.name}: {problem}" for problem in problems_of(procedure)]
            procedures.append(procedure)
    if reader.problems:
        raise CatalogueError(reader.problems)
    return Catalogue(procedures)
