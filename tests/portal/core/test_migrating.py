"""The shortened migration makes the very database that `manage.py migrate` makes."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests import database

PLAIN = "portal_plainly_migrated"
SHAPE = """
select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
from pg_constraint where connamespace = 'public'::regnamespace
union all select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
union all select 'column', table_name, column_name,
  concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default, is_identity)
from information_schema.columns where table_schema = 'public'
union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
from pg_trigger where not tgisinternal
union all select 'policy', tablename, policyname, concat_ws(' ', cmd, roles, qual, with_check)
from pg_policies
union all select 'function', proname, pg_get_function_identity_arguments(oid), prosrc
from pg_proc where pronamespace = 'public'::regnamespace
union all select 'right', table_name, grantee, privilege_type
from information_schema.table_privileges where table_schema = 'public'
order by 1, 2, 3, 4
"""


@pytest.fixture
def plain():
    server = database.cluster()
    server.drop_database(PLAIN)
    server.create_database(PLAIN)
    yield PLAIN
    server.drop_database(PLAIN)


def shape(name):
    with database.cluster().connect("owner", name) as owner:
        return owner.execute(SHAPE).fetchall()


@pytest.mark.long
def test_the_shortened_migration_makes_the_same_database(plain):
    environment = os.environ | {
        "PORTAL_ROLE": "owner",
        "PORTAL_DB_NAME": plain,
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
    }
    migrate = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
    subprocess.run(migrate, cwd=database.ROOT, env=environment, check=True)

    assert shape(plain) == shape(database.template())
