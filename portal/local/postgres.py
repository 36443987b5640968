"""The embedded PostgreSQL cluster of a checkout: started on demand, shared by all its processes."""

import fcntl
import hashlib
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from portal.local import postgres_server
from portal.local.errors import LocalError

HOST = "127.0.0.1"
PORTS = range(54320, 54420)
ROLES = ("admin", "owner", "web", "worker", "issuer", "editing", "backup", "tester")
CONNECTING = ("portal_app", "portal_backup", "portal_tester")
LOCK_WITHIN = 120.0

_leases: dict[Path, int] = {}


@dataclass(frozen=True)
class Cluster:
    """A running cluster: where it listens and the passwords of its roles."""

    state_dir: Path
    port: int
    passwords: dict[str, str]
    host: str = HOST

    def password(self, role: str) -> str:
        """The password of a role, named with or without its `portal_` prefix."""
        return self.passwords[role.removeprefix("portal_")]

    def connect(self, role: str, dbname: str = "postgres", **options: Any) -> psycopg.Connection:
        """Open an autocommit connection as this role."""
        name = role.removeprefix("portal_")
        return psycopg.connect(
            host=self.host,
            port=self.port,
            dbname=dbname,
            user=f"portal_{name}",
            password=self.password(name),
            autocommit=True,
            connect_timeout=10,
            **options,
        )

    def has_database(self, name: str) -> bool:
        with self.connect("owner") as owner:
            found = owner.execute("select 1 from pg_database where datname = %s", [name])
            return found.fetchone() is not None

    def create_database(self, name: str) -> None:
        """Make a database that belongs to portal_owner and that only our roles may enter."""
        with self.connect("owner") as owner:
            owner.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        self.open_to_roles(name)
        with self.connect("owner", name) as inside:
            inside.execute("revoke all on schema public from public")
            inside.execute("grant usage on schema public to portal_app")

    def clone_database(self, name: str, template: str) -> None:
        """Replace a database by a copy of a template, cutting whoever is still connected to it."""
        self.drop_database(name)
        with self.connect("owner") as owner:
            owner.execute(
                sql.SQL("create database {} template {} strategy wal_log").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        self.open_to_roles(name)

    def open_to_roles(self, name: str) -> None:
        """Grant CONNECT to our roles only; a copy does not inherit this from its template."""
        database = sql.Identifier(name)
        with self.connect("owner") as owner:
            owner.execute(sql.SQL("revoke all on database {} from public").format(database))
            for role in CONNECTING:
                grant = sql.SQL("grant connect on database {} to {}")
                owner.execute(grant.format(database, sql.Identifier(role)))

    def rename_database(self, name: str, new_name: str) -> None:
        with self.connect("owner") as owner:
            rename = sql.SQL("alter database {} rename to {}")
            owner.execute(rename.format(sql.Identifier(name), sql.Identifier(new_name)))

    def drop_database(self, name: str) -> None:
        with self.connect("owner") as owner:
            drop = sql.SQL("drop database if exists {} with (force)")
            owner.execute(drop.format(sql.Identifier(name)))


def ensure_running(state_dir: Path) -> Cluster:
    """Return the cluster kept in this directory, made or started if needed.

    The calling process counts as a user of the cluster until it ends: `stop_if_unused` spares it.
    Raises LocalError with one sentence when this machine cannot run it.
    """
    state_dir = Path(state_dir).absolute()
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        _take_lease(state_dir)
        state = _read_state(state_dir)
        if state and state.get("ready") == _version(_recipe()) and _answers(state):
            return _cluster(state_dir, state)
        with _locked(state_dir):
            return _make_or_start(state_dir)
    except PermissionError as refusal:
        raise LocalError(
            f"{refusal.filename or state_dir} belongs to another account: use the account that "
            "started the portal here first, or remove the directory."
        ) from refusal


def stop(state_dir: Path) -> None:
    """Stop the cluster of this directory, whoever uses it."""
    state_dir = Path(state_dir).absolute()
    if (state_dir / "cluster.json").exists():
        with _locked(state_dir):
            postgres_server.stop(postgres_server.place(state_dir))


def stop_if_unused(state_dir: Path) -> bool:
    """Give up our own use of the cluster and stop it unless another process still uses it."""
    state_dir = Path(state_dir).absolute()
    if not (state_dir / "cluster.json").exists():
        return False
    with _locked(state_dir):
        lease = _leases.pop(state_dir, None)
        if lease is not None:
            os.close(lease)
        with (state_dir / "users.lock").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            postgres_server.stop(postgres_server.place(state_dir))
            return True


def _make_or_start(state_dir: Path) -> Cluster:
    state = _read_state(state_dir)
    if state and _answers(state):
        return _bootstrap(state_dir, state)
    server = postgres_server.place(state_dir)
    if not state or not (server.data / "PG_VERSION").exists():
        passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
        state = {"port": _free_port(), "passwords": passwords, "ready": ""}
        postgres_server.initialise(server, "portal_admin", passwords["admin"])
        _write_state(state_dir, state)
    for _ in PORTS:
        if postgres_server.start(server, state["port"]):
            return _bootstrap(state_dir, state)
        state["port"] = _free_port()
        _write_state(state_dir, state)
    raise LocalError(f"No free port between {PORTS.start} and {PORTS.stop - 1} for PostgreSQL.")


def _bootstrap(state_dir: Path, state: dict[str, Any]) -> Cluster:
    """Create our roles and give them their passwords, once per version of the role files."""
    cluster = _cluster(state_dir, state)
    version = _version(_recipe())
    if state["ready"] != version:
        with cluster.connect("admin") as admin, admin.transaction():
            admin.execute(_recipe())
            for role in ROLES[1:]:
                change = sql.SQL("alter role {} password {}")
                name = sql.Identifier(f"portal_{role}")
                admin.execute(change.format(name, sql.Literal(cluster.password(role))))
        state["ready"] = version
        _write_state(state_dir, state)
    return cluster


def _recipe() -> str:
    here = Path(__file__).parent
    return (here / "roles.sql").read_text() + (here / "roles_local.sql").read_text()


def _version(recipe: str) -> str:
    return hashlib.sha256(recipe.encode()).hexdigest()


def _cluster(state_dir: Path, state: dict[str, Any]) -> Cluster:
    return Cluster(state_dir=state_dir, port=state["port"], passwords=state["passwords"])


def _answers(state: dict[str, Any]) -> bool:
    """Whether our own server answers there: another one would not know the password."""
    login = {"user": "portal_admin", "password": state["passwords"]["admin"]}
    try:
        psycopg.connect(
            host=HOST, port=state["port"], dbname="postgres", connect_timeout=5, **login
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _free_port() -> int:
    for port in PORTS:
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((HOST, port))
            except OSError:
                continue
            return port
    raise LocalError(f"No free port between {PORTS.start} and {PORTS.stop - 1} for PostgreSQL.")


def _read_state(state_dir: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((state_dir / "cluster.json").read_text()))
    except FileNotFoundError:
        return None


def _write_state(state_dir: Path, state: dict[str, Any]) -> None:
    """Replace the state file in one step; only its owner may read the passwords."""
    draft = state_dir / "cluster.json.new"
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(state))
    draft.replace(state_dir / "cluster.json")


def _take_lease(state_dir: Path) -> None:
    """Hold a shared lock until this process dies, however it dies."""
    if state_dir not in _leases:
        lease = os.open(state_dir / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lease, fcntl.LOCK_SH)
        _leases[state_dir] = lease


@contextmanager
def _locked(state_dir: Path) -> Iterator[None]:
    until = time.monotonic() + LOCK_WITHIN
    with (state_dir / "start.lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise LocalError(
                        "Another process has been starting PostgreSQL for two minutes, "
                        f"in {state_dir}."
                    ) from None
                time.sleep(0.05)
        yield
