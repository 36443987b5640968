"""Build what browsers download, once per version of its sources: style sheets, then the copy."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.local.errors import LocalError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "portal/static",
    "portal/core/assets",
    "portal/core/management/commands/build_assets.py",
    "portal/core/staticfinders.py",
    "portal/settings/storage.py",
    "requirements/base.txt",
)
ROOMS = ("dossiers", "workflows", "appointments", "cms")
# Nothing is cleared: a portal that runs beside us still serves the files of its own version.
COMMANDS = (
    ["build_assets"],
    ["collectstatic", "--no-input", "--verbosity", "0"],
)


def build(var: Path, environment: Mapping[str, str] | None = None) -> bool:
    """Build and collect unless nothing changed; returns whether anything was done.

    Two at once would each rewrite what the other reads: the second waits and finds it built.
    """
    with (var / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(var, environment)


def _build(var: Path, environment: Mapping[str, str] | None) -> bool:
    stamp = var / "static.stamp"
    version = _version()
    if stamp.exists() and stamp.read_text() == version and (var / "static").is_dir():
        return False
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=dict(os.environ if environment is None else environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise LocalError(f"{command[0]} failed: {said[-1] if said else 'no reason given'}")
    stamp.write_text(version)
    return True


def _version() -> str:
    digest = hashlib.sha256()
    for path in _files():
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    folders = [ROOT / source for source in SOURCES]
    folders += [ROOT / room / "static" for room in ROOMS]
    for source in folders:
        if source.is_file():
            yield source
        elif source.is_dir():
            yield from sorted(
                path
                for path in source.rglob("*")
                if path.is_file() and "__pycache__" not in path.parts
            )


def main() -> None:
    var = Path(os.environ.get("PORTAL_VAR") or ROOT / "var").resolve()
    var.mkdir(parents=True, exist_ok=True)
    try:
        build(var, dict(os.environ, DJANGO_SETTINGS_MODULE="portal.settings.demo"))
    except LocalError as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
