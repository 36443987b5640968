"""The embedded cluster: made once, shared, and back after the death of its server."""

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from portal.local import postgres


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory):
    state_dir = tmp_path_factory.mktemp("cluster")
    yield state_dir
    postgres.stop_if_unused(state_dir)


@pytest.fixture
def cluster(state_dir):
    return postgres.ensure_running(state_dir)


def postmaster_pid(cluster):
    with cluster.connect("admin") as admin:
        data = admin.execute("show data_directory").fetchone()[0]
    with open(f"{data}/postmaster.pid") as lines:
        return int(lines.readline())


def test_cluster_is_the_same_for_every_caller(cluster, state_dir):
    with ThreadPoolExecutor(4) as callers:
        others = list(callers.map(lambda _: postgres.ensure_running(state_dir), range(4)))

    assert {other.port for other in others} == {cluster.port}


def test_passwords_are_readable_by_their_account_only(cluster, state_dir):
    assert (state_dir / "cluster.json").stat().st_mode & 0o777 == 0o600


def test_login_without_the_password_is_refused(cluster):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=cluster.host, port=cluster.port, user="portal_web", password="no")


@pytest.mark.parametrize("role", ["owner", "web", "worker", "issuer", "editing", "tester"])
def test_no_running_role_escapes_row_policies(cluster, role):
    with cluster.connect(role) as login:
        powers = login.execute(
            "select rolsuper or rolbypassrls or rolcreaterole"
            " from pg_roles where rolname = current_user"
        ).fetchone()

    assert powers == (False,)


def test_running_roles_are_no_members_of_the_owner(cluster):
    with cluster.connect("web") as web:
        member = web.execute("select pg_has_role('portal_owner', 'member')").fetchone()

    assert member == (False,)


def test_database_is_closed_to_everyone_but_our_roles(cluster):
    cluster.drop_database("closed")
    cluster.create_database("closed")
    with cluster.connect("admin") as admin:
        admin.execute("create role stranger login password 'stranger'")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(
            host=cluster.host,
            port=cluster.port,
            dbname="closed",
            user="stranger",
            password="stranger",
        )


def test_owner_adds_the_extensions_without_a_superuser(cluster):
    cluster.drop_database("extended")
    cluster.create_database("extended")

    with cluster.connect("owner", "extended") as owner:
        for name in ("btree_gist", "unaccent", "pg_trgm"):
            owner.execute(f"create extension {name}")
        assert owner.execute("select unaccent('Évêché')").fetchone() == ("Eveche",)


def test_tester_takes_each_role_in_turn(cluster):
    with cluster.connect("tester", options="-c role=portal_web") as tester:
        first = tester.execute("select current_user::text").fetchone()
        with tester.transaction():
            tester.execute("set local role portal_issuer")
            second = tester.execute("select current_user::text").fetchone()

    assert (first, second) == (("portal_web",), ("portal_issuer",))


def test_clone_holds_the_rows_of_its_template_and_opens_to_the_roles(cluster):
    cluster.drop_database("original")
    cluster.create_database("original")
    with cluster.connect("owner", "original") as owner:
        owner.execute("create table line as select 1 as number")
        owner.execute("grant select on line to portal_web")

    cluster.clone_database("copy", "original")

    with cluster.connect("web", "copy") as web:
        assert web.execute("select number from line").fetchall() == [(1,)]


def test_rows_survive_the_death_of_the_server(cluster, state_dir):
    cluster.drop_database("kept")
    cluster.create_database("kept")
    with cluster.connect("owner", "kept") as owner:
        owner.execute("create table line as select generate_series(1, 1000) as number")

    os.kill(postmaster_pid(cluster), signal.SIGKILL)
    again = postgres.ensure_running(state_dir)

    with again.connect("owner", "kept") as owner:
        assert owner.execute("select count(*) from line").fetchone() == (1000,)


def test_another_process_keeps_the_cluster_alive(cluster, state_dir):
    program = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from portal.local import postgres
        postgres.ensure_running(Path({str(state_dir)!r}))
        print("ready", flush=True)
        sys.stdin.read()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as user:
        assert user.stdout.readline() == "ready\n"
        while_used = postgres.stop_if_unused(state_dir)
        user.stdin.close()

    assert while_used is False
    assert postgres.stop_if_unused(state_dir) is True
