"""What a filing step and the queue page cost beside a bare Django view with the same queries.

    .venv/bin/python -m tests.benchmarks.filing_and_queue [--cases 20000] [--rounds 9]

Runs as the `web` role on a clone of the test database filled with invented cases. The bare view
keeps Django's own session, authentication and CSRF middleware, sends the very statements that the
page sends, and renders them with one plain template: what remains is the cost of our layers. The
same requests are then measured with row-level security switched off on their tables, which is
what row-level security costs. Nothing here is asserted: read the ratios.
"""

import argparse
import sys

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.urls import reverse

from portal.core.policy import ANYONE, Policy, route
from tests.benchmarks.measuring import line, paired
from tests.benchmarks.places import fresh_clone, owner_of
from tests.benchmarks.recording import STRUCTURAL, Recorder
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.workflows import agent, filed_dossier

PAGE = engines["django"].from_string(
    "<!doctype html><title>t</title><ul>{% for row in rows %}<li>{{ row }}</li>{% endfor %}</ul>"
)
recorded: list[tuple[str, tuple]] = []


def bare(request):
    """The recorded statements, and a plain template over the widest answer."""
    rows: list = []
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, parameters in recorded:
            cursor.execute(statement, parameters)
            found = cursor.fetchall() if cursor.description else []
            rows = found if len(found) > len(rows) else rows
    return HttpResponse(PAGE.render({"rows": rows}))


class Urls:
    """The portal's addresses, and the bare view's beside them."""

    def __init__(self):
        from portal import urls  # noqa: PLC0415 -- after setup

        self.urlpatterns = [
            route("bare/", bare, name="bare", policy=Policy("public", ANYONE)),
            route("agent/bare/", bare, name="bare_desk", policy=Policy("agent", ANYONE)),
            *urls.urlpatterns,
        ]


def record(request_once) -> list:
    """The statements of one request, less the ones that every signed-in page makes."""
    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        answer = request_once()
    assert answer.status_code in (200, 302), answer.status_code
    assert "connexion" not in answer.get("Location", ""), "the benchmark is not signed in"
    shared = ("DJANGO_SESSION", '"ACCOUNTS_USER"', "SET_CONFIG")
    return [
        (sql, params)
        for sql, params in recorder.statements
        if not sql.upper().startswith(STRUCTURAL) and not any(w in sql.upper() for w in shared)
    ]


def fill(owner, cases: int) -> None:
    """Copy one invented case many times, as the owner, with the steps that explain them."""
    tables = ("dossiers_dossier", "workflows_case", "workflows_step")
    for table in tables:
        owner.execute(f"alter table {table} disable trigger user")
    owner.execute(
        "create temp table copies as select n, gen_random_uuid() as dossier, gen_random_uuid() as"
        f" the_case, date '2026-12-01' + (n * 7 % 400) as due from generate_series(1, {cases}) n"
    )
    number = "'3402' || lpad(c.n::text, 15, '0')"
    beside = f"'id', c.dossier, 'number', {number}, 'is_beside', true"
    copy(owner, "dossiers_dossier", beside, "number <> ''")
    copy(
        owner,
        "workflows_case",
        f"'id', c.the_case, 'dossier_id', c.dossier, 'due_on', c.due, 'dossier_number', {number}",
        "true",
    )
    copy(
        owner,
        "workflows_step",
        "'id', gen_random_uuid(), 'case_id', c.the_case",
        "case_id = (select id from workflows_case where dossier_id in"
        " (select id from dossiers_dossier where number not like '3402%') limit 1)",
    )
    owner.execute("set constraints all immediate")
    for table in tables:
        owner.execute(f"alter table {table} enable trigger user")
    owner.execute("analyze")


def copy(owner, table: str, changes: str, which: str) -> None:
    """Insert copies of the rows chosen, one for each line of `copies`, with these changes."""
    columns = [
        name
        for (name,) in owner.execute(
            "select column_name from information_schema.columns where table_name = %s"
            " and is_generated = 'NEVER' and is_identity = 'NO' order by ordinal_position",
            [table],
        ).fetchall()
    ]
    new = ", ".join(f"(r).{name}" for name in columns)
    owner.execute(
        f"insert into {table} ({', '.join(columns)}) select {new} from (select"
        f" jsonb_populate_record(null::{table}, to_jsonb(o) || jsonb_build_object({changes})) as r"
        f" from copies c, (select * from {table} where {which}) o offset 0) made"
    )


def security(owner, on: bool) -> None:
    """Switch row-level security on or off on every table that has it."""
    verb = "enable" if on else "disable"
    for (table,) in owner.execute(
        "select relname from pg_class where relforcerowsecurity"
    ).fetchall():
        owner.execute(f"alter table {table} {verb} row level security")


def compare(name, ours, limit, owner, options):
    """Print the page beside the bare view, then with and without row-level security."""
    recorded[:] = record(ours)
    counter = Recorder()
    with connection.execute_wrapper(counter):
        ours()
    found = paired(ours, limit, rounds=options.rounds, times=options.times)
    print(line(name, found, len(counter.statements)))

    def without():
        return ours()

    rounds = []
    for _ in range(options.rounds):
        rounds.append(paired(ours, ours, rounds=1, times=options.times)["ours"])
        security(owner, on=False)
        rounds[-1] /= paired(without, without, rounds=1, times=options.times)["ours"]
        security(owner, on=True)
    rounds.sort()
    print(
        f"{'  row-level security costs':<34} ratio {rounds[len(rounds) // 2]:.2f} "
        f"({rounds[0]:.2f}-{rounds[-1]:.2f})"
    )


def filing_step(owner, options):
    """POST of one step of a draft by its owner."""
    person = UserFactory()
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    started = client.post(reverse("dossiers:start", args=["student-renewal"]))
    address = started["Location"].partition("/depot/")[0] + "/depot/studies/"
    turn = iter(range(10**9))

    def ours():
        return client.post(
            address, {"institution": f"École {next(turn)}", "programme": "Exemple", "continue": "1"}
        )

    compare("filing step (POST)", ours, lambda: client.post("/bare/"), owner, options)


def queue_page(owner, options):
    """GET of the office's whole queue, fifty lines with who has each: the heaviest one."""
    reviewer = agent("supervisor", office="75")
    client = Client()
    address = reverse("desk:sign_in")
    client.post(address, {"email": reviewer.email, "password": PASSWORD})
    ours = reverse("desk:queue")
    compare(
        "queue page (GET)",
        lambda: client.get(ours),
        lambda: client.get("/agent/bare/"),
        owner,
        options,
    )


def main():
    """Clone, fill, measure, drop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    settings.ROOT_URLCONF = Urls()
    settings.ALLOWED_HOSTS = ["testserver"]
    with fresh_clone() as name:
        filed_dossier()
        with owner_of(name) as owner:
            with owner.transaction():
                fill(owner, options.cases)
            print(
                f"{options.cases} cases, {options.rounds} rounds of {options.times}; CPU per "
                "request, application and PostgreSQL"
            )
            filing_step(owner, options)
            queue_page(owner, options)


if __name__ == "__main__":
    sys.exit(main())
