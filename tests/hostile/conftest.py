"""The world of the hostile tests: built once, put back after each test."""

import pytest
from django.db import connection, transaction

from dossiers.models.procedure import published
from tests import database
from tests.hostile import world as country
from tests.hostile.browsers import Browsers


@pytest.fixture(scope="package")
def kept_world(django_db_setup, django_db_blocker):
    """One transaction for all tests of this folder that share the country.

    The day is that of the visits, so that the counter has somebody to receive.
    """
    published.cache_clear()
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        login = database.cluster().connect("owner", name, options="-c portal.migrating=on")
        with login, transaction.atomic():
            built = country.build(login)
            visit = built.here.lives["appointed"].appointment.starts_at
            login.execute("update clock_offset set value = value + (%s - portal_now())", [visit])
            login.commit()
            country.help_at_the_counters(built)
            country.lend_to_helpers(built)
            country.live_as_a_couple(built)
            country.offer_a_near_place(built.here)
            built.people = people(built)
            built.browsers = Browsers(built.people)
            _close(built.others["gone"])
            yield built
            transaction.set_rollback(True)
            login.execute("update clock_offset set value = interval '0'")
            login.commit()
        connection.close()
    published.cache_clear()


def _close(person):
    """Close an account whose session is open."""
    person.is_active = False
    person.save(update_fields=["is_active"])


def people(built):
    """Every kind of person, by the name that tests give them; None is nobody."""
    found = {"nobody": None, **built.others}
    for place, office in (("here", built.here), ("away", built.away)):
        found |= {f"{role}_{place}": person for role, person in office.people.items()}
        found |= {f"owner_{place}": office.owner, f"visitor_{place}": office.visitor}
        found[f"helper_{place}"] = office.helper
    return found


@pytest.fixture
def world(kept_world):
    """The country as it was built, whatever the last test did."""
    with undone():
        yield kept_world


class undone:
    """Whatever happens inside is taken back."""

    def __enter__(self):
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *failure):
        transaction.set_rollback(True)
        self.block.__exit__(*failure)
