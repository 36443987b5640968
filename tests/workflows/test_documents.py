"""The pages that describe the machine and its events say what the code does."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

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


def drawn():
    """The jumps of the graph that a reader sees, from and to the machine's own states."""
    arrows = re.findall(r"^    (\w+) --> (\w+) : \w+$", PAGE.read_text(encoding="utf-8"), re.M)
    return set(arrows)


@pytest.mark.django_db
def test_the_graph_shows_the_jumps_that_the_database_allows_and_no_other():
    with connection.cursor() as cursor:
        cursor.execute(
            "select prosrc from pg_proc where proname like 'pgtrigger_case_follows_the_machine%'"
        )
        (source,) = cursor.fetchone()
    (listed,) = re.findall(r"'\{([\w:,]+)\}'::text\[\]", source)

    assert drawn() == {tuple(jump.split(":")) for jump in listed.split(",")}


@pytest.mark.django_db
def test_the_graph_shows_the_steps_that_the_database_accepts_and_no_other():
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_constraintdef(oid) from pg_constraint"
            " where conname = 'a_step_is_a_move_of_the_machine'"
        )
        (rule,) = cursor.fetchone()
    words = set(re.findall(r"'(\w+)'", rule)) - {"open"}

    arrows = re.findall(r"--> \w+ : (\w+)$", PAGE.read_text(encoding="utf-8"), re.M)
    states = {state for jump in drawn() for state in jump}
    assert words == (set(arrows) - {"open"}) | states


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
    assert written == heard
