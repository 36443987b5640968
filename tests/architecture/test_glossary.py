"""The words of the code are those of the glossary."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["portal", "dossiers", "workflows", "appointments", "cms"]


def words_of(column):
    rows = (ROOT / "docs/glossary.md").read_text().splitlines()
    cells = [row.split("|")[column] for row in rows if row.startswith("|") and row.count("|") == 4]
    return {word for cell in cells for word in re.findall(r"`(\w+)`", cell)}


def forbidden_words():
    return words_of(3)


def names_that_hold_one():
    """Names of the glossary itself in which a forbidden word stands with another sense."""
    forbidden = forbidden_words()
    return {
        name for name in words_of(2) if any(word in name and word != name for word in forbidden)
    }


def bare(name, kept):
    """An identifier without the glossary's own names."""
    for one in kept:
        name = name.lower().replace(one, "")
    return name.lower()


def identifiers(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def test_no_identifier_uses_a_forbidden_synonym():
    words = forbidden_words()
    kept = names_that_hold_one()
    assert len(words) >= 8
    assert "overbooking" in kept

    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for name in identifiers(path)
        for word in words
        if word in bare(name, kept)
    }

    assert found == set()
