"""Migration helpers: row-level security, stamped times, append-only tables.

Each returns a reversible `RunSQL`, so that a table is protected by the migration that makes it.
"""

from django.db.migrations import RunSQL

_ACTOR = "(select portal_actor())"
_PREFECTURES = "any ((select portal_prefectures())::text[])"


def _policy(table, name, role, using, *, check=None, command="all"):
    parts = [f"create policy {name} on {table} for {command} to {role}"]
    if command != "insert":
        parts.append(f"using ({using})")
    if command not in {"select", "delete"}:
        parts.append(f"with check ({check or using})")
    return " ".join(parts)


def _force(table):
    return [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        _policy(
            table,
            "migrations",
            "portal_owner",
            "current_setting('portal.migrating', true) = 'on'",
        ),
    ]


def _sql(table, statements, names):
    back = [f"drop policy if exists {name} on {table}" for name in ["migrations", *names]]
    back += [
        f"alter table {table} no force row level security",
        f"alter table {table} disable row level security",
    ]
    return RunSQL(";\n".join([*_force(table), *statements]), ";\n".join(back))


def protect(table, *, applicant="applicant_id", prefecture="prefecture_code"):
    """Rows are seen by their applicant and by agents of their prefecture, and nobody else.

    The worker's system scope sees all; the issuing run sees the prefecture it works for.
    """
    mine = f"{applicant} = {_ACTOR}"
    office = f"{prefecture} = {_PREFECTURES}"
    return _sql(
        table,
        [
            _policy(table, "web", "portal_web", f"{mine} or {office}"),
            _policy(
                table,
                "worker",
                "portal_worker",
                f"{mine} or {office} or (select portal_scope()) = 'system'",
            ),
            _policy(table, "issuer", "portal_issuer", office),
        ],
        ["web", "worker", "issuer"],
    )


def expect_own_offices(table, *, applicant="applicant_id", prefecture="prefecture_code"):
    """The same rows as `protect` shows to the web, said so that long lists are read in order.

    For a table whose pages name their offices themselves. Of "is one of my offices" PostgreSQL
    expects one row in ten, as if it had nothing to do with the office asked for, and so it
    gathers and sorts the whole list for fifty lines. Of "is found among my offices" it expects
    every row, which is what happens. It can find no row by the policy alone any more: a
    statement on such a table has a condition of its own.
    """
    mine = f"{applicant} = {_ACTOR}"
    among = f"array_position((select portal_prefectures())::text[], {prefecture}::text) is not null"
    return RunSQL(
        _changed(table, f"{mine} or {among}"),
        _changed(table, f"{mine} or {prefecture} = {_PREFECTURES}"),
    )


def _changed(table, rule):
    return f"alter policy web on {table} using ({rule}) with check ({rule})"


def protect_by(table, policies):
    """Rows are seen as `policies` says: {(name, role): USING expression} or with a command.

    A value may be a pair (expression, command), or a triple with the CHECK expression.
    """
    statements = []
    for (name, role), rule in policies.items():
        using, command, check = (rule, "all", None) if isinstance(rule, str) else (*rule, None)[:3]
        statements.append(_policy(table, name, role, using, command=command, check=check))
    return _sql(table, statements, [name for name, _role in policies])


def open_by(table, granted, column):
    """Let through the rows that one function of the database names to the present actor.

    For a right that one row gives to one person for a time; everybody else sees what they saw.
    """
    name = granted.removesuffix("()")
    rule = f"{column} = (select {granted})"
    return RunSQL(_policy(table, name, "portal_web", rule), f"drop policy {name} on {table}")


def lend_by(table, granted, column, *, reads, writes=None):
    """Let through the rows that a function of the database lists for the present actor.

    `granted` is the function's name; it takes a level and gives the keys. Rows are read at
    `reads`, and added or changed at `writes`; without it, only read.
    """

    def listed(level):
        return f"{column} = any ((select {granted}('{level}'))::uuid[])"

    rules = {f"{granted}_read": ("select", reads)}
    if writes:
        rules |= {f"{granted}_add": ("insert", writes), f"{granted}_change": ("update", writes)}
    made = [
        _policy(table, name, "portal_web", listed(level), command=command)
        for name, (command, level) in rules.items()
    ]
    return RunSQL(";\n".join(made), ";\n".join(f"drop policy {name} on {table}" for name in rules))


def stamp(table, column):
    """Set a column from the one clock at insertion, whatever the caller passed."""
    return RunSQL(
        f"create trigger stamp_{column} before insert on {table} for each row"
        f" execute function portal_stamp('{column}')",
        f"drop trigger stamp_{column} on {table}",
    )


def append_only(table):
    """Refuse UPDATE, DELETE and TRUNCATE to everyone, the owner included."""
    return RunSQL(
        f"create trigger append_only before update or delete on {table} for each row"
        " execute function portal_refuse_change();"
        f"create trigger append_only_whole before truncate on {table} for each statement"
        " execute function portal_refuse_change()",
        f"drop trigger append_only on {table}; drop trigger append_only_whole on {table}",
    )


def immutable(table, *columns):
    """Refuse a change of these columns and the deletion of the row; others may change."""
    listed = ", ".join(f"'{column}'" for column in columns)
    return RunSQL(
        f"create trigger immutable before update or delete on {table} for each row"
        f" execute function portal_refuse_columns({listed})",
        f"drop trigger immutable on {table}",
    )


def set_once(table, column):
    """Let a moment be written once: what was taken back, or settled, is never undone."""
    return RunSQL(
        f"create trigger {column}_is_set_once before update of {column} on {table} for each row"
        f" execute function portal_set_once('{column}')",
        f"drop trigger {column}_is_set_once on {table}",
    )
