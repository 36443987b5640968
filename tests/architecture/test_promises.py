"""What the documents promise about the whole house, held against the code."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from procrastinate.contrib.django import app as queue

from portal.core import grants

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["portal", "dossiers", "workflows", "appointments", "cms"]
ORDER = [
    "core",
    "territory",
    "accounts",
    "vault",
    "correspondence",
    "dossiers",
    "workflows",
    "appointments",
    "cms",
]
PERSONAL = {"dossier_id", "applicant_id", "prefecture_code"}


def python_files():
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def our_models():
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in ROOMS]


def test_no_record_of_ours_disappears_with_another():
    cascades = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if field.remote_field
        and field.remote_field.on_delete is models.CASCADE
        and not field.remote_field.parent_link
        and model._meta.app_label != "cms"
    ]

    assert cascades == []


def test_no_legal_day_is_read_off_another_clock():
    """A moment gives the day in UTC: between 22 h and 24 h there, Paris is already tomorrow."""
    paths = [*python_files(), *(ROOT / "tests").rglob("*.py")]
    other = [str(path) for path in paths if re.search(r"\bnow\.date\(\)", path.read_text())]

    assert other == []


def test_every_job_that_is_enqueued_exists():
    names = {
        call.args[0].value
        for path in python_files()
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) == "enqueue"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }

    assert names
    assert names - set(queue.tasks) == set()


def test_every_event_is_documented():
    documented = (ROOT / "docs/events.md").read_text()
    events = {
        target.id
        for room in ROOMS
        for path in (ROOT / room).rglob("events.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "DomainEvent"
        for target in node.targets
    }

    assert events
    assert [event for event in sorted(events) if event not in documented] == []


def test_migrations_depend_downwards_only():
    upward = [
        f"{label}.{name} -> {needed}"
        for (label, name), migration in MigrationLoader(None).disk_migrations.items()
        if label in ORDER
        for needed, _ in migration.dependencies
        if needed in ORDER and ORDER.index(needed) > ORDER.index(label)
    ]

    assert upward == []


def test_every_personal_table_forces_row_level_security(db):
    personal = {
        m._meta.db_table
        for m in our_models()
        if m._meta.label != "core.JournalLine"
        and len(PERSONAL & {f.attname for f in m._meta.local_fields}) >= 2
    }

    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relforcerowsecurity")
        forced = {row[0] for row in cursor.fetchall()}

    assert len(personal) >= 10
    assert personal - forced == set()


def rights():
    """What PostgreSQL itself says: (role, table) → verbs, whoever asks."""
    verbs = {"SELECT": "S", "INSERT": "I", "UPDATE": "U", "DELETE": "D"}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_userbyid(acl.grantee), relname, acl.privilege_type"
            " from pg_class, aclexplode(relacl) acl where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace"
        )
        for role, table, verb in cursor.fetchall():
            found.setdefault((role, table), set()).add(verbs.get(verb, verb))
    return found


def test_the_editing_role_reaches_no_personal_table(db):
    reached = {table for role, table in rights() if role == "portal_editing"}
    personal = {
        m._meta.db_table
        for m in our_models()
        if PERSONAL & {f.attname for f in m._meta.local_fields}
        and m._meta.label != "core.JournalLine"
    }

    assert "cms_homepage" in reached
    assert reached & personal == set()


def test_rights_in_the_database_are_those_of_the_matrix(db):
    found = rights()

    for model in our_models():
        for role in grants.GRANTS:
            expected = set(grants.verbs_for(role, model))
            assert found.get((f"portal_{role}", model._meta.db_table), set()) == expected, (
                role,
                model._meta.label,
            )


def test_only_the_issuer_reads_seats_or_writes_appointments():
    assert grants.verbs_for("web", apps.get_model("appointments", "Seat")) == ""
    assert grants.verbs_for("web", apps.get_model("appointments", "Slot")) == ""
    for role in ("web", "worker", "editing"):
        assert "I" not in grants.verbs_for(role, apps.get_model("appointments", "Appointment"))


def test_every_variable_of_the_environment_is_documented():
    documented = (ROOT / "docs/operations.md").read_text()
    read = {
        name
        for path in (ROOT / "portal/settings").glob("*.py")
        for name in re.findall(r'"(PORTAL_[A-Z0-9_]+)"', path.read_text())
    }

    assert sorted(name for name in read if name not in documented) == []


def test_the_locks_hold_names_versions_and_hashes_only():
    locks = [path.read_text() for path in sorted((ROOT / "requirements").iterdir())]

    assert len(locks) == 4
    assert [text for text in locks if "://" in text or "--index" in text] == []


def test_nothing_names_a_machine():
    forbidden = re.compile(r"/root/|/home/\w")
    offenders = [
        str(path.relative_to(ROOT))
        for folder in [*ROOMS, "docs", "script", "requirements", "tests"]
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".md", ".txt", ".in", ".toml", ".sh", ".html", ""}
        and path != Path(__file__)
        and forbidden.search(path.read_text(errors="ignore"))
    ]

    assert offenders == []
