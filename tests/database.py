"""The database of a test run: a migrated template, found by fingerprint, cloned per process."""

import functools
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections

from portal.local import postgres
from tests import restoring

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "portal_template_"
TEMPLATES_KEPT = 4
BUILDING = 7_001
# What migrations and their receivers read, besides the migrations themselves.
INGREDIENTS = (
    "portal/core/grants.py",
    "portal/core/clock.py",
    "portal/core/rls.py",
    "portal/local/roles*.sql",
    "portal/territory/data/*",
    "portal/territory/loaders.py",
    "dossiers/procedures/*.toml",
    "*/migrations/*.sql",
    "portal/*/migrations/*.sql",
)


def cluster() -> postgres.Cluster:
    """The cluster of this checkout, started if needed."""
    return postgres.ensure_running(settings.VAR / "postgres")


@functools.cache
def fingerprint() -> str:
    """One name for everything that decides what a freshly migrated database holds.

    Computed once: a run keeps the schema it began with while its sources are edited.
    """
    digest = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.name):
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.name}/{path.name}".encode() + path.read_bytes())
    for pattern in INGREDIENTS:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def clone(name: str) -> None:
    """Give this process a fresh copy of the migrated template."""
    close_connections()
    server = cluster()
    server.clone_database(name, template())
    for connection in connections.all(initialized_only=False):
        connection.settings_dict["NAME"] = name


_kept: dict[str, restoring.Kept] = {}


def clone_for_tests(name: str) -> None:
    """The same, remembered as it is so that it can be given back."""
    clone(name)
    restoring.still(cluster(), name)
    _kept[name] = restoring.keep(cluster(), name)


def give_back(name: str) -> None:
    """The process's database as the template made it: put back, or copied anew."""
    close_connections()
    if not restoring.restore(cluster(), name, _kept[name]):
        clone_for_tests(name)


def tidy(name: str) -> None:
    """Between two tests: see restoring.tidy."""
    if name in _kept:
        restoring.tidy(cluster(), name, _kept[name])


def drop(name: str) -> None:
    close_connections()
    cluster().drop_database(name)


def close_connections() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()


def own_name() -> str:
    """The name of this process's database; other runs on the same cluster have other names."""
    return f"portal_test_{os.getpid()}"


def forget_dead_runs() -> None:
    """Drop the databases that killed runs left, and all but the newest templates."""
    with cluster().connect("owner") as owner:
        names = owner.execute(
            "select datname from pg_database where datname like 'portal_test_%'"
        ).fetchall()
    for (name,) in names:
        pid = name.rpartition("_")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            cluster().drop_database(name)


def template() -> str:
    """The name of the migrated template, built if no run has built it yet."""
    server = cluster()
    name = fingerprint()
    if server.has_database(name):
        return name
    with server.connect("owner") as owner:
        # One process builds, the others wait here and find it built.
        owner.execute("select pg_advisory_lock(%s)", [BUILDING])
        if not server.has_database(name):
            _build(server, name)
            _forget_old_templates(owner, name)
    return name


def _build(server: postgres.Cluster, name: str) -> None:
    server.drop_database("portal_building")
    server.create_database("portal_building")
    environment = dict(
        os.environ,
        PORTAL_ROLE="owner",
        PORTAL_DB_NAME="portal_building",
        DJANGO_SETTINGS_MODULE=settings.SETTINGS_MODULE,
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate_new", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The migrations fail:\n{done.stdout}{done.stderr}")
    server.rename_database("portal_building", name)


def _forget_old_templates(owner: psycopg.Connection, current: str) -> None:
    """Keep the newest templates only: database numbers grow with time."""
    old = owner.execute(
        "select datname from pg_database where datname like %s and datname <> %s"
        " order by oid desc offset %s",
        [PREFIX + "%", current, TEMPLATES_KEPT - 1],
    ).fetchall()
    for (name,) in old:
        owner.execute(f'drop database if exists "{name}" with (force)')
