"""Raw SQL as each role of the database: what a stolen statement would see, and could change."""

import contextlib

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from portal.core.door import acting
from tests.factories.appointments import role

PROTECTED = """
select relname from pg_class where relkind in ('r', 'p') and relrowsecurity
and relforcerowsecurity and relnamespace = 'public'::regnamespace order by relname
"""
ABOUT_PEOPLE = """
select distinct table_name::text from information_schema.columns where table_schema = 'public'
and column_name in ('applicant_id', 'dossier_id', 'person_id', 'recipient_id', 'subject_id')
"""
# Accounts hold an address and no dossier, and every process must know who signs in; closures
# and outages are opening hours.
NOT_PERSONAL = {"accounts_user", "appointments_closure", "appointments_counteroutage"}
# The journal holds identifiers and codes only; auditors read it whole.
WITHOUT_POLICY = {"core_journalline"}
# Tables that the country leaves empty; other tests fill them.
EMPTY = {
    "appointments_changerequest",
    "appointments_checkin",
    "appointments_dailytotal",
    "appointments_forecast",
    "appointments_noshowrate",
    "appointments_openday",
    "appointments_preferredsite",
    "appointments_readmission",
    "appointments_reminder",
    "appointments_studentsite",
    "appointments_undeliverednotice",
    "appointments_visit",
    "appointments_waitingscreen",
    "vault_keeping",
    "vault_legalhold",
    "vault_quarantinedobject",
    "vault_secondlook",
    "workflows_awaitedsupply",
}
# The issuing run alone reads what it drew, saw and offers; the worker that looks here may not.
OF_THE_RUN = {
    "appointments_drawnseed",
    "appointments_runinputs",
    "appointments_shortnoticeoffer",
}
# A card between two offices is of both; what each reads of it is tried with its own rules.
OF_TWO_OFFICES = {"workflows_carddispatch"}
# A person takes a site out of those they prefer; the policy leaves them their own rows alone.
TAKEN_OUT_BY_ITS_PERSON = ("delete from {table}", "web", "appointments_preferredsite")
# Pieces of an upload are cleared once it has ended, and its row a week later; what a machine read
# on a file goes with it.
CLEARED = [
    ("delete from {table}", "worker", f"vault_{one}")
    for one in ("upload", "uploadchunk", "machinereading")
]
# Tables without an office of their own: a row is seen by who sees the file that it was made from.
OF_A_FILE = dict.fromkeys(
    ("vault_rendition", "vault_machinereading", "vault_secondlook"), "vault_storedfile"
)
# Rows seen, beside their person, by who sees a dossier of that person for the same procedure.
OF_A_DOSSIER = {"dossiers_incidentcertificate"}
# The worker sends mail: it sees the queue of messages whatever it does.
WORKER_READS = {"correspondence_outgoingmail"}


