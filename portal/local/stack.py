"""The whole portal as separate processes: web, editing, two workers, files, mail, partners."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from portal.local import card_maker, postgres, register, s3, smtp_sink
from portal.local.errors import LocalError
from portal.local.processes import (
    LOOPBACK,
    Process,
    answers_200,
    free_port,
    listens,
    refuse_taken_port,
)

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("web", "editing", "s3", "mail", "cards", "register")
PORTAL = ("web", "editing", "worker", "issuer")
# Queues of the ordinary worker; the issuing run has its own process and role.
QUEUES = ("default", "mail", "letters")
SECRETS = ("PORTAL_SECRET_KEY", "PORTAL_PERSON_KEY", "PORTAL_QR_KEY", "PORTAL_VAULT_KEYS")


@dataclass(frozen=True)
class Ports:
    """Where each part listens on loopback."""

    web: int
    editing: int
    s3: int
    mail: int
    cards: int
    register: int

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody uses, for the tests."""
        return cls(**{part: free_port() for part in PARTS})

    def refuse_taken(self) -> None:
        """Raise LocalError with a sentence when another program holds one of them."""
        for part in PARTS:
            refuse_taken_port(getattr(self, part), part)


@dataclass
class Stack:
    """One running portal: its folder under var, its database, its ports, its processes.

    `var` holds what all stacks share (PostgreSQL, static files); `var/<name>` what this one owns.
    """

    name: str
    var: Path
    database: str
    ports: Ports
    settings_module: str = "portal.settings.demo"
    web_workers: int = 2
    web_threads: int = 4
    card_delay: float = 3.0
    progress: Callable[[str], None] = lambda _: None
    processes: list[Process] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.var / self.name

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.web}"

    @property
    def editing_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.editing}"

    @property
    def mail_folder(self) -> Path:
        return self.folder / "mail"

    def environment(self, role: str) -> dict[str, str]:
        """The environment of a process of this role; it holds that role's password only."""
        cluster = postgres.ensure_running(self.var / "postgres")
        keys = self._keys()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": self.settings_module,
            "PYTHONUNBUFFERED": "1",
            "PORTAL_ROLE": role,
            "PORTAL_VAR": str(self.var),
            "PORTAL_BASE_URL": self.base_url,
            "PORTAL_EDITING_URL": self.editing_url,
            "PORTAL_DB_HOST": cluster.host,
            "PORTAL_DB_PORT": str(cluster.port),
            "PORTAL_DB_NAME": self.database,
            "PORTAL_DB_PASSWORD": cluster.password(role),
            "PORTAL_S3_ENDPOINT": s3.endpoint(self.ports.s3),
            "PORTAL_S3_KEY": keys["S3_KEY"],
            "PORTAL_S3_SECRET": keys["S3_SECRET"],
            "PORTAL_SMTP_HOST": LOOPBACK,
            "PORTAL_SMTP_PORT": str(self.ports.mail),
            "PORTAL_DEMO_MAIL_DIR": str(self.mail_folder),
            "PORTAL_CARD_MAKER_URL": f"http://{LOOPBACK}:{self.ports.cards}/",
            "PORTAL_CARD_MAKER_TOKEN": keys["CARD_MAKER_TOKEN"],
            "PORTAL_REGISTER_URL": f"http://{LOOPBACK}:{self.ports.register}/",
            "PORTAL_REGISTER_TOKEN": keys["REGISTER_TOKEN"],
            "PORTAL_CARD_POLL_SECONDS": str(max(1, round(self.card_delay))),
            **{name: keys[name] for name in SECRETS},
        }

    def start_services(self) -> None:
        """Start what the portal talks to: files, mail, card maker, foreigners' register."""
        keys = self._keys()
        self.progress("file store, mail sink, card maker and register")
        self.processes.append(
            s3.start(
                folder=self.folder, port=self.ports.s3, key=keys["S3_KEY"], secret=keys["S3_SECRET"]
            )
        )
        sink = smtp_sink.process(stack_folder=self.folder, port=self.ports.mail)
        maker = card_maker.process(
            folder=self.folder,
            port=self.ports.cards,
            token=keys["CARD_MAKER_TOKEN"],
            delay=self.card_delay,
        )
        people = register.process(
            folder=self.folder, port=self.ports.register, token=keys["REGISTER_TOKEN"]
        )
        self._start(sink, lambda: listens(self.ports.mail))
        self._start(maker, lambda: answers_200(f"http://{LOOPBACK}:{self.ports.cards}/health"))
        self._start(people, lambda: answers_200(f"http://{LOOPBACK}:{self.ports.register}/health"))

    def start_portal(self) -> None:
        """Start web, editing and both workers; wait until the pages answer."""
        self.progress("web, editing and worker processes")
        web = self._gunicorn("web", self.ports.web, self.web_workers)
        editing = self._gunicorn("editing", self.ports.editing, 1)
        for process in (web, editing, self._worker("worker"), self._worker("issuer")):
            process.start()
            self.processes.append(process)
        web.wait_ready(lambda: answers_200(f"{self.base_url}/sante/"), within=90)
        editing.wait_ready(lambda: answers_200(f"{self.editing_url}/sante/"), within=90)
        for process in self.processes:
            process.wait_ready(process.is_alive)

    def manage(self, *command: str, role: str = "owner") -> str:
        """Run a management command in a role and return what it says; LocalError if it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment(role),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip()
            raise LocalError(f"{command[0]} failed: {said[-2000:]}")
        return done.stdout

    def stop(self) -> None:
        """Stop everything, the portal before what it talks to."""
        portal = [process for process in self.processes if process.name in PORTAL]
        for process in portal:
            process.ask_to_stop()
        for process in [*portal, *reversed(self.processes)]:
            process.stop()
        self.processes.clear()

    def end_leftovers(self) -> None:
        """End what a killed driver of this stack left running."""
        names = ("issuer", "worker", "editing", "web", "register", "cards", "mail", "s3")
        for name in names:
            Process(name, [], folder=self.folder).end_leftover()

    def dead(self) -> list[str]:
        """The names of the processes that have stopped by themselves."""
        return [process.name for process in self.processes if not process.is_alive()]

    def _start(self, process: Process, answers: Callable[[], bool]) -> None:
        process.start()
        self.processes.append(process)
        process.wait_ready(answers)

    def _gunicorn(self, role: str, port: int, workers: int) -> Process:
        command = [
            sys.executable, "-m", "gunicorn", "portal.wsgi",
            "--bind", f"{LOOPBACK}:{port}",
            "--worker-class", "gthread",
            "--workers", str(workers),
            "--threads", str(self.web_threads),
            "--timeout", "60",
            "--graceful-timeout", "10",
            "--worker-tmp-dir", str(self.folder),
            "--no-control-socket",
        ]  # fmt: skip
        return self._process(role, command)

    def _worker(self, role: str) -> Process:
        queues = "issuing" if role == "issuer" else ",".join(QUEUES)
        command = [
            sys.executable, "manage.py", "procrastinate", "worker",
            "--queues", queues, "--concurrency", "1", "--name", role,
        ]  # fmt: skip
        return self._process(role, command)

    def _process(self, role: str, command: list[str]) -> Process:
        return Process(
            role, command, folder=self.folder, environment=self.environment(role), cwd=ROOT
        )

    def _keys(self) -> dict[str, str]:
        """The keys of this stack, made once and readable by its account only."""
        path = self.folder / "keys.json"
        kept = dict(json.loads(path.read_text())) if path.exists() else {}
        names = (*SECRETS, "S3_KEY", "S3_SECRET", "CARD_MAKER_TOKEN", "REGISTER_TOKEN")
        lacking = [name for name in names if name not in kept]
        if lacking:
            self.folder.mkdir(parents=True, exist_ok=True)
            kept |= {name: secrets.token_hex(32) for name in lacking}
            draft = path.with_suffix(".new")
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(kept))
            draft.replace(path)
        return kept
