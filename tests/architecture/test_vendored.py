"""What was copied from elsewhere is what its author published, and says where it comes from."""

import hashlib
import tomllib
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "portal" / "static"
RECORDS = sorted(STATIC.rglob("vendored.toml"))


def test_something_is_recorded():
    assert [path.parent.name for path in RECORDS] == ["qr", "tus"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.parent.name)
def test_copied_files_are_those_of_their_record(record):
    said = tomllib.loads(record.read_text())
    files = {path.name: path for path in record.parent.iterdir() if path != record}

    assert all(said[key] for key in ("name", "version", "source", "licence", "why"))
    assert "LICENSE.txt" in files
    assert {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()
    } == said["files"]


def test_no_script_needs_what_the_content_policy_refuses():
    for script in STATIC.rglob("*.js"):
        text = script.read_text()
        found = [word for word in ("WebAssembly", "new Function(", " eval(") if word in text]
        assert found == [], script
