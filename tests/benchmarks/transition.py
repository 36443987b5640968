"""What `advance` costs beside its own statements sent raw by psycopg in one transaction.

    .venv/bin/python -m tests.benchmarks.transition [--rounds 15] [--times 40] [--profile]

As the role web, on one case of a fresh clone. Both sides open a transaction, say who acts, make
the move with its step, its journal line and its timeline line, check every deferred key, and roll
back, so that the thousandth move finds the same rows as the first. The raw side sends the very
statements that were recorded (new identifiers each time) through a plain psycopg cursor, without
savepoints and without reading the answers into objects: once bound on the client, as Django does,
and once with psycopg's own defaults, which prepare a statement that comes back. What remains is
the cost of django-fsm, of the models and of our checks. Nothing is asserted: read the ratios.
"""

import argparse
import cProfile
import pstats
import sys
import uuid

import psycopg
from django.db import connection, transaction

from portal.core.door import acting_for
from tests.benchmarks.measuring import CPU, line, paired
from tests.benchmarks.places import fresh_clone
from tests.benchmarks.recording import STRUCTURAL, Recorder
from tests.factories.workflows import Life
from workflows.services.moves import advance

CHECK = "set constraints all immediate"


class Act:
    """One move of one case, made and undone as often as one likes."""

    def __init__(self, name, life, person, move, **facts):
        self.name, self.life, self.person = name, life, person
        self.move, self.facts = move, facts

    def through_django(self):
        """The move as a service makes it, without the service's own rows."""
        with acting_for(self.person) as act:
            advance(
                case_id=self.life.id,
                move=self.move,
                actor=self.person,
                at=act.now,
                **self.facts,
            )
            with connection.cursor() as cursor:
                cursor.execute(CHECK)
            transaction.set_rollback(True)

    def statements(self) -> list:
        """What one move sends, with its parameters, once the person's posts are known."""
        self.through_django()
        recorder = Recorder()
        with connection.execute_wrapper(recorder):
            self.through_django()
        return recorder.statements


class Raw:
    """The same statements on a connection of psycopg's own."""

    def __init__(self, act: Act, cursor_class):
        self.statements = [
            (sql, params)
            for sql, params in act.statements()
            if not sql.upper().startswith(STRUCTURAL)
        ]
        ours = {act.life.id, act.life.dossier.pk}
        self.known = {value for value in ours if isinstance(value, uuid.UUID)}
        settings = connection.get_connection_params()
        settings.pop("cursor_factory")
        settings.pop("context")
        settings.pop("prepare_threshold")
        self.login = psycopg.connect(**settings, cursor_factory=cursor_class)

    def once(self):
        """The transaction, sent and undone."""
        fresh: dict = {}
        with self.login.transaction(force_rollback=True), self.login.cursor() as cursor:
            for sql, params in self.statements:
                cursor.execute(sql, [self._new(value, fresh) for value in params or ()])
                if cursor.description:
                    cursor.fetchall()

    def _new(self, value, fresh):
        if isinstance(value, uuid.UUID) and value not in self.known:
            return fresh.setdefault(value, uuid.uuid4())
        return value


def profile(act: Act, times: int):
    """Where the time of the application goes."""
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(times):
        act.through_django()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("cumtime").print_stats(40)


def acts():
    """A move with nothing but its own rows, and one that reads when the next act is due."""
    received = Life()
    yield Act("acknowledge", received, received.reviewer, "acknowledge")
    proposed = Life().acknowledged().proposed("refuse")
    yield Act("send_back", proposed, proposed.signatory, "send_back", reason="Exemple.")


def main():
    """Clone, measure, drop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with fresh_clone():
        for act in acts():
            found = act.statements()
            for said, cursor_class in (
                ("bound by the client", psycopg.ClientCursor),
                ("prepared by psycopg", psycopg.Cursor),
            ):
                raw = Raw(act, cursor_class)
                clock = CPU(raw.login)
                measured = paired(
                    act.through_django,
                    raw.once,
                    rounds=options.rounds,
                    times=options.times,
                    clock=clock,
                )
                print(line(f"{act.name}, raw {said}", measured, len(found)))
                raw.login.close()
            for sql, _params in found:
                print("    ", " ".join(sql.split())[:110])
            if options.profile:
                profile(act, options.times * options.rounds)


if __name__ == "__main__":
    sys.exit(main())
