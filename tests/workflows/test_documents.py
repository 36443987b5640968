"""The pages that describe the machine and its events say what the code does."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from dossiers import events as dossiers_events
from portal.core.events import DomainEvent
from workflows import events as workflows_events
from workflows.management.commands.describe_machine import PAGE, describe

DOCS = Path(settings.ROOT) / "docs"
ROOMS = {"dossiers": dossiers_events, "workflows": workflows_events}


def rows():
    lines = (DOCS / "events.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {row[0]: row for row in cells[2:]}


def test_the_page_of_the_machine_is_the_machine():
    assert PAGE.read_text(encoding="utf-8") == describe(), "run manage.py describe_machine"


@pytest.mark.parametrize("room", list(ROOMS))
def test_every_event_is_in_the_table(room):
    said = {name for name, value in vars(ROOMS[room]).items() if isinstance(value, DomainEvent)}

    assert {name for name, row in rows().items() if row[1] == room} == said


def test_every_listener_is_in_the_table():
    heard = set()
    for path in Path(settings.ROOT).glob("*/receivers.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "dispatch_uid":
                heard.add(node.value.value)

    written = {name.strip() for row in rows().values() for name in row[4].split(",")} - {"–"}
    assert written == {
        name for name in heard if name.split(".")[0] in {"workflows", "appointments"}
    }
