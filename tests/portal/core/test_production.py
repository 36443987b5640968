"""Production settings: every key demanded, no demonstration's clock, `check --deploy` clean."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from tests import database

ROOT = Path(__file__).resolve().parents[3]
REAL_CLOCK = """
drop table clock_offset cascade;
create or replace function portal_now() returns timestamptz language sql stable as 'select now()';
"""


def production(*command, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | {"DJANGO_SETTINGS_MODULE": "portal.settings.production"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def environment():
    server = database.cluster()
    return {
        "PORTAL_DB_HOST": server.host,
        "PORTAL_DB_PORT": str(server.port),
        "PORTAL_DB_NAME": connections["default"].settings_dict["NAME"],
        "PORTAL_DB_PASSWORD": server.password("web"),
        "PORTAL_S3_ENDPOINT": "https://objets.exemple.invalid",
        "PORTAL_SMTP_HOST": "courriel.exemple.invalid",
        "PORTAL_CARD_MAKER_URL": "https://cartes.exemple.invalid/",
        "PORTAL_CARD_MAKER_TOKEN": "jeton",
        "PORTAL_BASE_URL": "https://portail.exemple.invalid",
        "PORTAL_HOSTS": "portail.exemple.invalid",
        "PORTAL_MAIL_FROM": "portail@exemple.invalid",
        "PORTAL_SECRET_KEY": "".join(chr(33 + n * 7 % 90) for n in range(60)),
        "PORTAL_PERSON_KEY": "p7" * 32,
        "PORTAL_VAULT_KEYS": "1:" + "ab" * 32,
        "PORTAL_QR_KEY": "0f" * 32,
    }


def test_every_missing_variable_is_named_at_once(environment):
    done = production("manage.py", "check", PORTAL_DB_HOST="127.0.0.1", PORTAL_DB_PASSWORD="x")

    missing = [name for name in environment if not name.startswith("PORTAL_DB_")]
    assert [n for n in missing if f"{n} is missing" not in done.stderr] == []
    assert done.returncode != 0


def test_an_address_without_encryption_is_refused(environment, db):
    done = production(
        "manage.py", "check", **environment | {"PORTAL_BASE_URL": "http://portail.exemple.invalid"}
    )

    assert "must begin with https://" in done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_demonstrations_clock_stops_production(environment):
    checked = production("manage.py", "check", "--deploy", **environment)
    started = production("-c", "import portal.wsgi", **environment)

    assert "portal.E002" in checked.stderr
    assert "clock can be moved" in started.stderr


@pytest.mark.django_db(transaction=True)
def test_check_deploy_is_clean(environment, owner):
    owner.execute(REAL_CLOCK)

    checked = production("manage.py", "check", "--deploy", "--database", "default", **environment)
    started = production("-c", "import portal.wsgi", **environment)

    assert "System check identified no issues" in checked.stdout + checked.stderr
    assert started.returncode == 0, started.stderr
