"""Every sentence of the data files, one a line with its place, in one committed file a language.

`python -m tests.dossiers.catalogue.texts` writes them anew; the difference is then read by a
person before it is committed.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dossiers.catalogue.loader import FOLDER

LANGUAGES = ("fr", "en")
ONLY_IN_FRENCH = ("law", "fact")
HERE = Path(__file__).parent


def snapshot(language: str) -> Path:
    """Where the sentences of a language are kept."""
    return HERE / f"texts.{language}.txt"


def sentences(language: str, folder: Path = FOLDER) -> list[str]:
    """Each sentence as "file place: words", in the order of the files."""
    return [
        f"{path.name} {place}: {words}"
        for path in sorted(folder.glob("*.toml"))
        for place, words in _below(tomllib.loads(path.read_text(encoding="utf-8")), "", language)
    ]


def _below(value: Any, place: str, language: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _below(item, f"{place}[{i}]", language)
    if not isinstance(value, dict):
        return
    if "fr" in value:
        yield place, value[language]
        return
    for key, item in value.items():
        if language == "fr" and key in ONLY_IN_FRENCH:
            yield f"{place}.{key}", item
        yield from _below(item, f"{place}.{key}".lstrip("."), language)


def renew() -> None:
    """Write both files from the data files of today."""
    for language in LANGUAGES:
        snapshot(language).write_text("\n".join(sentences(language)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