def ask(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def personal_tables():
    return [name for (name,) in ask(PROTECTED) if name not in NOT_PERSONAL]


def columns(table):
    found = ask(
        "select column_name::text from information_schema.columns where table_name = %s", [table]
    )
    return {name for (name,) in found}


def count(table, where="true"):
    """Rows seen, or None where the role may not even ask."""
    try:
        with transaction.atomic():
            return ask(f"select count(*) from {table} where {where}")[0][0]
    except ProgrammingError:
        return None


def seen(where="true", needs=()):
    """Table by table, the rows seen by the present role in the present context."""
    tables = [table for table in personal_tables() if set(needs) <= columns(table)]
    return {table: number for table in tables if (number := count(table, where))}


@contextlib.contextmanager
def as_role(name, actor=None, prefectures=(), scope=""):
    with acting(actor, prefectures=prefectures, scope=scope), role(name):
        yield


def test_every_table_about_people_is_protected(world):
    about_people = {table for (table,) in ask(ABOUT_PEOPLE)} - WITHOUT_POLICY

    assert about_people <= {name for (name,) in ask(PROTECTED)}


def test_the_country_has_rows_to_steal_in_every_table(world):
    with as_role("worker", scope="system"):
        full = seen()

    assert set(personal_tables()) - set(full) <= EMPTY | OF_THE_RUN


@pytest.mark.parametrize("name", ["web", "issuer"])
def test_nobody_without_context_sees_a_row(world, name):
    with as_role(name):
        assert seen() == {}


def test_the_worker_without_its_scope_sees_the_queue_of_messages_alone(world):
    with as_role("worker"):
        assert set(seen()) == WORKER_READS


@pytest.mark.parametrize(("mine", "theirs"), [("75", "34"), ("34", "75")])
@pytest.mark.parametrize("name", ["web", "worker", "issuer"])
def test_an_office_sees_its_own_rows_alone(world, name, mine, theirs):
    with as_role(name, prefectures=[mine]):
        other = f"prefecture_code is distinct from '{mine}'"
        assert seen(other, needs=["prefecture_code"]) == {}
        if name == "web":
            assert seen(f"prefecture_code = '{mine}'", needs=["prefecture_code"])
        nameless = [t for t in personal_tables() if "prefecture_code" not in columns(t)]
        for table, files in OF_A_FILE.items():
            assert not count(table, f"file_id not in (select id from {files})")
            nameless.remove(table)
        for table in OF_A_DOSSIER:
            elsewhere = "applicant_id not in (select applicant_id from dossiers_dossier)"
            assert not count(table, elsewhere)
            nameless.remove(table)
        found = {table for table in nameless if count(table)} - OF_TWO_OFFICES
        assert found <= (WORKER_READS if name == "worker" else set())


@pytest.mark.parametrize(("office", "number"), [("34", 2), ("69", 1), ("75", 1), ("13", 0)])
@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_card_on_its_way_is_seen_by_its_two_offices_alone(world, name, office, number):
    with as_role(name, prefectures=[office]):
        assert count("workflows_carddispatch") == number


def test_a_person_sees_their_own_rows_alone(world):
    owner = world.here.owner.pk

    with as_role("web", actor=owner):
        assert seen(f"applicant_id <> {owner}", needs=["applicant_id"]) == {}
        assert count("dossiers_dossier") == 2
        assert count("correspondence_outgoingmail", f"recipient_id <> {owner}") == 0
        assert count("dossiers_personaccount", f"user_id <> {owner}") == 0


def test_a_stranger_sees_nothing_at_all(world):
    with as_role("web", actor=world.others["stranger"].pk):
        assert seen() == {}


@pytest.mark.parametrize("context", [{}, {"prefectures": ["75"]}, {"actor": "stranger"}])
def test_nothing_out_of_sight_can_be_changed(world, context):
    if "actor" in context:
        context = {"actor": world.others["stranger"].pk}
    changed = {}
    for table in personal_tables():
        if "prefecture_code" not in columns(table):
            continue
        with contextlib.suppress(DatabaseError), transaction.atomic(), as_role("web", **context):
            changed[table] = ask(
                f"update {table} set prefecture_code = '75' where prefecture_code = '34'"
            )

    assert not any(changed.values())


def test_a_row_cannot_be_written_in_the_name_of_somebody_else(world):
    stranger, victim = world.others["stranger"].pk, world.here.draft
    copy = (
        "insert into dossiers_dossier select (jsonb_populate_record(null::dossiers_dossier,"
        " to_jsonb(d) || jsonb_build_object('id', gen_random_uuid(), 'applicant_id', %s,"
        " 'procedure_code', 'duplicate'))).* from dossiers_dossier d where id = %s"
    )

    with (
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        as_role("web", actor=victim.applicant_id),
    ):
        ask(copy, [stranger, victim.pk])


def test_no_row_is_given_to_another_person(world):
    stranger, given = world.others["stranger"].pk, []
    for table in personal_tables():
        if "applicant_id" not in columns(table):
            continue
        with (
            contextlib.suppress(DatabaseError),
            transaction.atomic(),
            as_role("web", prefectures=["34"]),
        ):
            changed = ask(f"update {table} set applicant_id = %s", [stranger])
            ask("set constraints all immediate")
            given += [table] if changed else []

    assert given == []


def test_a_case_cannot_be_pushed_to_an_office_out_of_sight(world):
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        as_role("web", prefectures=["34"]),
    ):
        ask(
            "update workflows_case set prefecture_code = '75' where id = %s",
            [world.here.lives["filed"].id],
        )


def test_the_editing_process_may_not_even_ask(world):
    with as_role("editing", actor=world.others["editor"].pk, prefectures=["34", "75"]):
        allowed = [table for table in personal_tables() if count(table) is not None]
        assert allowed == []
        assert count("accounts_user", "kind not in ('editor', 'administrator')") == 0


@pytest.mark.parametrize("name", ["web", "worker", "issuer", "editing"])
@pytest.mark.parametrize(
    "statement",
    [
        "delete from {table}",
        "truncate {table} cascade",
        "alter table {table} disable row level security",
        "alter table {table} disable trigger all",
        "drop policy if exists migrations on {table}",
    ],
)
def test_no_role_of_a_process_can_erase_or_unlock(world, name, statement):
    for table in personal_tables():
        if (statement, name, table) in [TAKEN_OUT_BY_ITS_PERSON, *CLEARED]:
            continue
        with (
            pytest.raises(DatabaseError, match="permission denied|must be owner"),
            transaction.atomic(),
            as_role(name, prefectures=["34", "75"]),
        ):
            ask(statement.format(table=table))


@pytest.mark.parametrize("name", ["web", "worker", "issuer", "editing"])
def test_the_journal_is_never_rewritten(world, name):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        as_role(name),
    ):
        ask("update core_journalline set act = 'x'")


@pytest.mark.parametrize("name", ["web", "worker", "issuer", "editing"])
def test_the_journal_is_never_shortened(world, name):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        as_role(name),
    ):
        ask("delete from core_journalline")


def test_pretending_to_migrate_opens_nothing(world):
    with as_role("web"):
        ask("select set_config('portal.migrating', 'on', true)")
        assert seen() == {}


@pytest.mark.parametrize("name", ["web", "worker", "issuer", "editing"])
def test_a_process_has_no_power_over_the_cluster(world, name):
    powers = ask(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " from pg_roles where rolname = %s",
        [f"portal_{name}"],
    )

    assert powers == [(False,) * 5]


def test_functions_that_run_as_their_owner_hold_their_search_path(world):
    loose = ask(
        "select proname::text from pg_proc where prosecdef and"
        " pronamespace = 'public'::regnamespace and not exists"
        " (select from unnest(proconfig) setting where setting like 'search_path=%%')",
        [],
    )

    assert loose == []
