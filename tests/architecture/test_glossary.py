"""The words of the code are those of the glossary."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["portal", "dossiers", "workflows", "appointments", "cms"]


def forbidden_words():
    rows = (ROOT / "docs/glossary.md").read_text().splitlines()
    cells = [row.split("|")[3] for row in rows if row.startswith("|") and row.count("|") == 4]
    return {word for cell in cells for word in re.findall(r"`(\w+)`", cell)}


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
    assert len(words) >= 8

    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for name in identifiers(path)
        for word in words
        if word in name.lower()
    }

    assert found == set()
